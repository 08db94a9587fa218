"""What the screens tell people: dates that move, steps that wait, and whose turn it is."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from tests.app.test_first_dossier import receive
from tests.office import Office, read

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ON_SQLITE
def test_the_counter_says_why_the_promised_date_may_move(office: Office) -> None:
    page = read(office.browser("reception1.binhlieu").get("/counter/land-confirmation").text)
    assert "Có thể muộn hơn, vì đồng hồ dừng trong lúc: Niêm yết công khai (15 ngày)." in page


@ON_SQLITE
def test_the_counter_says_how_a_birth_date_is_written_in_a_hint(office: Office) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    soup = BeautifulSoup(page, "html.parser")
    label = soup.find("label", {"for": "applicant.birth"})
    hint = soup.find(id="applicant.birth-hint")
    assert label is not None and label.text == "Ngày sinh"
    assert hint is not None and hint.text == "Dạng dd/mm/yyyy"


@ON_SQLITE
def test_no_form_of_a_step_says_a_name_twice(office: Office) -> None:
    receive(office)
    officer = office.browser("officer1.binhlieu")
    soup = BeautifulSoup(officer.get(f"/tasks/{office.open_task()}").text, "html.parser")
    form = soup.select_one("form[data-draft]")
    assert form is not None
    told = [one.get_text(strip=True) for one in form.select("h2, label, legend, .label")]
    assert len(told) == len(set(told))


@ON_SQLITE
def test_the_trail_above_a_public_procedure_ends_where_one_is(office: Office) -> None:
    soup = BeautifulSoup(
        office.app.test_client().get("/procedures/land-confirmation").text, "html.parser"
    )
    trail = soup.select_one(".crumbs")
    assert trail is not None
    assert trail.get_text(" ", strip=True).endswith("9.900014")
