"""The dossier's page, the search, and the tracking page."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.calendar import ZONE
from engine.errors import UnknownDossier
from engine.queries import dossiers, tracking
from tests.queries.province import NOW, SECRET, Province

RECEIVED = datetime(2025, 7, 2, 9, tzinfo=ZONE)


def test_the_page_is_found_by_number_and_by_code(province: Province) -> None:
    sample = province.dossier()
    reception = province.actor("reception.1")
    by_code = dossiers.view(province.connection, reception, sample.code, NOW)
    assert by_code == dossiers.view(province.connection, reception, sample.id, NOW)
    assert by_code.clock.due == by_code.due_at
    assert by_code.deciding.code == "C1" and by_code.receiving.code == "H49.99.01"
    assert [task.step for task in by_code.tasks] == ["Check"]


def test_personal_ids_are_masked_wherever_they_stand(province: Province) -> None:
    sample = province.dossier()
    province.happened(sample.id, 1, RECEIVED, step="Check")
    view = dossiers.view(province.connection, province.actor("director.1"), sample.id, NOW)
    assert view.citizen_id == view.applicant["citizen_id"] == "0221******34"
    assert view.applicant["phone"] == "0900000007"
    assert view.journal[0].answers == {"owner_id": "0221******34", "area": "412"}


def test_what_was_passed_and_where_tokens_rest(province: Province) -> None:
    sample = province.dossier("Sign")
    province.happened(sample.id, 1, RECEIVED, passed=["Start", "Counter"], run="r", waiting=[])
    province.happened(sample.id, 2, NOW, passed=["Check"], run="r", waiting=["Sign"])
    view = dossiers.view(province.connection, province.actor("director.1"), sample.id, NOW)
    assert view.done == ("Start", "Counter", "Check")
    assert view.current == ("Sign",)


@pytest.mark.parametrize(
    ("login", "sees"),
    [
        ("reception.1", True),
        ("officer.1", True),
        ("director.1", True),
        ("controller", True),
        ("admin", True),
        ("auditor", True),
        ("reception.2", False),
        ("officer.2", False),
    ],
)
def test_a_foreign_dossier_is_not_there(province: Province, login: str, sees: bool) -> None:
    sample = province.dossier()
    actor = province.actor(login)
    assert dossiers.search(province.connection, actor, NOW).total == int(sees)
    if sees:
        assert dossiers.view(province.connection, actor, sample.id, NOW).id == sample.id
    else:
        with pytest.raises(UnknownDossier):
            dossiers.view(province.connection, actor, sample.id, NOW)


def test_the_search_takes_words_and_statuses(province: Province) -> None:
    province.dossier(name="Người nộp mẫu 31")
    province.dossier("Wait", name="Người nộp mẫu 32")
    actor = province.actor("reception.1")

    def names(text: str = "", status: tuple[int, ...] = ()) -> list[str]:
        page = dossiers.search(province.connection, actor, NOW, text, status=status)
        return [row.applicant for row in page.rows]

    assert names("mau 32") == ["Người nộp mẫu 32"]
    assert names(status=(4,)) == ["Người nộp mẫu 31"]
    assert len(names()) == 2
    assert names("100%") == []


def test_a_part_of_a_code_finds_the_dossier_only_for_those_who_may_see_it(
    province: Province,
) -> None:
    sample = province.dossier()
    _, day, number = sample.code.split("-")

    def found(login: str, text: str) -> list[str]:
        page = dossiers.search(province.connection, province.actor(login), NOW, text)
        return [row.code for row in page.rows]

    for part in (f"{day}-{number}", number, f"-{number}", f"01-{day}-{number}"):
        assert found("reception.1", part) == [sample.code]
        assert found("reception.2", part) == []
    assert found("reception.1", f"{day}-9999") == []


def test_offices_of_a_dossier_for_the_judge(province: Province) -> None:
    sample = province.dossier()
    number, concern = dossiers.concern_of(province.connection, sample.code)
    assert (number, concern.offices) == (sample.id, {"H49.99.01", "C1"})
    with pytest.raises(UnknownDossier):
        dossiers.concern_of(province.connection, "H49.99.01-250702-9999")


def test_the_tracking_page_tells_the_way(province: Province) -> None:
    sample = province.dossier()
    province.happened(sample.id, 1, RECEIVED, passed=["Start", "Counter"])
    view = tracking.by_code(province.connection, sample.code, SECRET.lower(), NOW)
    assert [(line.text.vi, line.state) for line in view.milestones] == [
        ("Đã nhận hồ sơ", "done"),
        ("Cán bộ kiểm tra", "current"),
        ("Lãnh đạo ký", "ahead"),
        ("Mời bà con đến nhận", "ahead"),
    ]
    assert view.milestones[0].at == RECEIVED
    limit = view.milestones[1].limit
    assert limit is not None and limit.words() == "3 ngày làm việc"
    assert (view.turn, view.standing.role) == ("office", "officer")
    assert view.due is not None and view.collect.code == "H49.99.01"


def test_the_tracking_page_has_no_personal_data(province: Province) -> None:
    sample = province.dossier(name="Người nộp mẫu 12")
    province.happened(sample.id, 1, RECEIVED, passed=["Counter"])
    told = repr(tracking.by_code(province.connection, sample.code, SECRET, NOW))
    assert "mẫu 12" not in told and "022185001234" not in told and "0900000007" not in told


def test_when_papers_are_missing_it_is_the_citizens_turn(province: Province) -> None:
    sample = province.dossier("Wait")
    view = tracking.by_code(province.connection, sample.code, SECRET, NOW)
    assert (view.turn, view.paused, view.due) == ("citizen", True, None)
    states = [(line.element, line.state) for line in view.milestones]
    assert states[:2] == [("Wait", "current"), ("Check", "ahead")]


def test_a_settled_dossier_waits_for_the_citizen(province: Province) -> None:
    sample = province.dossier("Return", settled=datetime(2025, 7, 7, 9, tzinfo=ZONE))
    view = tracking.by_code(province.connection, sample.code, SECRET, NOW)
    assert view.turn == "citizen" and view.status_words.vi == "Đã xử lý xong"


@pytest.mark.parametrize("secret", ["", "0000-0000-0000-0000", "not a secret", SECRET[:-1]])
def test_a_wrong_secret_is_an_unknown_dossier(province: Province, secret: str) -> None:
    sample = province.dossier()
    with pytest.raises(UnknownDossier):
        tracking.by_code(province.connection, sample.code, secret, NOW)
    with pytest.raises(UnknownDossier):
        tracking.by_code(province.connection, "H49.99.01-250702-9999", SECRET, NOW)
