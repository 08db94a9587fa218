"""A task's page: what is known, who may do it, and nothing for those it does not concern."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from engine.errors import UnknownTask
from engine.queries import tasks
from engine.store import tables
from tests.queries.province import NOW, Province


def test_the_page_has_form_data_and_place(province: Province) -> None:
    sample = province.dossier()
    view = tasks.view(province.connection, province.actor("officer.1"), sample.task, NOW)
    assert view.form is not None and view.form.schema_path == "forms/Check.schema.json"
    assert view.data["typed"] == "012345678901"
    assert (view.step, view.step_no, view.steps) == ("Check", 2, 4)
    assert view.dossier.code == sample.code
    assert view.may_work


def test_a_step_without_form_says_none(province: Province) -> None:
    sample = province.dossier("Sign")
    view = tasks.view(province.connection, province.actor("leader.1"), sample.task, NOW)
    assert view.form is None


def test_who_may_only_look_reads_masked_ids(province: Province) -> None:
    sample = province.dossier()
    looking = tasks.view(province.connection, province.actor("reception.1"), sample.task, NOW)
    working = tasks.view(province.connection, province.actor("officer.1"), sample.task, NOW)
    assert looking.may_work.reason == "post"
    assert looking.data["typed"] == "0123******01"
    assert looking.dossier.applicant["citizen_id"] == "0221******34"
    assert working.dossier.applicant["citizen_id"] == "0221******34"


def test_a_task_held_by_another_names_the_holder(province: Province) -> None:
    sample = province.dossier(holder="second.1")
    view = tasks.view(province.connection, province.actor("officer.1"), sample.task, NOW)
    assert (view.holder, view.may_work.reason) == ("second.1", "held")
    assert not view.may_release
    leader = tasks.view(province.connection, province.actor("leader.1"), sample.task, NOW)
    assert leader.may_release and leader.may_reassign


def test_a_draft_is_shown_to_its_holder_only(province: Province) -> None:
    sample = province.dossier(holder="second.1")
    province.connection.execute(update(tables.tasks).values(draft={"missing": True}, draft_at=NOW))
    other = tasks.view(province.connection, province.actor("officer.1"), sample.task, NOW)
    own = tasks.view(province.connection, province.actor("second.1"), sample.task, NOW)
    assert other.draft is None and own.draft == {"missing": True}


def test_four_eyes_name_who_did_the_step_before(province: Province) -> None:
    sample = province.dossier("Sign")
    province.connection.execute(
        update(tables.tasks)
        .where(tables.tasks.c.id == sample.task)
        .values(step="Check", state="done", closed_at=NOW, closed_by=province.people["leader.1"])
    )
    again = province.dossier("Sign")
    province.connection.execute(
        update(tables.tasks).where(tables.tasks.c.id == sample.task).values(dossier=again.id)
    )
    view = tasks.view(province.connection, province.actor("leader.1"), again.task, NOW)
    assert (view.separate_from, view.may_work.reason) == ("leader.1", "separate")


def test_a_closed_task_says_who_and_when(province: Province) -> None:
    sample = province.dossier()
    province.connection.execute(
        update(tables.tasks).values(
            state="done", closed_at=NOW, closed_by=province.people["second.1"]
        )
    )
    view = tasks.view(province.connection, province.actor("officer.1"), sample.task, NOW)
    assert (view.state, view.closed_by, view.closed_at) == ("done", "second.1", NOW)
    assert view.data == {}


@pytest.mark.parametrize("login", ["officer.2", "reception.2"])
def test_a_foreign_task_and_an_unknown_one_are_the_same(province: Province, login: str) -> None:
    sample = province.dossier()
    for task in (sample.task, "no-such-task"):
        with pytest.raises(UnknownTask):
            tasks.view(province.connection, province.actor(login), task, NOW)
