"""Answers against a form: read as typed, checked, computed, hidden, shown."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.codes import plain_digits
from engine.errors import BadAnswers, BadPackage
from engine.forms import FieldFault, Form, Text, lint, load
from engine.forms.typed import tidy

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2025, 7, 20)


def form_of(
    properties: dict[str, Any],
    fields: dict[str, Any] | None = None,
    required: tuple[str, ...] = (),
    **ui: Any,
) -> Form:
    """A form of these properties; a field without a label is called by its name."""
    schema = {"type": "object", "properties": properties, "required": list(required)}
    look = {"fields": fields or {}, **ui}
    return load(json.dumps(schema).encode(), json.dumps(look).encode())


def label(vi: str, en: str = "", **more: Any) -> dict[str, Any]:
    return {"label": {"vi": vi, "en": en or vi}, **more}


def faults(form: Form, answers: Any, known: dict[str, Any] | None = None) -> list[FieldFault]:
    with pytest.raises(BadAnswers) as caught:
        form.check(answers, known or {}, TODAY)
    found = caught.value.particulars["faults"]
    assert isinstance(found, tuple)
    return list(found)


def told(form: Form, answers: Any, known: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.message.vi) for fault in faults(form, answers, known)]


# reading what was typed
# ----------------------

TYPED = {
    "area": ({"type": "number"}, {}),
    "count": ({"type": "integer"}, {}),
    "fee": ({"type": "integer", "format": "money"}, {}),
    "day": ({"type": "string", "format": "date"}, {}),
    "id": ({"type": "string", "format": "citizen-id"}, {}),
    "phone": ({"type": "string", "format": "phone-vn"}, {}),
    "name": ({"type": "string"}, {}),
    "story": ({"type": "string"}, {"widget": "textarea"}),
    "sure": ({"type": "boolean"}, {}),
    "level": ({"type": "integer", "enum": [1, 2]}, {}),
    "items": ({"type": "array", "items": {"type": "string"}}, {}),
    "some": ({"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}, {}),
}
WIDE = form_of(
    {name: one for name, (one, _) in TYPED.items()}, {n: ui for n, (_, ui) in TYPED.items()}
)


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("area", "412,5", 412.5),
        ("area", "1.234,5", 1234.5),
        ("area", "1.234", 1234),
        ("area", "412.5", 412.5),
        ("area", " 412 ", 412),
        ("area", "-0,5", -0.5),
        ("area", "khoảng 400", "khoảng 400"),
        ("area", "1e5", "1e5"),
        ("area", "nan", "nan"),
        ("count", "12", 12),
        ("count", "1.000", 1000),
        ("count", "1,5", "1,5"),
        ("fee", "1.234.567", 1234567),
        ("fee", "8.000 đ", 8000),
        ("fee", "8000đồng", 8000),
        ("fee", "miễn", "miễn"),
        ("day", "19/07/2025", "2025-07-19"),
        ("day", "1-7-2025", "2025-07-01"),
        ("day", "19072025", "2025-07-19"),
        ("day", "2025-07-19", "2025-07-19"),
        ("day", "31/02/2025", "31/02/2025"),
        ("day", "hôm qua", "hôm qua"),
        ("id", "022 185 001 234", "022185001234"),
        ("phone", "+84 900 000 007", "0900000007"),
        ("phone", "0900.000.007", "0900000007"),
        ("name", "  Hồ sơ   mẫu 07 ", "Hồ sơ mẫu 07"),
        ("name", "Ho\u0302\u0300 so\u031b", "Hồ sơ"),
        ("story", "một\r\nhai\r\n", "một\nhai"),
        ("level", "2", 2),
        ("level", "9", "9"),
        ("items", "một\r\n\r\n hai \r\n", ["một", "hai"]),
    ],
)
def test_what_is_typed_becomes_a_value_or_stays(name: str, typed: str, value: Any) -> None:
    read = WIDE.read({name: [typed]})[name]
    assert read == value
    assert type(read) is type(value)


def test_nothing_typed_is_no_answer() -> None:
    assert WIDE.read({name: [""] for name in TYPED if name not in ("sure",)}) == {}
    assert WIDE.read({}) == {}


def test_an_empty_box_is_an_answer_and_a_box_that_was_not_there_is_none() -> None:
    assert WIDE.read({"sure": [""]}) == {"sure": False}
    assert WIDE.read({"sure": ["", "true"]}) == {"sure": True}
    assert WIDE.read({"some": ["", "a", "b"]}) == {"some": ["a", "b"]}


ROWS = form_of(
    {
        "people": {
            "type": "array",
            "minItems": 1,
            "maxItems": 3,
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "born": {"type": "string", "format": "date"},
                },
                "required": ["name"],
            },
        },
        "house": {
            "type": "object",
            "properties": {"street": {"type": "string"}, "number": {"type": "integer"}},
            "required": ["street"],
        },
    },
    {"people": label("Người cùng đứng tên"), "people.name": label("Họ và tên")},
    required=("people",),
)


def test_rows_are_read_in_their_order_and_blank_ones_are_left_out() -> None:
    posted = {
        "people.10.name": ["Người mẫu 2"],
        "people.2.name": ["Người mẫu 1"],
        "people.2.born": ["01/02/1980"],
        "people.5.name": [""],
        "house.street": ["Khu Chang Nà"],
    }
    assert ROWS.read(posted) == {
        "people": [{"name": "Người mẫu 1", "born": "1980-02-01"}, {"name": "Người mẫu 2"}],
        "house": {"street": "Khu Chang Nà"},
    }
    assert len(ROWS.read(posted, blanks=True)["people"]) == 3


def test_a_fault_in_a_row_names_the_row() -> None:
    answers = {"people": [{"name": "Người mẫu 1"}, {"born": "1980-02-30"}]}
    assert [fault.pointer for fault in faults(ROWS, answers)] == ["people.1.name", "people.1.born"]


def test_an_optional_group_counts_only_when_something_is_in_it() -> None:
    people = [{"name": "Người mẫu 1"}]
    assert ROWS.check({"people": people, "house": {}}, {}, TODAY) == {"people": people}
    assert told(ROWS, {"people": people, "house": {"number": 3}}) == [
        ("house.street", "Nhập street")
    ]


def test_too_few_and_too_many_rows() -> None:
    assert told(ROWS, {}) == [("people", "Điền ít nhất một dòng ở “Người cùng đứng tên”")]
    many = [{"name": "x"}] * 4
    assert told(ROWS, {"people": many}) == [("people", "Người cùng đứng tên có nhiều nhất 3 mục")]


# checking
# --------

FIELD_CHECK = form_of(
    {
        "measured_area": {"type": "number", "exclusiveMinimum": 0},
        "inspected_on": {"type": "string", "format": "date"},
        "disputed": {"type": "string", "enum": ["no", "yes"]},
        "detail": {"type": "string", "minLength": 1, "maxLength": 20},
        "sealed": {"type": "boolean", "const": True},
        "files": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
    },
    {
        "measured_area": label("Diện tích đo thực tế (m²)", "Measured area (m²)"),
        "inspected_on": label("Ngày kiểm tra", "Date of the check"),
        "disputed": label(
            "Có tranh chấp không?",
            widget="radio",
            options={"no": {"vi": "Không", "en": "No"}, "yes": {"vi": "Có", "en": "Yes"}},
        ),
        "detail": label("Nội dung tranh chấp", visibleWhen='disputed == "yes"'),
        "sealed": label("Đã đóng dấu"),
        "files": label("Ảnh hiện trường", widget="file"),
    },
    required=("measured_area", "inspected_on", "disputed", "detail", "sealed"),
    checks=[
        {
            "when": "inspected_on > today",
            "field": "inspected_on",
            "message": {"vi": "Ngày phải trước hoặc bằng hôm nay", "en": "Not later than today"},
        }
    ],
)
GOOD = {"measured_area": 408.2, "inspected_on": "2025-07-19", "disputed": "no", "sealed": True}


def test_every_fault_is_told_in_the_order_of_the_form_and_says_what_to_do() -> None:
    assert told(FIELD_CHECK, {}) == [
        ("measured_area", "Nhập diện tích đo thực tế"),
        ("inspected_on", "Nhập ngày kiểm tra"),
        ("disputed", "Trả lời câu hỏi: Có tranh chấp không?"),
        ("sealed", "Đánh dấu vào ô “Đã đóng dấu”"),
    ]


def test_good_answers_come_back_as_they_are_kept() -> None:
    assert FIELD_CHECK.check(GOOD, {}, TODAY) == GOOD


def test_a_rule_across_fields_knows_the_day() -> None:
    late = {**GOOD, "inspected_on": "2025-07-21"}
    assert told(FIELD_CHECK, late) == [("inspected_on", "Ngày phải trước hoặc bằng hôm nay")]
    assert FIELD_CHECK.check({**GOOD, "inspected_on": "2025-07-20"}, {}, TODAY)


def test_hidden_values_are_dropped_before_they_are_judged() -> None:
    assert FIELD_CHECK.check({**GOOD, "detail": "x" * 50}, {}, TODAY) == GOOD
    shown = {**GOOD, "disputed": "yes", "detail": "x" * 50}
    assert told(FIELD_CHECK, shown) == [
        ("detail", "Nội dung tranh chấp dài quá; viết lại trong 20 ký tự")
    ]
    assert "detail" in FIELD_CHECK.visible(shown, {})
    assert "detail" not in FIELD_CHECK.visible(GOOD, {})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"measured_area": "khoảng 400"},
            "Diện tích đo thực tế phải là số; phần lẻ viết sau dấu phẩy, ví dụ 412,5",
        ),
        ({"measured_area": 0}, "Diện tích đo thực tế phải lớn hơn 0"),
        (
            {"inspected_on": "31/02/2025"},
            "Ngày kiểm tra phải là ngày có thật, ghi ngày/tháng/năm, ví dụ 19/07/2025",
        ),
        ({"disputed": "maybe"}, "Chọn một mục trong danh sách có tranh chấp không?"),
        ({"sealed": False}, "Đánh dấu vào ô “Đã đóng dấu”"),
        ({"files": ["a", "b", "c"]}, "Ảnh hiện trường có nhiều nhất 2 mục"),
        ({"files": [{"token": ""}]}, "Đính kèm lại ảnh hiện trường"),
        ({"stranger": 1}, "Biểu mẫu không có mục này"),
    ],
)
def test_a_generated_message_says_what_to_do(change: dict[str, Any], message: str) -> None:
    assert [text for _, text in told(FIELD_CHECK, {**GOOD, **change})] == [message]


def test_the_designers_own_words_come_first() -> None:
    messages = {"required": {"vi": "Ghi số thửa", "en": "Write the parcel"}}
    form = form_of({"p": {"type": "string"}}, {"p": label("Thửa", messages=messages)}, ("p",))
    (fault,) = faults(form, {})
    assert fault == FieldFault("p", "required", Text("Ghi số thửa", "Write the parcel"))


def test_files_are_tokens_or_told_in_full() -> None:
    file = {"token": "t1", "name": "thua|345.jpg", "sha256": "0" * 64, "size": 12}
    kept = FIELD_CHECK.check({**GOOD, "files": [file, "t2"]}, {}, TODAY)
    assert kept["files"] == [file, "t2"]


def test_a_word_of_the_serializer_never_gets_through() -> None:
    assert FIELD_CHECK.check({**GOOD, "typename": "UUID"}, {}, TODAY) == GOOD
    people = [{"name": "Người mẫu 1", "typename": "x"}]
    kept = ROWS.check({"people": people, "house": {"typename": "x"}}, {}, TODAY)
    assert "typename" not in json.dumps(kept)


def test_the_same_name_means_the_field_and_not_what_is_known() -> None:
    known = {"disputed": "yes", "today": "1999-01-01"}
    assert FIELD_CHECK.check(GOOD, known, TODAY) == GOOD


# formats
# -------


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        (
            "date",
            "2024-02-29",
            ["2025-02-29", "29/02/2024", "20240229", "0001-01-01"],
        ),
        ("citizen-id", "022185001234", ["02218500123", "02218500123a", "٠٢٢١٨٥٠٠١٢٣٤"]),
        ("phone-vn", "0900000007", ["12345", "0100000007", "090000000a"]),
        ("email", "ten@noi.vn", ["ten", "ten@", "a b@noi.vn", "@noi.vn"]),
    ],
)
def test_a_format_is_judged(form: str, good: str, bad: list[str]) -> None:
    one = form_of({"x": {"type": "string", "format": form}})
    assert one.check({"x": good}, {}, TODAY) == {"x": good}
    for text in bad:
        assert [fault.rule for fault in faults(one, {"x": text})] == ["format"]


def test_money_is_never_less_than_nothing() -> None:
    one = form_of({"x": {"type": "integer", "format": "money"}})
    assert one.check({"x": 8000}, {}, TODAY) == {"x": 8000}
    assert [fault.rule for fault in faults(one, {"x": -1})] == ["format"]
    assert [fault.rule for fault in faults(one, {"x": 1.5})] == ["type"]


# computing and defaults
# ----------------------


def test_computed_values_are_the_forms_and_never_the_callers() -> None:
    form = form_of(
        {
            "pages": {"type": "integer"},
            "copies": {"type": "integer"},
            "total": {"type": "integer", "minimum": 1},
            "fee": {"type": "integer"},
        },
        {
            "total": label("Tổng số trang", compute="pages * copies"),
            "fee": label("Phí", compute="min(total * 1000, 200000)"),
        },
        required=("total",),
    )
    kept = form.check({"pages": 3, "copies": 2, "total": 1, "fee": 0}, {}, TODAY)
    assert kept == {"pages": 3, "copies": 2, "total": 6, "fee": 6000}
    assert told(form, {"pages": 3}) == [
        ("total", "Chưa tính được tổng số trang; kiểm tra lại các mục liên quan")
    ]


def test_a_row_computes_with_its_own_fields() -> None:
    row = {"n": {"type": "integer"}, "double": {"type": "integer"}}
    form = form_of(
        {"rows": {"type": "array", "items": {"type": "object", "properties": row}}},
        {"rows.double": label("Gấp đôi", compute="n * factor")},
    )
    kept = form.check({"rows": [{"n": 1}, {"n": 2}]}, {"factor": 2}, TODAY)
    assert kept == {"rows": [{"n": 1, "double": 2}, {"n": 2, "double": 4}]}


def test_what_is_only_read_comes_from_what_is_known() -> None:
    form = form_of(
        {"area": {"type": "number"}},
        {"area": label("Diện tích", widget="readonly", default="area")},
    )
    assert form.check({"area": 1}, {"area": 412.5}, TODAY) == {"area": 412.5}
    assert form.read({"area": ["1"]}) == {}
    assert form.check({}, {}, TODAY) == {}


def test_a_default_stands_until_something_else_is_typed_or_it_is_emptied() -> None:
    form = form_of({"note": {"type": "string"}}, {"note": label("Ghi chú", default="remark")})
    known = {"remark": "như cũ"}
    assert form.settled({}, known) == {"note": "như cũ"}
    assert form.settled(form.read({"note": ["mới"]}), known) == {"note": "mới"}
    assert form.settled(form.read({"note": [""]}), known) == {"note": ""}
    assert form.check(form.read({"note": [""]}), known, TODAY) == {}


def test_a_field_hidden_by_a_hidden_field_is_hidden_too() -> None:
    form = form_of(
        {name: {"type": "string"} for name in ("a", "b", "c")},
        {"b": label("B", visibleWhen='a == "x"'), "c": label("C", visibleWhen='b == "y"')},
    )
    answers = {"a": "x", "b": "y", "c": "z"}
    assert form.check(answers, {}, TODAY) == answers
    assert form.check({**answers, "a": "other"}, {}, TODAY) == {"a": "other"}


def test_a_condition_that_cannot_be_worked_out_hides() -> None:
    form = form_of({"a": {"type": "string"}}, {"a": label("A", visibleWhen="unheard > 3")})
    assert form.check({"a": "x"}, {}, TODAY) == {}


def test_conditions_that_chase_each_other_come_to_an_end() -> None:
    form = form_of(
        {"a": {"type": "string"}, "b": {"type": "string"}},
        {"a": label("A", visibleWhen="not b"), "b": label("B", visibleWhen="not a")},
    )
    assert set(form.check({"a": "1", "b": "2"}, {}, TODAY)) <= {"a", "b"}


def test_the_helpers_of_days() -> None:
    form = form_of(
        {"born": {"type": "string", "format": "date"}, "age": {"type": "integer"}},
        {"age": label("Tuổi", compute="years_between(born, today)")},
    )
    assert form.check({"born": "2005-07-21"}, {}, TODAY)["age"] == 19


# showing
# -------


def test_answers_are_shown_as_an_official_writes_them() -> None:
    form = form_of(
        {
            "on": {"type": "string", "format": "date"},
            "fee": {"type": "integer"},
            "area": {"type": "number"},
            "sure": {"type": "boolean"},
            "kind": {"type": "string", "enum": ["a"]},
            "items": {"type": "array", "items": {"type": "string"}},
            "empty": {"type": "string"},
        },
        {
            "on": label("Ngày"),
            "fee": label("Phí", widget="money"),
            "area": label("Diện tích"),
            "sure": label("Đã trả"),
            "kind": label("Loại", options={"a": {"vi": "Loại A", "en": "Kind A"}}),
            "items": label("Giấy tờ"),
        },
        sections=[{"title": {"vi": "Kết quả", "en": "Result"}, "fields": ["on", "fee"]}],
    )
    answers = {
        "on": "2025-07-19",
        "fee": 1234567,
        "area": 412.5,
        "sure": True,
        "kind": "a",
        "items": ["một", "hai"],
    }
    first, second = form.show(answers, "vi")
    assert first.title == "Kết quả"
    assert first.lines == (("Ngày", "19/07/2025"), ("Phí", "1.234.567\u00a0đ"))
    assert second.lines == (
        ("Diện tích", "412,5"),
        ("Đã trả", "Có"),
        ("Loại", "Loại A"),
        ("Giấy tờ", "một; hai"),
    )
    assert form.show(answers, "en")[1].lines[2] == ("Loại", "Kind A")


def test_what_is_sensitive_is_masked() -> None:
    form = form_of(
        {"id": {"type": "string", "format": "citizen-id"}, "ill": {"type": "string"}},
        {"id": label("Số", sensitive=True), "ill": label("Bệnh", sensitive=True)},
    )
    answers = {"id": "022185001234", "ill": "x"}
    assert form.show(answers, "vi")[0].lines == (("Số", "0221******34"), ("Bệnh", "••••••"))
    assert form.show(answers, "vi", masked=False)[0].lines[1] == ("Bệnh", "x")


# what cannot be a form
# ---------------------


@pytest.mark.parametrize(
    "schema",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"type": "object", "type": "object"}',
        b'{"type": "array"}',
        b'{"type": "object", "properties": []}',
        b'{"type": "object", "properties": {"a.b": {"type": "string"}}}',
        b'{"type": "object", "properties": {"a": "string"}}',
        b'{"type": "object", "properties": {"a": {"type": "string", "minLength": "x"}}}',
        b'{"type": "object", "properties": {"a": {"type": "number", "minimum": NaN}}}',
        b'{"type": "object", "properties": {"a": {"type": "string", "pattern": "(a+)+$"}}}',
        b'{"type": "object", "properties": {"a": {"type": "string", "pattern": "["}}}',
        b" " * 300_000,
    ],
)
def test_what_cannot_be_read_as_a_form_is_refused(schema: bytes) -> None:
    with pytest.raises(BadPackage):
        load(schema, b"{}")


def test_every_form_of_the_house_loads_and_keeps_to_the_profile() -> None:
    files = sorted(ROOT.glob("forms/*/*.schema.json"))
    assert len(files) > 20
    for file in files:
        ui = file.with_name(file.name.replace(".schema.json", ".ui.json"))
        assert lint(load(file.read_bytes(), ui.read_bytes())) == (), file.name


def test_wide_digits_are_read_as_digits() -> None:
    assert tidy(" ４１２,５ ") == "412,5"
    assert plain_digits("０２２０８０００００07") == "022080000007"
