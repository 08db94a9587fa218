"""A procedure that does not begin at the counter is received with the generic form."""

from __future__ import annotations

from engine.commands import dossiers
from engine.package import from_files
from tests.commands.test_bad_input import LAND, NOW, actor, told
from tests.commands.test_moving import open_tasks
from tests.office import Office


def test_the_first_step_waits_for_whoever_does_it(office: Office) -> None:
    drawn = LAND.files["process.bpmn"].decode()
    straight = drawn.replace(
        'sourceRef="Arrived" targetRef="CounterStep"', 'sourceRef="Arrived" targetRef="MergeCheck"'
    )
    assert straight != drawn
    office.now = NOW
    office.introduce(from_files({**LAND.files, "process.bpmn": straight.encode()}), checked=False)
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation")
    assert page.status_code == 200
    assert 'name="map_sheet"' not in page.text
    given = {**told(key="g"), "answers": {}}
    with office.database.transaction(actor(office, "reception1.binhlieu"), office.now) as tx:
        got = dossiers.receive(tx, **given)
    assert [row["step"] for row in open_tasks(office, got.dossier)] == ["FieldCheck"]
