// The list of keys, shown on "?".
const WORDS = {
  vi: {
    title: "Phím tắt",
    close: "Đóng",
    keys: [
      ["j", "Dòng tiếp theo"],
      ["k", "Dòng trước"],
      ["Enter", "Mở dòng đang chọn"],
      ["F9", "Nút chính của trang"],
      ["?", "Bảng phím tắt này"],
    ],
  },
  en: {
    title: "Keyboard shortcuts",
    close: "Close",
    keys: [
      ["j", "Next row"],
      ["k", "Previous row"],
      ["Enter", "Open the chosen row"],
      ["F9", "The page's main button"],
      ["?", "This list"],
    ],
  },
};

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

export function openHelp() {
  const words = WORDS[document.documentElement.lang.slice(0, 2)] || WORDS.vi;
  const list = element("dl");
  for (const [key, does] of words.keys) {
    list.append(element("dt", "", element("kbd", key)), element("dd", does));
  }
  const title = element("h2", words.title);
  title.id = "keys-title";
  const form = element("form", "", element("button", words.close));
  form.method = "dialog";
  const dialog = element("dialog", "", element("article", "", title, list, form));
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
