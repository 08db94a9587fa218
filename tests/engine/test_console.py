"""``python -m engine``: what a designer types where there is neither server nor database."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from engine.__main__ import main
from tests.engine_bpmn.drawing import el, simple

ROOT = Path(__file__).parents[2]


def test_the_sample_procedures_check_clean(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(ROOT / "processes")]) == 0
    assert capsys.readouterr().out.endswith("0 errors, 0 warnings, 0 infos.\n")


@pytest.mark.slow
def test_a_procedures_walks_are_played(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["walk", str(ROOT / "processes" / "certified-copy")]) == 0
    said = capsys.readouterr().out
    assert "ok   certified-copy/plain" in said
    assert said.endswith("walks, 0 failed.\n")


BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>
<definitions>&c;</definitions>"""


@pytest.mark.parametrize(
    "garbage",
    [b"", b"\x00\xff\xfe binary", b"<a>" * 5_000, BOMB, b"PK\x03\x04 no zip", b"not xml at all"],
    ids=["empty", "binary", "deep", "bomb", "zip", "text"],
)
@pytest.mark.parametrize("name", ["process.bpmn", "table.dmn", "package.zip"])
def test_garbage_is_a_sentence_and_never_a_crash(
    garbage: bytes, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / name
    file.write_bytes(garbage)
    assert main(["check", str(file)]) == 1
    said = capsys.readouterr()
    assert "error" in said.out or said.err
    assert "Traceback" not in said.out + said.err


def test_a_folder_without_procedures_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["walk", str(tmp_path)]) == 1
    assert capsys.readouterr().err


@pytest.mark.slow
def test_it_needs_no_web() -> None:
    asked = (
        "import sys; from engine.__main__ import main; main(['check', 'processes']);"
        "sys.exit('flask' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


CALLS = simple(el("callActivity", "A", calledElement="Called"), "S > A > E")
CALLED = CALLS.replace(b'id="P"', b'id="Called"').replace(b'"S"', b'"S2"').replace(b'"E"', b'"E2"')
CALLED = CALLED.replace(b"callActivity", b"task").replace(b' calledElement="Called"', b"")
CALLED = CALLED.replace(b'"A"', b'"A2"').replace(b"sequenceFlow_", b"way_")


def test_files_of_one_folder_know_one_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "calls.bpmn").write_bytes(CALLS)
    assert main(["check", str(tmp_path)]) == 1
    assert "Called" in capsys.readouterr().out
    (tmp_path / "called.bpmn").write_bytes(CALLED)
    assert main(["check", str(tmp_path)]) == 0
    capsys.readouterr()
    assert main(["run", str(tmp_path / "calls.bpmn"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["element"] for one in told["trace"]] == ["S", "S2", "A2", "E2", "A", "E"]
    assert len(told["dossiers"]) == 1
