"""Every walk of every procedure comes out as it says, by the real commands, on both databases."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.bpmn.runtime import Facts, Refresh, advance
from engine.check import uncovered
from engine.package import Package, load_folder, names
from engine.play import Playing, play_walk
from engine.queries.specs import spec_of
from engine.store import tables
from engine.store.calendar import calendar
from engine.store.database import Database
from engine.store.verify import verify

ROOT = Path(__file__).parents[2]
PACKAGES = {
    name: load_folder(ROOT / "processes", ROOT / "forms", name)
    for name in names(ROOT / "processes")
}
WALKS = [
    (name, path.removeprefix("walks/").removesuffix(".toml"))
    for name, package in PACKAGES.items()
    for path in sorted(package.files)
    if path.startswith("walks/")
]


def playing(database: Database, package: Package, walk: str) -> Playing:
    """The walk, ready to be played on this database."""
    return Playing(database, package, tomllib.loads(package.files[f"walks/{walk}.toml"].decode()))


@pytest.mark.parametrize(
    ("procedure", "walk"),
    [pytest.param(*w, marks=() if w[1] == "plain" else pytest.mark.slow) for w in WALKS],
)
def test_a_walk_comes_out_as_it_says(procedure: str, walk: str) -> None:
    result = play_walk(PACKAGES[procedure], walk)
    assert result.differences == ()
    assert result.passed


def test_a_walk_that_expects_something_else_is_told_so() -> None:
    package = PACKAGES["land-confirmation"]
    text = package.files["walks/plain.toml"].replace(b"status = 10", b"status = 7")
    changed = Package(
        package.name, {**package.files, "walks/plain.toml": text}, package.digest, package.manifest
    )
    result = play_walk(changed, "plain")
    assert not result.ok
    (told,) = result.differences
    assert told.said("en") == (
        "At the end: status is 10 (Result returned), expected 7 (Withdrawal asked for)."
    )
    assert told.said("vi") == (
        "Khi kết thúc: trạng thái là 10 (Đã trả kết quả), "
        "kịch bản ghi 7 (Công dân yêu cầu rút hồ sơ)."
    )


def test_what_a_walk_meets_is_said_by_the_names_of_the_steps() -> None:
    package = PACKAGES["land-confirmation"]
    text = package.files["walks/plain.toml"].decode()
    changes = {
        "measured_area = ": "measured_other = ",
        'papers = ["request"': 'papers = ["so_ho_khau"',
        "status = 10": 'status = "10"',
        'step = "FieldCheck"': 'step = "LeaderDecision"',
    }
    said = {}
    for old, new in changes.items():
        assert old in text
        files = {**package.files, "walks/plain.toml": text.replace(old, new, 1).encode()}
        result = play_walk(Package(package.name, files, package.digest, package.manifest), "plain")
        said[old] = [one.said("vi") for one in result.differences]
    refused, paper, typed, early = said.values()
    assert paper == ["Thủ tục không có giấy tờ «so_ho_khau»."]
    assert typed == ["Khi kết thúc: trạng thái là 10, kịch bản ghi '10'."]
    assert refused[0].startswith("Bước «Kiểm tra thực địa» không làm được: Biểu mẫu còn chỗ")
    assert "measured_area: " in refused[0]
    assert len(refused) == 1
    assert early[0] == ("Bước «Ký duyệt» không đang chờ; các bước đang chờ: «Kiểm tra thực địa».")


def test_the_supplement_walk_is_the_same_on_both_databases(
    database_url: str, tmp_path: Path
) -> None:
    database = Database(database_url, tmp_path)
    ok, wrong, _ = playing(database, PACKAGES["land-confirmation"], "supplement").play()
    with database.reading() as connection:
        broken = verify(connection)
    database.dispose()
    assert (ok, wrong, broken) == (True, (), None)


def test_after_every_step_the_inbox_is_what_the_run_waits_for(
    database_url: str, tmp_path: Path
) -> None:
    database = Database(database_url, tmp_path)
    walk = tomllib.loads(PACKAGES["land-confirmation"].files["walks/supplement.toml"].decode())
    steps, seen = walk["steps"], 0
    watched = Playing(database, PACKAGES["land-confirmation"], walk)
    watched._prepare()
    for told in steps:
        watched._until(told["at"].replace(tzinfo=watched.now.tzinfo))
        if not told.get("wait"):
            watched._do(told)
        with database.reading() as connection:
            dossier = connection.execute(select(tables.dossiers)).one()
            run = connection.execute(select(tables.runs)).one()
            inbox = set(
                connection.scalars(select(tables.tasks.c.id).where(tables.tasks.c.state == "open"))
            )
            days = calendar(connection, "province", dossier.receiving)
            facts = Facts(watched.now - timedelta(days=1), days, dossier.due_at, dossier.paused)
            look = advance(
                spec_of(connection, dossier.release), run.snapshot, Refresh(), facts, run.id
            )
        assert {task.id for task in look.tasks} == inbox
        seen += len(inbox)
    database.dispose()
    assert seen >= len(steps) - 2


def test_a_changed_journal_row_is_named(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(sqlite_url, tmp_path)
    playing(database, PACKAGES["certified-copy"], "plain").play()
    changed = (
        tables.journal.update()
        .where(tables.journal.c.dossier == 1, tables.journal.c.seq == 3)
        .values(actor="somebody else")
    )
    with database.engine.begin() as connection:
        connection.execute(changed)
    with database.reading() as connection:
        broken = verify(connection)
    database.dispose()
    assert broken is not None
    assert (broken.seq, broken.why) == (3, "the row was changed")


@pytest.mark.slow
@pytest.mark.parametrize("procedure", sorted(PACKAGES))
def test_the_walks_of_a_procedure_take_every_step_and_every_flow(procedure: str) -> None:
    package = PACKAGES[procedure]
    played = [play_walk(package, walk) for name, walk in WALKS if name == procedure]
    assert uncovered(package, played) == ()
    passed = {element for result in played for element in result.passed}
    drawn = package.files["process.bpmn"].decode()
    people = {part.split('"')[0] for part in drawn.split('<bpmn:userTask id="')[1:]}
    services = {part.split('"')[0] for part in drawn.split('<bpmn:serviceTask id="')[1:]}
    assert (people | services) - passed == set()
