"""What is different between two versions, said so that somebody can sign it."""

from __future__ import annotations

import json

import pytest

from engine.changes import compare, said
from engine.package import Package, from_files, load_folder
from tests.office import ROOT

NAMES = ("land-confirmation", "marital-status", "certified-copy")
LAND, MARITAL, COPY = (load_folder(ROOT / "processes", ROOT / "forms", name) for name in NAMES)


def edited(package: Package, path: str, *changes: tuple[str, str]) -> Package:
    text = package.files[path].decode()
    for old, new in changes:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return from_files({**package.files, path: text.encode()})


def sentences(old: Package, new: Package, lang: str = "vi") -> list[str]:
    return [said(change, lang) for change in compare(old, new)]


@pytest.mark.parametrize("package", [LAND, MARITAL, COPY], ids=NAMES)
def test_a_version_does_not_differ_from_itself(package: Package) -> None:
    assert compare(package, from_files(dict(package.files))) == ()
    assert compare(None, package) == ()


def test_a_changed_limit_is_said_in_both_languages() -> None:
    new = edited(LAND, "procedure.toml", ('limit = "10 working days"', 'limit = "8 working days"'))
    title = "Xác nhận tình trạng đất đai"
    assert sentences(LAND, new) == [
        f"Thủ tục «{title}» đổi thời hạn từ «10 ngày làm việc» thành «8 ngày làm việc»."
    ]
    assert sentences(LAND, new, "en") == [
        f"Procedure “{title}”: limit was “10 working days”, is “8 working days”."
    ]


def test_a_renamed_step_and_a_moved_one_are_told_apart() -> None:
    new = edited(LAND, "process.bpmn", ('name="Tiếp nhận hồ sơ"', 'name="Nhận hồ sơ"'))
    assert sentences(LAND, new) == [
        "Bước «Nhận hồ sơ» đổi tên từ «Tiếp nhận hồ sơ» thành «Nhận hồ sơ»."
    ]
    shape = LAND.files["process.bpmn"].decode()
    start = shape.index('bpmnElement="CounterStep"')
    bounds = shape[shape.index('x="', start) : shape.index('"', shape.index('x="', start) + 3) + 1]
    place = shape.index(bounds, start)
    moved = shape[:place] + 'x="1"' + shape[place + len(bounds) :]
    (change,) = compare(LAND, from_files({**LAND.files, "process.bpmn": moved.encode()}))
    assert (change.act, change.key) == ("moved", "CounterStep")


def test_a_new_step_is_told_with_its_flows() -> None:
    drawn = LAND.files["process.bpmn"].decode()
    flow = 'sourceRef="FieldCheck" targetRef="'
    start = drawn.index(flow) + len(flow)
    target = drawn[start : drawn.index('"', start)]
    drawn = drawn[:start] + "Second" + drawn[start + len(target) :]
    new = (
        '<bpmn:userTask id="Second" name="Kiểm tra lần hai"/>'
        f'<bpmn:sequenceFlow id="F2" sourceRef="Second" targetRef="{target}"/>'
    )
    place = drawn.rindex("</bpmn:process>")
    drawn = drawn[:place] + new + drawn[place:]
    told = sentences(LAND, from_files({**LAND.files, "process.bpmn": drawn.encode()}))
    assert told[0] == "Thêm bước «Kiểm tra lần hai»."
    assert any("Thêm đường đi «Kiểm tra lần hai → " in one for one in told)
    assert any(one.startswith("Đường đi «") and "nơi đến" in one for one in told)


def test_fields_papers_tables_and_slips_are_told() -> None:
    path = next(p for p in LAND.files if p.endswith("FieldCheck.schema.json"))
    schema = json.loads(LAND.files[path])
    schema["required"] = [name for name in schema["required"] if name != "measured_area"]
    new = from_files({**LAND.files, path: json.dumps(schema).encode(), "slips/note.typ": b"x"})
    told = sentences(LAND, new)
    assert any(one.startswith("FieldCheck: ") and "bắt buộc" in one for one in told)
    assert "Thêm mẫu phiếu «note.typ»." in told
    table = next(p for p in COPY.files if p.endswith(".dmn"))
    dmn = COPY.files[table].decode()
    start = dmn.index("<rule")
    less = dmn[:start] + dmn[dmn.index("</rule>", start) + len("</rule>") :]
    told = sentences(COPY, from_files({**COPY.files, table: less.encode()}))
    assert len(told) == 1
    assert "dòng bảng" in told[0]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_whatever_differs_can_be_said(lang: str) -> None:
    for old, new in ((LAND, MARITAL), (MARITAL, COPY), (COPY, LAND)):
        for change in compare(old, new):
            sentence = said(change, lang)
            assert sentence.endswith(".")
            assert "{" not in sentence.replace(change.before.vi, "").replace(change.after.vi, "")
            assert json.dumps(change.to_json())
