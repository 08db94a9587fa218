"""However far a dossier is, whatever changes: it moves whole or says why, and comes back exact."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select

from engine.commands import cutover, moving, releases
from engine.package import Package, from_files, load_folder
from engine.queries.proof import breaches
from engine.store import tables
from tests.office import ROOT, Office
from tests.properties.test_any_order import (
    ACTS,
    FOR_STORIES,
    PROCEDURES,
    Story,
    province,  # noqa: F401
)

PACKAGES = {name: load_folder(ROOT / "processes", ROOT / "forms", name) for name in PROCEDURES}
EDITS = ("label", "id", "insert", "border", "limit")
STATE = ("runs", "tasks", "due", "waits", "dossiers")
KEPT = ("due_at", "promised_at", "history", "status", "paused", "received_at")
editions, stories = count(1), count(10_000)


def edited(package: Package, edit: str, which: int) -> tuple[Package, dict[str, str]]:
    """The package with one change somewhere, and what a person would say stands for what."""
    number = next(editions)
    files = dict(package.files)
    drawn = files["process.bpmn"].decode()
    steps = re.findall(r'<bpmn:userTask id="(\w+)" name="([^"]+)"', drawn)
    step, name = steps[which % len(steps)]
    mapping: dict[str, str] = {}
    if edit == "label":
        drawn = drawn.replace(f'name="{name}"', f'name="{name} ({number})"')
    elif edit == "id":
        drawn = re.sub(rf'(?<=[">]){step}(?=["<])', f"{step}New", drawn)
        mapping = {step: f"{step}New"} if which % 2 else {}
    elif edit == "insert":
        flows = re.findall(r'<bpmn:sequenceFlow id="(\w+)"[^>]*targetRef="(\w+)"', drawn)
        flow, target = flows[which % len(flows)]
        drawn = re.sub(
            rf'(<bpmn:sequenceFlow id="{flow}"[^>]*targetRef=)"{target}"', r'\1"Extra"', drawn
        )
        drawn = drawn.replace(
            f"<bpmn:incoming>{flow}</bpmn:incoming>", "<bpmn:incoming>ToExtra</bpmn:incoming>"
        )
        extra = (
            f'<bpmn:manualTask id="Extra" name="Bước thêm {number}" />'
            f'<bpmn:sequenceFlow id="ToExtra" sourceRef="Extra" targetRef="{target}" />'
        )
        drawn = drawn.replace("</bpmn:process>", f"{extra}</bpmn:process>", 1)
    elif edit == "border":
        drawn = re.sub(r'cancelActivity="false"', 'cancelActivity="true"', drawn, count=1)
    else:
        manifest = files["procedure.toml"].decode()
        limit = f'limit = "{20 + number % 50} working days"'
        manifest = re.sub(r"^limit = .*$", limit, manifest, count=1, flags=re.MULTILINE)
        files["procedure.toml"] = manifest.encode()
    files["process.bpmn"] = f"{drawn}<!-- {number} -->".encode()
    return from_files(files), mapping


def brought(office: Office, package: Package) -> None:
    """Published and approved, and rolled out to nobody."""
    with pytest.MonkeyPatch.context() as patch, office.acting("designer") as tx:
        patch.setattr(releases, "check_package", lambda package: ())
        releases.publish(tx, package)
    with office.acting("approver") as tx:
        releases.approve(tx, package.digest, "QĐ mẫu 21/2025")


def state_of(office: Office, dossier: int) -> dict[str, list[dict[str, Any]]]:
    """Every row of the dossier's state, the journal's numbers aside."""
    found = {}
    with office.database.reading() as connection:
        for name in STATE:
            table = tables.metadata.tables[name]
            mine = table.c.id if name == "dossiers" else table.c.dossier
            order = list(table.primary_key.columns)
            rows = connection.execute(select(table).where(mine == dossier).order_by(*order))
            found[name] = [dict(row._mapping) for row in rows]
    for row in found["dossiers"]:
        del row["seq"], row["head"]
    return found


def item_of(office: Office, move: int, dossier: int) -> dict[str, Any]:
    items = tables.move_items
    mine = (items.c.move == move, items.c.dossier == dossier)
    with office.database.reading() as connection:
        return dict(connection.execute(select(items).where(*mine)).one()._mapping)


# A pause that grows between the last touch and the move: found by the long run.
PLEDGE = [
    ("complete", 130), ("complete", 0), ("complete", 205), ("complete", 11), ("complete", 0),
    ("complete", 0), ("wait", 137),
]  # fmt: skip


@FOR_STORIES
@example("marital-status", PLEDGE, "label", 0)
@given(
    procedure=st.sampled_from(PROCEDURES),
    acts=ACTS,
    edit=st.sampled_from(EDITS),
    which=st.integers(0, 30),
)
@pytest.mark.slow
def test_a_move_keeps_what_people_and_the_law_hold_on_to_and_its_revert_is_exact(
    province: Office,  # noqa: F811
    procedure: str,
    acts: list[tuple[str, int]],
    edit: str,
    which: int,
) -> None:
    office = province
    story = Story(office.database, procedure, next(stories))
    for do, number in acts:
        story.act(do, number)
    office.now = story.now + timedelta(minutes=1)
    new, mapping = edited(PACKAGES[procedure], edit, which)
    brought(office, new)
    before = state_of(office, story.dossier)
    with office.acting("admin") as tx:
        move = moving.start(tx, new.digest, reason="Sửa đổi", mapping=mapping)
    over = before["dossiers"][0]["status"] in (3, 8, 10)
    while moving.carry_on(office.database, office.now):
        pass
    after = state_of(office, story.dossier)
    if over:
        assert after == before
        return
    item = item_of(office, move, story.dossier)
    if item["state"] == "stays":
        assert item["said"]["reasons"], item
        assert after == before
    else:
        assert after["dossiers"][0]["release"] == new.digest
        for name in KEPT:
            assert after["dossiers"][0][name] == before["dossiers"][0][name]
        held = ("id", "holder", "draft", "state", "unit", "role", "opened_at")
        assert [[row[name] for name in held] for row in after["tasks"]] == [
            [row[name] for name in held] for row in before["tasks"]
        ]
    with office.acting("admin") as tx:
        moving.revert(tx, move)
    while moving.carry_on(office.database, office.now):
        pass
    assert state_of(office, story.dossier) == before
    with office.database.reading() as connection:
        assert breaches(connection, office.now) == ()


@FOR_STORIES
@given(procedure=st.sampled_from(PROCEDURES), acts=ACTS)
@pytest.mark.slow
def test_a_change_of_models_moves_no_deadline_and_loses_no_draft(
    province: Office,  # noqa: F811
    procedure: str,
    acts: list[tuple[str, int]],
) -> None:
    office = province
    story = Story(office.database, procedure, next(stories))
    for do, number in acts:
        story.act(do, number)
    office.now = story.now + timedelta(minutes=1)
    before = state_of(office, story.dossier)
    with office.database.reading() as connection:
        models = {row.model for row in connection.execute(select(tables.dossiers.c.model))}
    was = before["dossiers"][0]["model"]
    to = {"two-level": "three-level", "three-level": "two-level"}[was]
    assert models <= {was, to}
    with office.acting("admin") as tx:
        at = office.now + timedelta(minutes=1)
        cutover.plan(tx, from_model=was, to_model=to, at=at, reason="Chuyển mô hình")
    office.now = at
    while cutover.carry_on(office.database, office.now):
        pass
    after = state_of(office, story.dossier)
    for name in KEPT:
        assert after["dossiers"][0][name] == before["dossiers"][0][name]
    for name in ("draft", "holder", "id", "step", "state"):
        assert [row[name] for row in after["tasks"]] == [row[name] for row in before["tasks"]]
    assert after["due"] == before["due"]
    for _, outcome in story.rested():
        assert outcome.events == ()
    with office.database.reading() as connection:
        assert breaches(connection, office.now) == ()
