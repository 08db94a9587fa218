"""What a fault says: the designer's own words, else a sentence from the label and the rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from engine.forms.definition import Field
from engine.forms.text import Text, text_of
from engine.forms.typed import grouped, number

_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")
_FALLBACK: Final = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}


def message_of(field: Field | None, rule: str, bound: Any = None) -> Text:
    """The sentence that says what to do."""
    if field is None:
        return Text("Biểu mẫu không có mục này", "The form has no such field")
    own = field.ui.get("messages")
    if isinstance(own, Mapping):
        said = text_of(own.get(rule)) or text_of(own.get(_FALLBACK.get(rule, "")))
        if said:
            return said
    if rule == "const" and bound is True:
        rule = "required"
    make = SENTENCES.get(rule, _wrong)
    return make(field, bound)


def named(text: str) -> str:
    """A label inside a sentence: small first letter unless it is an abbreviation, no unit."""
    text = _BRACKETS.sub("", text).rstrip(" :.")
    if len(text) > 1 and text[0].isupper() and not text[1].isupper():
        return text[0].lower() + text[1:]
    return text


def plain(text: str) -> str:
    """A label that begins a sentence."""
    return _BRACKETS.sub("", text).rstrip(" :.")


def _both(field: Field, vi: str, en: str, bound: Any = None) -> Text:
    said = {"bound": _said(field, bound)}
    one, other = field.label.say("vi"), field.label.say("en")
    return Text(
        vi.format(label=plain(one), name=named(one), **said),
        en.format(label=plain(other), name=named(other), **said),
    )


def _said(field: Field, bound: Any) -> str:
    if isinstance(bound, bool) or not isinstance(bound, (int, float)):
        return str(bound)
    return grouped(bound) if field.kind == "money" or abs(bound) >= 10_000 else number(bound)


def _required(field: Field, bound: Any) -> Text:
    if field.label.vi.rstrip().endswith("?"):
        return _both(field, "Trả lời câu hỏi: {label}", "Answer the question: {label}")
    return _both(field, *REQUIRED.get(field.kind, ("Nhập {name}", "Enter {name}")))


REQUIRED: Final[Mapping[str, tuple[str, str]]] = {
    "checkbox": ("Đánh dấu vào ô “{label}”", "Tick the box “{label}”"),
    "choices": ("Chọn ít nhất một mục ở “{label}”", "Choose at least one of “{label}”"),
    "file": ("Đính kèm {name}", "Attach {name}"),
    "group": ("Điền phần “{label}”", "Fill in “{label}”"),
    "lines": ("Ghi ít nhất một dòng ở “{label}”", "Write at least one line in “{label}”"),
    "radio": ("Chọn {name}", "Choose {name}"),
    "rows": ("Điền ít nhất một dòng ở “{label}”", "Fill in at least one row of “{label}”"),
    "select": ("Chọn {name}", "Choose {name}"),
}

FORMAT: Final[Mapping[str, tuple[str, str]]] = {
    "checkbox": ("Đánh dấu hoặc bỏ trống ô “{label}”", "Tick “{label}” or leave it empty"),
    "citizen-id": (
        "{label} gồm đúng 12 chữ số, ghi như trên thẻ căn cước",
        "{label} has exactly 12 digits, as on the card",
    ),
    "date": (
        "{label} phải là ngày có thật, ghi ngày/tháng/năm, ví dụ 19/07/2025",
        "{label} must be a real day, written day/month/year, for example 19/07/2025",
    ),
    "email": ("{label} có dạng ten@noi.vn", "{label} looks like name@place.vn"),
    "integer": (
        "{label} phải là số nguyên, ví dụ 12",
        "{label} must be a whole number, for example 12",
    ),
    "money": (
        "{label} phải là số tiền tính bằng đồng, ví dụ 1.234.567",
        "{label} must be an amount in đồng, for example 1.234.567",
    ),
    "number": (
        "{label} phải là số; phần lẻ viết sau dấu phẩy, ví dụ 412,5",
        "{label} must be a number with a decimal comma, for example 412,5",
    ),
    "phone": (
        "{label} gồm 10 chữ số, bắt đầu bằng 0, ví dụ 0900 000 007",
        "{label} has 10 digits and begins with 0, for example 0900 000 007",
    ),
}


def _format(field: Field, bound: Any) -> Text:
    key = "email" if bound == "email" else field.kind
    if key in FORMAT:
        return _both(field, *FORMAT[key])
    return _wrong(field, bound)


def _wrong(field: Field, bound: Any) -> Text:
    if field.hint:
        return _both(
            field,
            "Ghi lại {name} theo đúng hướng dẫn bên dưới nhãn",
            "Write {name} again, as the hint says",
        )
    return _both(field, "Ghi lại {name} cho đúng", "Write {name} again, correctly")


def _sentence(vi: str, en: str) -> Callable[[Field, Any], Text]:
    return lambda field, bound: _both(field, vi, en, bound)


def _least(field: Field, bound: Any) -> Text:
    if bound == 1:
        return _required(field, bound)
    return _both(
        field, "{label} cần ít nhất {bound} ký tự", "{label} needs at least {bound} letters", bound
    )


def _fewest(field: Field, bound: Any) -> Text:
    if bound == 1:
        return _required(field, bound)
    return _both(field, "{label} cần ít nhất {bound} mục", "{label} needs at least {bound}", bound)


def _longest(field: Field, bound: Any) -> Text:
    if bound is None:
        return _both(field, "Viết ngắn lại {name}", "Make {name} shorter")
    return _both(
        field,
        "{label} dài quá; viết lại trong {bound} ký tự",
        "{label} is too long; keep within {bound} letters",
        bound,
    )


def _most(field: Field, bound: Any) -> Text:
    if bound is None:
        return _both(field, "Bớt số mục ở “{label}”", "Use fewer in “{label}”")
    return _both(field, "{label} có nhiều nhất {bound} mục", "{label} has at most {bound}", bound)


SENTENCES: Final[Mapping[str, Callable[[Field, Any], Text]]] = {
    "compute": _sentence(
        "Chưa tính được {name}; kiểm tra lại các mục liên quan",
        "{label} could not be worked out; check the fields it comes from",
    ),
    "const": _sentence("{label} phải là {bound}", "{label} must be {bound}"),
    "enum": _sentence("Chọn một mục trong danh sách {name}", "Choose one of the list for {name}"),
    "exclusiveMaximum": _sentence(
        "{label} phải nhỏ hơn {bound}", "{label} must be less than {bound}"
    ),
    "exclusiveMinimum": _sentence(
        "{label} phải lớn hơn {bound}", "{label} must be more than {bound}"
    ),
    "file": _sentence("Đính kèm lại {name}", "Attach {name} again"),
    "format": _format,
    "letters": _sentence(
        "{label} có chữ không in được ({bound}); viết lại bằng chữ quốc ngữ",
        "{label} has letters that cannot be printed ({bound}); write them in Latin letters",
    ),
    "maxItems": _most,
    "maxLength": _longest,
    "maximum": _sentence("{label} phải từ {bound} trở xuống", "{label} must be {bound} or less"),
    "minItems": _fewest,
    "minLength": _least,
    "minimum": _sentence("{label} phải từ {bound} trở lên", "{label} must be {bound} or more"),
    "multipleOf": _sentence(
        "{label} phải là bội số của {bound}", "{label} must be a multiple of {bound}"
    ),
    "required": _required,
    "type": _format,
    "uniqueItems": _sentence("{label} có mục ghi hai lần", "{label} has something twice"),
}
