// The text in a citizen card's QR code, spread over the fields of a form.
//   number | old number | name | ddmmyyyy | Nam or Nữ | address | ddmmyyyy issued [| more]

const SEX = { nam: "male", "nữ": "female", nu: "female" };

// → {id, name, birth, sex, address}, or null when the text is not a card's
export function readCard(text) {
  const parts = text.normalize("NFC").split("|").map((part) => part.trim());
  if (parts.length < 6 || !/^\d{12}$/.test(parts[0])) return null;
  const [id, , name, born, sex, address] = parts;
  const date = /^(\d{2})(\d{2})(\d{4})$/.exec(born);
  return { id, name, birth: date ? date.slice(1).join("/") : "", sex, address };
}

function put(field, value) {
  if (field.type === "radio" || field.type === "checkbox") {
    if (matches(field.value, value, field.labels?.[0]?.textContent)) field.checked = true;
  } else if (field instanceof HTMLSelectElement) {
    const option = [...field.options].find((o) => matches(o.value, value, o.textContent));
    if (option) field.value = option.value;
  } else {
    field.value = value;
  }
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

// A choice is meant when its value or its label says the card's word (Nam, Nữ).
function matches(value, said, label) {
  const word = said.toLowerCase();
  return [value, (label || "").trim()].some((one) => {
    const mine = one.toLowerCase();
    return mine === word || (SEX[word] !== undefined && mine === SEX[word]);
  });
}

export function fillFromCard(scan) {
  const card = readCard(scan.value);
  scan.setAttribute("aria-invalid", String(card === null && scan.value.trim() !== ""));
  if (card === null) return;
  const form = scan.form || document;
  for (const [key, value] of Object.entries(card)) {
    if (value) form.querySelectorAll(`[data-cccd="${key}"]`).forEach((field) => put(field, value));
  }
  scan.value = ""; // the number is in its field; the raw text is not kept
  form.querySelector("[data-cccd=name]")?.focus();
}
