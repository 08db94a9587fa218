"""Every real form as a page: labels, faults, rows, and what the reader gets back."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from werkzeug.datastructures import MultiDict

from app import fields
from engine.forms import FieldFault, Form, Text, load
from engine.package import names

TODAY = date(2025, 7, 19)
FORMS = Path(__file__).resolve().parents[2] / "forms"
NAMES = sorted(str(f.relative_to(FORMS))[:-12] for f in FORMS.glob("*/*.schema.json"))


def form_of(name: str) -> Form:
    schema, ui = (FORMS / f"{name}.{kind}.json" for kind in ("schema", "ui"))
    return load(schema.read_bytes(), ui.read_bytes())


def page(name: str, answers: dict[str, object], *faults: FieldFault, lang: str = "vi") -> Tag:
    drawn = fields.draw(form_of(name), answers, faults, lang, {}, TODAY)
    return BeautifulSoup(drawn, "lxml")


def typed(drawn: Tag) -> MultiDict[str, str]:
    """What a browser would post of the page as it stands."""
    sent: MultiDict[str, str] = MultiDict()
    for one in drawn.select("input, textarea, select"):
        kind = one.get("type")
        if kind == "file" or (kind in ("radio", "checkbox") and not one.has_attr("checked")):
            continue
        chosen = one.select_one("option[selected]") if one.name == "select" else None
        value = one.text.lstrip("\n") if one.name == "textarea" else one.get("value", "")
        sent.add(str(one["name"]), str(chosen["value"]) if chosen else str(value))
    return sent


def test_every_procedure_has_forms_to_draw() -> None:
    assert {name.partition("/")[0] for name in NAMES} == set(names(FORMS.parent / "processes"))


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_every_entry_of_every_form_has_a_label(name: str, lang: str) -> None:
    drawn = page(name, {}, lang=lang)
    entries = drawn.select("input:not([type=hidden]), textarea, select")
    assert entries
    for one in entries:
        label = drawn.find("label", attrs={"for": one["id"]})
        assert label is not None and label.get_text(strip=True), one["id"]


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_unique_and_descriptions_are_there(name: str) -> None:
    form = form_of(name)
    faults = [FieldFault(one.name, "required", Text("Sai", "Wrong")) for one in form.fields]
    drawn = page(name, {}, *faults)
    ids = [str(one["id"]) for one in drawn.select("[id]")]
    assert len(ids) == len(set(ids))
    said = {part for one in drawn.select("[aria-describedby]")
            for part in str(one["aria-describedby"]).split()}  # fmt: skip
    assert said <= set(ids)
    for fault in faults:
        assert fault.pointer in ids
        error = drawn.find(id=f"{fault.pointer}-error")
        assert error is not None and error.get_text() == "Sai"


def test_days_and_decimals_are_shown_as_officials_write_them() -> None:
    drawn = page("land-confirmation/FieldCheck", {"measured_area": 408.2,
                 "inspected_on": "2025-07-08"})  # fmt: skip
    assert typed(drawn)["measured_area"] == "408,2"
    assert typed(drawn)["inspected_on"] == "08/07/2025"


def test_what_is_drawn_is_read_back() -> None:
    answers = {"outcome": "supplement", "supplement_items": ["Một", "Hai"], "disputed": "no",
               "measured_area": 408.2, "village_head": "<b>Hồ sơ mẫu 07</b>"}  # fmt: skip
    drawn = page("land-confirmation/FieldCheck", answers)
    form = form_of("land-confirmation/FieldCheck")
    assert form.read(fields.posted(typed(drawn))) == answers


def test_what_another_choice_would_ask_for_is_folded() -> None:
    drawn = page("land-confirmation/FieldCheck", {"outcome": "ok"})
    assert drawn.select_one("details [name=refusal_reason]")
    drawn = page("land-confirmation/FieldCheck", {"outcome": "refuse"})
    assert not drawn.select_one("details [name=refusal_reason]")


def test_rows_are_added_and_removed_without_scripts() -> None:
    name = "marital-status/CounterStep"
    form = form_of(name)
    answers = {"former_residence": "yes", "residences": [{"place": "Xã mẫu", "period": "1998"}]}
    sent = typed(page(name, answers))
    assert not fields.reshaping(sent)
    sent["_add"] = "residences"
    assert fields.reshaping(sent)
    more = fields.reshaped(form, answers, sent)
    assert len(more["residences"]) == 2
    sent = typed(page(name, more))
    assert "residences.1.place" in sent
    sent["_remove"] = "residences.0"
    assert "Xã mẫu" not in str(fields.reshaped(form, more, sent))


NESTED = load(
    json.dumps(
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "homes": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {
                            "place": {"type": "string"},
                            "people": {
                                "type": "array",
                                "items": {
                                    "type": "object",
                                    "additionalProperties": False,
                                    "properties": {"who": {"type": "string"}},
                                },
                            },
                        },
                    },
                }
            },
        }
    ).encode(),
    b'{"fields": {}}',
)


def test_rows_inside_rows_are_added_and_removed() -> None:
    def shown(answers: dict[str, Any]) -> BeautifulSoup:
        return BeautifulSoup(fields.draw(NESTED, answers, (), "vi", {}, TODAY), "lxml")

    answers: dict[str, Any] = {"homes": [{"place": "Xã mẫu", "people": [{"who": "Một"}]}, {}]}
    sent = typed(shown(answers))
    sent["_add"] = "homes.0.people"
    more = fields.reshaped(NESTED, answers, sent)
    assert len(more["homes"][0]["people"]) == 2
    sent = typed(shown(more))
    assert sent["homes.0.people.0.who"] == "Một"
    sent["homes.0.people.1.who"] = "Hai"
    sent["_remove"] = "homes.0.people.0"
    less = fields.reshaped(NESTED, more, sent)
    assert less["homes"][0] == {"place": "Xã mẫu", "people": [{"who": "Hai"}]}
    for nonsense in ("homes.7.people", "homes.x.people", "nobody", "homes.0.place", "homes.0"):
        sent = typed(shown(answers))
        sent["_add"] = nonsense
        fields.reshaped(NESTED, answers, sent)


CARD = load(
    json.dumps(
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "scan": {"type": "string"},
                "owner": {"type": "string"},
                "born": {"type": "string", "format": "date"},
                "number": {"type": "string", "format": "citizen-id"},
            },
        }
    ).encode(),
    json.dumps(
        {
            "fields": {
                "scan": {"widget": "cccd-scan"},
                "owner": {"cccd": "name"},
                "born": {"cccd": "birth"},
                "number": {"cccd": "id"},
            }
        }
    ).encode(),
)


def test_a_scanned_card_fills_the_fields_that_ask_for_its_parts() -> None:
    drawn = BeautifulSoup(fields.draw(CARD, {}, (), "vi", {}, TODAY), "lxml")
    assert drawn.select_one("#scan[data-cccd-scan]")
    assert drawn.select_one("#owner[data-cccd=name]")
    sent = typed(drawn)
    sent["scan"] = "022190000007||Người nộp mẫu 07|02031990|Nữ|Khu mẫu, xã Bình Liêu|01072021"
    sent["_scan"] = "scan"
    filled = fields.reshaped(CARD, CARD.read(fields.posted(sent)), sent)
    assert filled["owner"] == "Người nộp mẫu 07"
    shown = BeautifulSoup(fields.draw(CARD, filled, (), "vi", {}, TODAY), "lxml")
    values = {one: str(shown.select_one(f"#{one}")["value"]) for one in ("owner", "born", "number")}  # type: ignore[index]
    assert values == {
        "owner": "Người nộp mẫu 07",
        "born": "02/03/1990",
        "number": "022190000007",
    }


def test_files_are_sent_under_the_name_that_the_step_binds() -> None:
    drawn = page("land-confirmation/FieldCheck", {})
    assert drawn.select_one("input[type=file][multiple][name=photos]")


def test_a_field_that_another_calls_for_says_when_and_tells_the_browser() -> None:
    drawn = page("land-confirmation/FieldCheck", {})
    waiting = drawn.select_one("details[data-when='outcome=supplement']")
    assert waiting is not None
    assert "Chỉ điền khi “Kết quả kiểm tra” là “Cần bổ sung" in waiting.get_text()
    chosen = page("land-confirmation/FieldCheck", {"outcome": "supplement"})
    assert chosen.select_one("details[data-when='outcome=supplement']") is None
    assert chosen.select_one("div[data-when='outcome=supplement'] #supplement_items") is not None


def test_an_entry_that_may_stay_empty_says_so() -> None:
    drawn = page("land-confirmation/FieldCheck", {})
    labels = {one["for"]: one.get_text(" ", strip=True) for one in drawn.select("label[for]")}
    assert "không bắt buộc" not in labels["measured_area"]
    assert "không bắt buộc" in labels["photos"]
    assert drawn.select_one("#measured_area[aria-required=true]") is not None


def test_a_value_that_is_no_longer_offered_is_shown_beside_its_fault() -> None:
    drawn = page("land-confirmation/FieldCheck", {"current_use": "castle"})
    chosen = drawn.select_one("#current_use option[selected]")
    assert chosen is not None
    assert chosen["value"] == "castle"
