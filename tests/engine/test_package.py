"""A procedure's folder or zip becomes one package with one content hash."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadPackage
from engine.package import (
    Package,
    Text,
    from_files,
    load_folder,
    load_zip,
    names,
    read_manifest,
    to_zip,
)

MANIFEST = """
code = "9.900014"
name = "land-confirmation"
level = "commune"
process = "LandConfirmation"
limit = "10 working days"
territory_field = "commune"
channels = ["counter", "post"]

[title]
vi = "Xác nhận tình trạng đất đai"
en = "Land confirmation"

[limits.verification]
limit = "23 days"
title = { vi = "Có xác minh", en = "With verification" }

[[legal_basis]]
vi = "Luật Đất đai số 31/2024/QH15"
en = "Land Law 31/2024/QH15"

[[papers]]
key = "request"
title = { vi = "Đơn đề nghị", en = "Request" }

[[fees]]
key = "copy"
title = { vi = "Phí", en = "Fee" }
amount = 8000

[lanes."Tiếp nhận"]
role = "reception"
unit = "receiving"

[deciding]
two-level = "commune"

[supplement]
max_rounds = 1

[registers.confirmations]
title = { vi = "Sổ xác nhận", en = "Confirmations" }
"""
BPMN = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
<process id="LandConfirmation"><callActivity id="c" calledElement="Opinion"/></process>
</definitions>"""
SHARED = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
<process id="%s"/></definitions>"""


def package(**more: bytes) -> Package:
    return from_files({"procedure.toml": MANIFEST.encode(), "process.bpmn": BPMN, **more})


def zipped(entries: list[tuple[str, bytes]]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    processes, forms = tmp_path / "processes", tmp_path / "forms"
    for path, data in {
        processes / "land-confirmation/procedure.toml": MANIFEST.encode(),
        processes / "land-confirmation/process.bpmn": BPMN,
        processes / "land-confirmation/walks/plain.toml": b"",
        processes / "land-confirmation/.editor": b"x",
        processes / "_shared/slips/head.typ": b"",
        processes / "_shared/opinion/opinion.bpmn": SHARED % b"Opinion",
        processes / "_shared/unused/unused.bpmn": SHARED % b"Unused",
        forms / "land-confirmation/Receive.schema.json": b"{}",
        forms / "_shared/opinion/Answer.schema.json": b"{}",
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return processes, forms


def test_the_manifest_says_what_the_file_says() -> None:
    manifest = package().manifest
    assert (manifest.code, manifest.name, manifest.process) == (
        "9.900014",
        "land-confirmation",
        "LandConfirmation",
    )
    assert manifest.limit.text() == "10 working days"
    assert manifest.named_limits["verification"].limit.text() == "23 days"
    assert manifest.papers[0].key == "request"
    assert manifest.papers[0].required
    assert manifest.fees[0].amount == 8000
    assert manifest.lanes["Tiếp nhận"].unit == "receiving"
    assert manifest.deciding == {"two-level": "commune"}
    assert manifest.supplement.max_rounds == 1
    assert manifest.registers["confirmations"].en == "Confirmations"
    assert manifest.territory_field == "commune"


def test_a_text_falls_back_to_vietnamese() -> None:
    assert Text("Đơn", "Request").say("en") == "Request"
    assert Text("Đơn").say("en") == "Đơn"


def test_a_folder_takes_its_forms_and_what_it_reaches_in_shared(
    folders: tuple[Path, Path],
) -> None:
    found = load_folder(*folders, "land-confirmation")
    assert sorted(found.files) == [
        "forms/Receive.schema.json",
        "procedure.toml",
        "process.bpmn",
        "shared/opinion/forms/Answer.schema.json",
        "shared/opinion/opinion.bpmn",
        "shared/slips/head.typ",
        "walks/plain.toml",
    ]
    assert names(folders[0]) == ["land-confirmation"]


def test_a_folder_without_manifest_is_no_package(folders: tuple[Path, Path]) -> None:
    with pytest.raises(BadPackage):
        load_folder(*folders, "nothing")


def test_the_digest_follows_the_bytes_and_not_their_order() -> None:
    files = dict(package(a_md=b"x").files)
    backwards = from_files(dict(reversed(list(files.items()))))
    assert backwards.digest == package(a_md=b"x").digest
    assert package(a_md=b"y").digest != backwards.digest


def test_a_zip_round_trip_keeps_the_digest_and_the_bytes() -> None:
    first = package()
    again = load_zip(to_zip(first))
    assert again == first
    assert to_zip(again) == to_zip(first)


def test_a_zip_may_hold_the_folder_or_the_two_rooms(folders: tuple[Path, Path]) -> None:
    root = folders[0].parent
    whole = [
        (path.relative_to(root).as_posix(), path.read_bytes())
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != ".editor"
    ]
    direct = load_folder(*folders, "land-confirmation")
    assert load_zip(zipped(whole)).digest == direct.digest
    inside = [(f"quy-trinh/{path}", data) for path, data in direct.files.items()]
    assert load_zip(zipped(inside)).digest == direct.digest


@pytest.mark.parametrize(
    "name",
    ["../x.bpmn", "/x.bpmn", "a//b.bpmn", "a/../b", "a\\b", "C:x", "x\n", "./x", "a/ b", "x" * 300],
)
def test_a_path_that_climbs_or_hides_is_refused(name: str) -> None:
    with pytest.raises(BadPackage):
        load_zip(zipped([("procedure.toml", MANIFEST.encode()), (name, b"")]))


def test_a_file_may_not_come_twice_in_any_case() -> None:
    for twin in ("process.bpmn", "Process.BPMN"):
        entries = [("procedure.toml", MANIFEST.encode()), ("process.bpmn", b"1")]
        target = BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name, data in entries:
                archive.writestr(name, data)
            if twin == "process.bpmn":
                with pytest.warns(UserWarning, match="Duplicate"):
                    archive.writestr(twin, b"2")
            else:
                archive.writestr(twin, b"2")
        with pytest.raises(BadPackage) as caught:
            load_zip(target.getvalue())
        assert caught.value.cause == "duplicate"


def test_a_zip_bomb_a_crowd_and_a_link_are_refused() -> None:
    bomb = zipped([("procedure.toml", MANIFEST.encode()), ("process.bpmn", bytes(60_000_000))])
    assert len(bomb) < 100_000
    with pytest.raises(BadPackage):
        load_zip(bomb)
    with pytest.raises(BadPackage):
        load_zip(zipped([(f"f{i}.bpmn", b"") for i in range(500)]))
    link = zipfile.ZipInfo("process.bpmn")
    link.external_attr = 0o120777 << 16
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("procedure.toml", MANIFEST)
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(BadPackage):
        load_zip(target.getvalue())


def test_what_file_managers_add_is_left_out() -> None:
    litter = [("__MACOSX/._a", b"x"), ("forms/.DS_Store", b"x"), ("Thumbs.db", b"x")]
    found = load_zip(zipped([("procedure.toml", MANIFEST.encode()), *litter]))
    assert list(found.files) == ["procedure.toml"]


@given(st.binary(max_size=400))
def test_random_bytes_are_no_package(data: bytes) -> None:
    with pytest.raises(BadPackage):
        load_zip(data)


def test_an_entry_without_a_name_is_no_package() -> None:
    good = bytearray(zipped([("procedure.toml", MANIFEST.encode())]))
    directory = good.rindex(b"PK\x01\x02")
    name = good[directory + 28 : directory + 30]  # its length; said to be a remark's instead
    good[directory + 28 : directory + 30] = b"\0\0"
    good[directory + 32 : directory + 34] = name
    with pytest.raises(BadPackage):
        load_zip(bytes(good))


@given(st.data())
def test_a_damaged_zip_is_refused_or_read_whole(data: st.DataObject) -> None:
    good = bytearray(to_zip(package()))
    for _ in range(data.draw(st.integers(1, 6))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    try:
        load_zip(bytes(good))
    except BadPackage:
        return


@given(st.text(max_size=300) | st.binary(max_size=300))
def test_any_text_as_manifest_gives_problems_and_never_a_crash(given_text: str | bytes) -> None:
    raw = given_text if isinstance(given_text, bytes) else given_text.encode("utf-8", "replace")
    manifest, problems = read_manifest(raw)
    assert manifest is not None or any(problem.fatal for problem in problems)


@pytest.mark.parametrize(
    ("change", "rule", "key", "line"),
    [
        (('code = "9.900014"', "code = 9"), "manifest.wrong-type", "code", "code = 9"),
        (('level = "c', 'levl = "c'), "manifest.unknown-key", "levl", "levl ="),
        (("10 working days", "ten days"), "manifest.bad-limit", "limit", "limit = "),
        (('level = "c', 'idle = "3 days"\nlevel = "c'), "manifest.bad-hours", "idle", "idle ="),
        (
            ('unit = "receiving"', ""),
            "manifest.missing-key",
            "lanes.Tiếp nhận.unit",
            '[lanes."Tiếp nhận"]',
        ),
        (
            ('role = "reception"', "role = 1"),
            "manifest.wrong-type",
            "lanes.Tiếp nhận.role",
            "role = 1",
        ),
        (
            ('vi = "Xác nhận tình', 'v = "Xác nhận tình'),
            "manifest.missing-key",
            "title.vi",
            "[title]",
        ),
    ],
)
def test_a_problem_names_its_key_and_its_line(
    change: tuple[str, str], rule: str, key: str, line: str
) -> None:
    text = MANIFEST.replace(*change)
    _, problems = read_manifest(text.encode())
    found = next(problem for problem in problems if (problem.rule, problem.key) == (rule, key))
    assert text.splitlines()[found.line - 1].startswith(line)


def test_a_limit_that_cannot_be_read_makes_no_package() -> None:
    with pytest.raises(BadPackage):
        from_files({"procedure.toml": MANIFEST.replace("10 working", "ten working").encode()})


def test_a_step_finds_its_form_by_property_by_form_key_or_by_its_id() -> None:
    found = package(**{"forms/Receive.schema.json": b"{}"})
    assert found.form_of("Receive", {}) == (
        "forms/Receive.schema.json",
        "forms/Receive.ui.json",
    )
    assert found.form_of("Other", {}) is None
    assert found.form_of("Other", {"formKey": "Receive"}) == found.form_of("Receive", {})
    named = {"formJsonSchemaFilename": "Receive.schema.json", "formUiSchemaFilename": "x.ui.json"}
    assert found.form_of("Other", named) == ("forms/Receive.schema.json", "forms/x.ui.json")
