"""Numbers that no column can hold: a page that does not exist, or a fault that is said."""

from __future__ import annotations

import re

import pytest
from werkzeug.routing import Rule

from tests.app.test_first_dossier import counter_form, receive
from tests.app.test_screens import Citizen
from tests.office import COUNTER, Office, token

pytestmark = pytest.mark.slow  # whole journeys through the office; make quick has a few of them

LARGE = "9" * 20
PEOPLE = ("reception1.binhlieu", "leader.binhlieu", "director.binhlieu", "controller", "admin")


def _address(rule: Rule, code: str, number: str) -> str:
    """The rule's address with this number in every place that takes one."""
    path = re.sub(r"<int:\w+>", number, rule.rule)
    return re.sub(r"<(\w+:)?\w+>", "stop", path.replace("<code>", code))


def test_no_address_with_a_number_too_large_is_a_fault_of_ours(office: Office) -> None:
    code = receive(office)
    office.app.config["PROPAGATE_EXCEPTIONS"] = False
    numbered = [rule for rule in office.app.url_map.iter_rules() if "<int:" in rule.rule]
    assert len(numbered) > 10
    browsers = [office.app.test_client(), *(office.browser(login) for login in PEOPLE)]
    for browser in browsers:
        told = {"csrf_token": token(browser.get("/login").text)} if browser is browsers[0] else {}
        for rule in numbered:
            for number in (LARGE, "9" * 18):
                path = _address(rule, code, number)
                if "GET" in (rule.methods or ()):
                    assert browser.get(path).status_code < 500, path
                else:
                    assert browser.post(path, data=told).status_code < 500, path


def test_what_is_asked_for_with_a_number_too_large_is_shown_without_it(office: Office) -> None:
    receive(office)
    office.app.config["PROPAGATE_EXCEPTIONS"] = False
    reception = office.browser("reception1.binhlieu")
    for asked in ("/dossiers?status=", "/dossiers?page=", "/tasks?page="):
        for number in (LARGE, f"-{LARGE}", "3000000000", "9" * 5_000):
            assert reception.get(asked + number).status_code == 200


@pytest.mark.parametrize("number", [LARGE, f"-{LARGE}", "3000000000"])
def test_no_form_with_a_number_too_large_is_a_fault_of_ours(office: Office, number: str) -> None:
    citizen = Citizen(office)
    office.app.config["PROPAGATE_EXCEPTIONS"] = False
    dossier = f"/dossiers/{citizen.code}"
    leader = office.browser("leader.binhlieu")
    told = {"csrf_token": token(leader.get(dossier).text), "reason": "x", "sorry": "x"}
    days = {"since": "2025-07-08", "until": "2025-07-09", "basis": "x"}
    asked = {"role": "leader", "unit": "H49.99.02", "question": "x", "key": "k"}
    for path, given in (
        (f"/tasks/{office.open_task()}/hand", {"person": number}),
        (f"{dossier}/extension", {"amount": number}),
        (f"{dossier}/opinions", {**asked, "days": number}),
        ("/absences", {**days, "person": number, "substitute": number}),
    ):
        assert leader.post(path, data={**told, **given}).status_code < 500, path
    path = f"/track/{citizen.code}?s={citizen.secret}"
    stranger = office.app.test_client()
    told = {"csrf_token": token(stranger.get(path).text), "do": "rate", "marks": number}
    assert stranger.post(path, data={**told, "s": citizen.secret}).status_code < 500


def test_thousands_of_digits_in_the_counters_form_are_a_fault_of_the_form(office: Office) -> None:
    """Python itself refuses to read more than 4,300 digits."""
    office.app.config["PROPAGATE_EXCEPTIONS"] = False
    reception, path = office.browser("reception1.binhlieu"), "/counter/land-confirmation"
    held = counter_form(reception.get(path).text)
    many = "9" * 5_000
    for told in (
        {"paper.request.quantity": many, "do": "receive"},
        {"paper.request.quantity": many, "do": "guide"},
        {"_remove": f"purpose.{many}"},
        {"_add": f"purpose.{many}.x"},
        {"reuse.request": f"x/{many}"},
    ):
        assert reception.post(path, data={**held, **told}).status_code in (200, 422)


def test_who_is_refused_need_not_count_papers_rightly(office: Office) -> None:
    reception, path = office.browser("reception1.binhlieu"), "/counter/land-confirmation"
    held = {**counter_form(reception.get(path).text), **COUNTER, "reason": "Không đúng thẩm quyền"}
    told = {**held, "paper.request.quantity": "một", "do": "refuse"}
    assert reception.post(path, data=told).status_code == 303
