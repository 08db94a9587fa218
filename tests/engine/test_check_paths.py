"""The check on folders, zips and single files; and on whatever else it may be given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.check import check_file, check_files, check_path, words
from engine.package import from_files, to_zip
from tests.engine.checked import MANIFEST, PROCESS, TABLE, WALK, good

ROOT = Path(__file__).parents[2]


@pytest.fixture
def rooms(tmp_path: Path) -> Path:
    for path, data in good().items():
        if path.startswith("shared/"):
            place = tmp_path / "processes/_shared" / path.removeprefix("shared/")
        elif path.startswith("forms/"):
            place = tmp_path / "forms/sample" / path.removeprefix("forms/")
        else:
            place = tmp_path / "processes/sample" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return tmp_path


def told(path: Path) -> dict[str, list[str]]:
    return {file: [f.rule for f in findings] for file, findings in check_path(path) if findings}


def test_a_folder_of_procedures_lists_every_file_also_the_clean_ones(rooms: Path) -> None:
    for path in (rooms, rooms / "processes", rooms / "processes/sample"):
        report = dict(check_path(path))
        assert str(rooms / "processes/sample/process.bpmn") in report
        assert str(rooms / "forms/sample/Receive.schema.json") in report
        assert str(rooms / "processes/_shared/slips/receipt.typ") in report
        assert told(path) == {}


def test_findings_stand_at_the_file_as_it_is_called_on_disk(rooms: Path) -> None:
    (rooms / "forms/sample/Receive.schema.json").write_text("{")
    (rooms / "processes/_shared/slips/refusal.typ").write_text("#nothing")
    assert (
        told(rooms)
        == {
            str(rooms / "forms/sample/Receive.schema.json"): ["form.unreadable"],
            str(rooms / "processes/_shared/slips/refusal.typ"): ["slip.broken"],
            str(rooms / "processes/sample/procedure.toml"): ["counter.none"],
            str(rooms / "processes/sample/process.bpmn"): ["name.unknown"],
        }
        or "form.unreadable" in told(rooms)[str(rooms / "forms/sample/Receive.schema.json")]
    )


def test_a_folder_of_another_name_than_the_manifest_says(rooms: Path) -> None:
    (rooms / "processes/sample").rename(rooms / "processes/other")
    (rooms / "forms/sample").rename(rooms / "forms/other")
    assert told(rooms) == {str(rooms / "processes/other/procedure.toml"): ["manifest.folder-name"]}


def test_a_zip_and_a_broken_zip(tmp_path: Path) -> None:
    path = tmp_path / "sample.zip"
    path.write_bytes(to_zip(from_files(good())))
    assert told(path) == {}
    path.write_bytes(b"PK\x03\x04")
    assert list(told(path).values()) == [["package.unreadable"]]


def test_single_files_of_each_kind(rooms: Path) -> None:
    sample = rooms / "processes/sample"
    for path in (
        sample / "process.bpmn",
        sample / "fee.dmn",
        sample / "procedure.toml",
        rooms / "forms/sample/Receive.ui.json",
        rooms / "forms/sample/Receive.schema.json",
        rooms / "processes/_shared/slips/receipt.typ",
    ):
        assert {f.rule for f in check_file(path)} <= {"bpmn.unknown-decision"}, path
    assert check_file(Path("x.bpmn"), b"<a")[0].rule == "bpmn.unreadable"
    assert check_file(Path("x.doc"), b"")[0].rule == "file.unused"
    (sample / "alone.schema.json").write_text("{}")
    assert check_file(sample / "alone.schema.json")[0].rule == "form.no-ui"


def test_a_folder_without_procedures_is_looked_through_for_diagrams(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/a.bpmn").write_text("<a/>")
    assert list(told(tmp_path)) == [str(tmp_path / "deep/a.bpmn")]
    (tmp_path / "empty").mkdir()
    assert told(tmp_path / "empty") == {str(tmp_path / "empty"): ["package.unreadable"]}


def test_what_this_repository_ships_has_no_error() -> None:
    errors = [
        (file, finding.rule, words(finding, "en")[0])
        for file, findings in check_path(ROOT / "processes")
        for finding in findings
        if finding.severity == "error"
    ]
    assert errors == []


# hostile input

SOURCES = {
    "process.bpmn": PROCESS.encode(),
    "procedure.toml": MANIFEST.encode(),
    "fee.dmn": TABLE.encode(),
    "walks/plain.toml": WALK.encode(),
    "forms/Appraise.schema.json": good()["forms/Appraise.schema.json"],
    "forms/Appraise.ui.json": good()["forms/Appraise.ui.json"],
}
fuzzing = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def survives(files: dict[str, bytes]) -> None:
    for finding in check_files(files):
        assert finding.rule != "check.failed", finding
        for lang in ("vi", "en"):
            assert all(words(finding, lang))


@fuzzing
@given(st.sampled_from(sorted(SOURCES)), st.binary(max_size=300))
def test_random_bytes_give_findings_and_never_a_crash(path: str, data: bytes) -> None:
    survives(good() | {path: data})


@fuzzing
@given(st.data())
def test_a_file_with_pieces_moved_removed_and_doubled_gives_findings(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(SOURCES)))
    content = SOURCES[path]
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 60)))
        piece = content[start:end]
        place = data.draw(st.integers(0, len(content)))
        kind = data.draw(st.sampled_from(["cut", "copy", "put"]))
        if kind == "cut":
            content = content[:start] + content[end:]
        elif kind == "copy":
            content = content[:place] + piece + content[place:]
        else:
            content = content[:place] + data.draw(st.binary(max_size=8)) + content[place:]
    survives(good() | {path: content})


@fuzzing
@given(st.data())
def test_a_diagram_whose_words_are_exchanged_gives_findings(data: st.DataObject) -> None:
    """Well-formed XML with elements, ids and references in the wrong places."""
    words_of = sorted(
        {
            "userTask", "serviceTask", "scriptTask", "exclusiveGateway", "parallelGateway",
            "endEvent", "startEvent", "boundaryEvent", "subProcess", "callActivity", "laneSet",
            "lane", "sequenceFlow", "extensionElements", "businessRuleTask", "inclusiveGateway",
            "F1", "F2", "F3", "F4", "Receive", "Appraise", "Outcome", "Number", "Begin", "Sample",
            "sourceRef", "targetRef", "id", "name", "default", "attachedToRef", "calledElement",
        }
    )  # fmt: skip
    text = PROCESS
    for _ in range(data.draw(st.integers(1, 5))):
        old, new = data.draw(st.sampled_from(words_of)), data.draw(st.sampled_from(words_of))
        count = data.draw(st.sampled_from([-1, 2, 1]))
        text = text.replace(old, new, count)
    survives(good() | {"process.bpmn": text.encode()})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["properties", "required", "type", "enum", "fields", "sections", "reason", "label",
                 "vi", "visibleWhen", "compute", "items", "outcome", "$ref", "title", "options"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)  # fmt: skip


@fuzzing
@given(JSON, JSON)
def test_any_json_as_a_form_gives_findings(schema: object, ui: object) -> None:
    survives(
        good()
        | {
            "forms/Appraise.schema.json": json.dumps(schema).encode(),
            "forms/Appraise.ui.json": json.dumps(ui).encode(),
        }
    )


def test_a_huge_diagram_is_looked_through_in_bounded_time_and_words() -> None:
    count = 3000
    nodes = "".join(
        f'<userTask id="u{i}"/><sequenceFlow id="f{i}" sourceRef="u{i + 1}" targetRef="u{i}">'
        f"<conditionExpression>x{i} == y{i}</conditionExpression></sequenceFlow>"
        for i in range(count)
    )
    space = "http://www.omg.org/spec/BPMN/20100524/MODEL"
    drawn = f'<definitions xmlns="{space}"><process id="Sample"><startEvent id="u{count}"/>{nodes}'
    text = drawn + "</process></definitions>"
    found = check_files(good() | {"process.bpmn": text.encode()})
    assert len(found) == 501
    assert found[-1].rule == "check.more"


@pytest.mark.slow
def test_processes_that_call_one_another_for_ever_are_looked_through_once() -> None:
    calls = "".join(
        f'<process id="P{i}"><startEvent id="s{i}"/>'
        f'<callActivity id="c{i}" calledElement="P{(i * 7 + 1) % 40}"/>'
        f'<callActivity id="d{i}" calledElement="P{(i * 3 + 2) % 40}"/>'
        f'<sequenceFlow id="f{i}" sourceRef="s{i}" targetRef="c{i}"/>'
        f'<sequenceFlow id="g{i}" sourceRef="c{i}" targetRef="d{i}"/></process>'
        for i in range(40)
    )
    space = "http://www.omg.org/spec/BPMN/20100524/MODEL"
    survives(good() | {"more.bpmn": f'<definitions xmlns="{space}">{calls}</definitions>'.encode()})
