"""A step's form drawn as accessible HTML, and what its page posts handed to the reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from app.i18n import dates, t
from app.numbers import digits
from engine.codes import parse_cccd_qr
from engine.forms import Field, FieldFault, Form
from engine.forms.files import without_file
from engine.forms.posted import file_text
from engine.forms.showing import said
from engine.forms.typed import typed_value, value_key

_TEMPLATES = Path(__file__).parent / "templates"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# The conditions that a browser can follow by itself: an entry of this form has one value, or not.
_CHOSEN = re.compile(r"""\s*([A-Za-z_]\w*)\s*(==|!=)\s*("[^"]*"|'[^']*')\s*""")
_BUTTONS = ("_add", "_remove", "_remove_file", "_scan", "_phone", "_fetch")
_WIDTHS: Final = ("half", "third", "two-thirds")
_HINTS: Final = {
    "date": "fields.date_hint",
    "money": "fields.money_hint",
    "lines": "fields.lines_hint",
    "file": "fields.file_hint",
}


class Sent(Protocol):
    """What Flask reads from a posting: names with one or several values."""

    def get(self, key: str, /) -> str | None: ...
    def lists(self) -> Iterable[tuple[str, list[str]]]: ...


@dataclass(frozen=True)
class Box:
    """One field as the template draws it; ``at`` is its pointer, which is its name and its id."""

    at: str
    kind: str
    label: str
    hint: str
    fault: str
    width: str
    required: bool
    autocomplete: str
    value: str = ""
    checked: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str, str, str], ...] = ()  # hidden value, name, size, token
    groups: tuple[tuple[Box, ...], ...] = ()
    folded: bool = False  # its condition is not met yet, but may be by what is chosen here
    when: str = ""  # that condition in words
    follows: str = ""  # and for the browser: pointer, "=" or "!", value
    full: bool = False  # no more rows
    card: str = ""  # the part of a scanned identity card that it takes
    scan: bool = False  # a card scanner types here

    @property
    def described(self) -> str:
        """The ids of the hint and the error, for aria-describedby."""
        said = [(self.hint, f"{self.at}-hint"), (self.fault, f"{self.at}-error")]
        return " ".join(id for text, id in said if text)


@dataclass(frozen=True)
class _Pen:
    """What every field of one page is drawn with."""

    lang: str
    seen: set[str]
    own: frozenset[str]
    faults: Mapping[str, str] = field(default_factory=dict)

    def boxes(self, fields: Sequence[Field], answers: Any, above: str = "") -> tuple[Box, ...]:
        given = answers if isinstance(answers, Mapping) else {}
        found = []
        for one in fields:
            at = f"{above}{one.name}"
            when = one.expression("visibleWhen")
            shown = when is None or at in self.seen or at in self.faults
            if shown or (when and self.own & set(_NAME.findall(when))):
                box = self._box(one, given.get(one.name), at)
                told, follows = self._condition(when, fields, above) if when else ("", "")
                found.append(replace(box, folded=not shown, when=told, follows=follows))
        return tuple(found)

    def _condition(self, when: str, beside: Sequence[Field], above: str) -> tuple[str, str]:
        """What must be chosen for a field to be shown: for people, and for the browser."""
        chosen = _CHOSEN.fullmatch(when)
        judge = chosen and next((one for one in beside if one.name == chosen[1]), None)
        if not chosen or not judge:
            return t("fields.when_needed", self.lang), ""
        sign, value = chosen[2], chosen[3][1:-1]
        options = {value_key(key): text.say(self.lang) for key, text in judge.options}
        words = t(
            "fields.when" if sign == "==" else "fields.when_not",
            self.lang,
            label=judge.label.say(self.lang),
            values=f"“{options.get(value, value)}”",
        )
        return words, f"{above}{judge.name}{'=' if sign == '==' else '!'}{value}"

    def _box(self, one: Field, value: Any, at: str) -> Box:
        kind = "readonly" if one.readonly else one.kind
        items = value if isinstance(value, list) else []
        width = str(one.ui.get("width", ""))
        return Box(
            at=at,
            kind=kind,
            label=one.label.say(self.lang),
            hint=self._hint(one, kind),
            fault=self.faults.get(at, ""),
            width=width if width in _WIDTHS else "",
            required=one.required,
            autocomplete=str(one.ui.get("autocomplete", "off")),
            value=self._value(one, value, kind),
            checked=tuple(value_key(v) for v in (items if one.kind == "choices" else [value])),
            options=self._options(one, value),
            files=tuple(_file(one, file, self.lang) for file in items) if kind == "file" else (),
            groups=self._groups(one, value, at),
            card=str(one.ui.get("cccd", "")),
            scan=one.ui.get("widget") == "cccd-scan",
            full=one.kind == "rows" and len(items) >= one.schema.get("maxItems", len(items) + 1),
        )

    def _hint(self, one: Field, kind: str) -> str:
        if one.hint:
            return one.hint.say(self.lang)
        return t(_HINTS[kind], self.lang) if kind in _HINTS else ""

    def _options(self, one: Field, value: Any) -> tuple[tuple[str, str], ...]:
        known = tuple((value_key(v), text.say(self.lang)) for v, text in one.options)
        typed = value_key(value) if isinstance(value, str) else ""
        if one.kind != "select" or typed in ("", *(key for key, _ in known)):
            return known
        return (*known, (typed, typed))  # shown beside its fault, not silently another

    def _value(self, one: Field, value: Any, kind: str) -> str:
        if kind in ("group", "rows", "file", "choices"):
            return ""
        if kind == "readonly":
            return "" if value is None else said(one, value, self.lang)
        if kind == "lines":
            return "\n".join(map(str, value)) if isinstance(value, list) else str(value or "")
        return typed_value(one, value)

    def _groups(self, one: Field, value: Any, at: str) -> tuple[tuple[Box, ...], ...]:
        if one.kind == "group":
            return (self.boxes(one.children, value, f"{at}."),)
        if one.kind != "rows":
            return ()
        given = value if isinstance(value, list) else []
        rows = given + [{}] * (max(1, one.schema.get("minItems", 1)) - len(given))
        return tuple(
            self.boxes(one.children, row, f"{at}.{number}.") for number, row in enumerate(rows)
        )


