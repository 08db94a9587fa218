"""Two hands on the keyboard, no mouse: a clerk receives a dossier and always sees where they are.

Login, the way to the counter, the form and its receipt: Tab, arrows, letters, Space and Enter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.browser.test_first_dossier import ON_SQLITE, Desks
from tests.office import COUNTER

if TYPE_CHECKING:
    from playwright.sync_api import Page

CLERK = "reception1.binhlieu"
FAR = 200  # stops after which something is not on the way
HERE = """() => {
    const e = document.activeElement, seen = getComputedStyle(e), box = e.getBoundingClientRect();
    const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
    const top = document.elementFromPoint(x, y), options = [...(e.options ?? [])];
    const group = e.form && e.name ? [...e.form.elements].filter((o) => o.name === e.name) : [];
    return {
        tag: e.tagName, type: e.type ?? "", name: e.name ?? "", value: e.value ?? "",
        text: (e.innerText || e.getAttribute("aria-label") || "").trim(),
        ring: seen.outlineStyle !== "none" && parseFloat(seen.outlineWidth) > 0
            || seen.boxShadow !== "none",
        there: box.width > 1 && box.height > 1 && box.right > 0 && box.bottom > 0
            && box.left < innerWidth && box.top < innerHeight,
        covered: top !== null && !e.contains(top) && !top.contains(e),
        values: (options.length ? options : group).map((one) => one.value),
    };
}"""


class Hands:
    """Presses keys, and looks at every place the focus comes to."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.unseen: list[str] = []
        self.stops = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def tab(self) -> dict[str, Any]:
        """On to the next place; what stands there."""
        self.press("Tab")
        here: dict[str, Any] = self.page.evaluate(HERE)
        if here["tag"] == "BODY":  # past the last place: the browser's own bar comes in between
            return here
        self.stops += 1
        if not here["ring"] or not here["there"] or here["covered"]:
            self.unseen.append(f"{self.page.url} {here}")
        return here

    def reach(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Tab until the place is wanted; the page's foot, or its head again, ends the way."""
        for _ in range(FAR):
            here = self.tab()
            if wanted(here):
                return here
        raise AssertionError(f"no key leads there on {self.page.url}")

    def enter(self) -> None:
        """Press Enter and wait for the page it leads to."""
        with self.page.expect_navigation():
            self.press("Enter")

    def follow(self, text: str) -> None:
        """Reach the link that says so, and press Enter."""
        self.reach(lambda here: here["tag"] == "A" and text in here["text"])
        self.enter()

    def answer(self, here: dict[str, Any], value: str) -> None:
        """Give the field its answer as its kind wants it."""
        if here["tag"] == "SELECT":
            steps = here["values"].index(value) - here["values"].index(here["value"])
            self.press(*["ArrowDown" if steps > 0 else "ArrowUp"] * abs(steps))
        elif here["type"] == "radio":
            self.press("Space", *["ArrowDown"] * here["values"].index(value))
        else:
            self.page.keyboard.type(value)


@ON_SQLITE
def test_a_dossier_is_received_with_the_keyboard_alone(desks: Desks) -> None:
    page = desks.stranger()
    page.goto("/login")
    hands = Hands(page)
    for name, value in (("login", CLERK), ("password", desks.office.passwords[CLERK])):
        hands.reach(lambda here, name=name: here["name"] == name)  # type: ignore[misc]
        page.keyboard.type(value)
    hands.enter()
    hands.follow("Tiếp nhận")
    hands.reach(lambda here: here["type"] == "search")
    page.keyboard.type("dat dai")
    hands.enter()
    hands.follow("Xác nhận tình trạng đất đai")

    left = dict(COUNTER)

    def fills(here: dict[str, Any]) -> bool:
        if here["name"] in left:
            hands.answer(here, left.pop(here["name"]))
        return here["tag"] == "BUTTON" and "Tiếp nhận và in mẫu 01" in here["text"]

    hands.reach(fills)
    while left:  # fields that lie behind the button in the order of the page
        hands.reach(fills)
    hands.enter()
    assert page.url.endswith("/counter/receipts/H49.99.01-250707-0001")
    hands.reach(lambda here: here["tag"] == "A" and "mẫu 01" in here["text"])
    hands.reach(lambda here: here["tag"] == "A" and "Người tiếp theo" in here["text"])
    assert "Hồ sơ mẫu 07" in page.locator("main").inner_text()
    assert hands.stops > 40
    assert hands.unseen == []