def _file(one: Field, file: Any, lang: str) -> tuple[str, str, str, str]:
    told = file if isinstance(file, Mapping) else {}
    size = dates.size(told["size"]) if told.get("size") else ""
    token = str(told.get("token") or file)
    return file_text(file), said(one, file, lang) or token, size, token


def draw(
    form: Form,
    answers: Mapping[str, Any],
    faults: Iterable[FieldFault],
    lang: str,
    known: Mapping[str, Any],
    today: date,
) -> Markup:
    """The form's sections with what was answered, each fault at its field."""
    own = {one.name for one in form.fields}
    mine = {name: value for name, value in answers.items() if name in own}
    settled = form.settled(mine, known, today)
    pen = _Pen(
        lang,
        form.visible(settled, known, today),
        frozenset(own),
        {fault.pointer: fault.message.say(lang) for fault in faults},
    )
    sections = [
        (section.title.say(lang) if section.title else "", pen.boxes(section.fields, settled))
        for section in form.sections
    ]
    drawn = (
        _templates()
        .get_template("drawn.html")
        .render(
            sections=[one for one in sections if one[1]],
            t=lambda key, **values: t(key, lang, **values),
        )
    )
    return Markup(drawn)  # noqa: S704 - rendered with autoescape


def posted(sent: Sent) -> dict[str, list[str]]:
    """Every posted name with all its values, as the form's reader takes them."""
    return {name: list(values) for name, values in sent.lists()}


def reshaping(sent: Sent) -> bool:
    """Whether a button was pressed that only adds or removes a row."""
    return any(sent.get(button) for button in _BUTTONS)


def reshaped(form: Form, answers: Mapping[str, Any], sent: Sent) -> dict[str, Any]:
    """The answers with a row more or less, as the button said; rows still empty stay."""
    if not reshaping(sent):
        return dict(answers)
    found = form.read(posted(sent), blanks=True)
    if token := sent.get("_remove_file"):
        return dict(without_file(found, token))
    if at := sent.get("_scan"):
        return _from_card(form, found, at)
    if at := sent.get("_add"):
        _change_rows(form.fields, found, at.split("."), lambda rows: [*(rows or [{}]), {}])
    at, _, number = (sent.get("_remove") or "").rpartition(".")
    gone = digits(number)
    if at and gone >= 0:
        _change_rows(
            form.fields,
            found,
            at.split("."),
            lambda rows: [row for place, row in enumerate(rows) if place != gone],
        )
    return found


def _from_card(form: Form, answers: dict[str, Any], at: str) -> dict[str, Any]:
    """The answers filled from the text of a card's QR code in the field at a pointer."""
    card = parse_cccd_qr(str(answers.get(at) or ""))
    if card is None:
        return answers
    parts = {
        "id": card.citizen_id,
        "name": card.name,
        "birth": card.birth.isoformat() if card.birth else "",
        "sex": card.sex or "",
        "address": card.address,
    }
    filled = {one.name: parts.get(str(one.ui.get("cccd")), "") for one in form.fields}
    return {**answers, at: None, **{name: value for name, value in filled.items() if value}}


def _change_rows(
    fields: Sequence[Field],
    answers: dict[str, Any],
    path: Sequence[str],
    change: Callable[[list[Any]], list[Any]],
) -> None:
    """Change the rows at a pointer such as ``homes.0.people``; a wrong one changes nothing."""
    one = next((each for each in fields if each.name == path[0]), None)
    if one is None or one.kind not in ("group", "rows"):
        return
    value = answers.get(one.name)
    if len(path) == 1:
        if one.kind == "rows":
            answers[one.name] = change(value if isinstance(value, list) else [])
        return
    if one.kind == "group":
        inside = dict(value) if isinstance(value, Mapping) else {}
        answers[one.name] = inside
        _change_rows(one.children, inside, path[1:], change)
        return
    rows = list(value) if isinstance(value, list) and value else [{}]
    place = digits(path[1])
    if 0 <= place < len(rows) and len(path) > 2:
        row = dict(rows[place]) if isinstance(rows[place], Mapping) else {}
        rows[place] = row
        _change_rows(one.children, row, path[2:], change)
    answers[one.name] = rows


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
