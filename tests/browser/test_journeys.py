"""Every way a dossier can take, in a browser with scripts and without; every slip word by word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.i18n.catalogue import COOKIE
from engine.calendar import ZONE
from engine.commands import calendar
from tests.app.test_first_dossier import receive
from tests.browser.journeys import SLIPS, Province, flat, picture, type_in, walk_of
from tests.browser.test_first_dossier import AXE, ON_SQLITE
from tests.office import open_office

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PROCEDURES = ("land-confirmation", "birth-registration", "marital-status", "household-business")
pytestmark = ON_SQLITE
Compare = Callable[..., None]


@pytest.fixture(params=["scripts", "no-scripts"])
def province(
    request: pytest.FixtureRequest,
    chromium: Browser,
    database_url: str,
    tmp_path: Path,
    serve: Callable[[Any], str],
) -> Iterator[Province]:
    """The province with all that these journeys need, on a real port."""
    office = open_office(database_url, tmp_path / "files", *PROCEDURES)
    desks = Province(chromium, office, serve(office.app), scripts=request.param == "scripts")
    yield desks
    for page in desks.pages.values():
        page.context.close()
    office.database.dispose()


@pytest.fixture
def slips_say(request: pytest.FixtureRequest) -> Compare:
    """Hold a journey's slips against the text kept beside the tests."""

    def compare(province: Province, name: str, login: str = "director.binhlieu") -> None:
        said, kept = province.slips(login), SLIPS / f"{name}.txt"
        if request.config.getoption("--write-slips"):
            kept.write_text(said, encoding="utf-8")
        assert said == kept.read_text(encoding="utf-8")

    return compare


def local(*when: int) -> datetime:
    return datetime(*when, tzinfo=ZONE)  # type: ignore[arg-type]  # year, month, day, hour, …


def press(page: Page, button: str) -> None:
    page.locator("main").get_by_role("button", name=button, exact=True).click()
    page.locator(".note[role=status]").first.wait_for()


def test_a_birth_is_registered_at_five_past_three(province: Province, slips_say: Compare) -> None:
    """After 15:00: the next working day, with hour and date on the slip."""
    province.play(walk_of("birth-registration", "after-three"))
    row = province.dossier()
    assert (row.status, row.outcome) == (10, "on time")
    assert row.due_at == row.promised_at == local(2025, 7, 7, 17)
    assert "Đã trả kết quả" in province.follows()
    slips_say(province, "birth-after-three")


def test_land_with_a_supplement_an_extension_and_a_storm(
    province: Province, slips_say: Compare
) -> None:
    walk = walk_of("land-confirmation", "supplement")

    def storm() -> None:
        """The centre is closed for a day; open dossiers are counted anew, with a line each."""
        admin = province.at("admin")
        admin.goto("/calendar")
        form = admin.locator("main form").filter(has=admin.locator("[name=source]"))
        form.locator("[name=day]").fill("2025-08-06")
        form.locator("[name=kind]").select_option("off")
        form.locator("[name=scope]").select_option("H49.99.01")
        form.locator("[name=source]").fill("Nghỉ bão · CĐ mẫu 12")
        form.get_by_role("button").click()
        admin.get_by_text("1 hồ sơ đang giải quyết sẽ đổi hạn").wait_for()
        admin.locator("[name=reason]").fill("Nghỉ bão ngày 6/8")
        admin.locator("main form").filter(has=admin.locator("[name=reason]")).get_by_role(
            "button"
        ).click()
        admin.locator(".note[role=status]").first.wait_for()
        assert province.dossier().due_at == local(2025, 8, 11, 17)  # not by the press itself
        while calendar.carry_on(province.office.database, province.office.now):
            pass
        assert province.dossier().due_at == local(2025, 8, 12, 17)

    def extension() -> None:
        leader = province.at("leader.binhlieu")
        leader.goto(f"/dossiers/{province.code}/care")
        leader.locator("[name=amount]").fill("2")
        leader.locator("[name=sorry]").fill("Phải đo đạc lại ranh giới")
        press(leader, "Gia hạn và lập mẫu 04")
        assert province.dossier().due_at == local(2025, 8, 14, 17)
        leader.goto(f"/dossiers/{province.code}/care")
        assert leader.locator("[name=amount]").count() == 0  # once

    province.play(walk, meanwhile={"Revise": lambda: (storm(), extension())})
    row = province.dossier()
    assert (row.status, row.due_at) == (10, local(2025, 8, 14, 17))
    assert row.due_at > row.promised_at
    page = province.at("reception1.binhlieu")
    page.goto(f"/dossiers/{province.code}")
    told = page.locator("main").inner_text()
    assert "Nghỉ bão" in told and "gia hạn" in told.lower()
    slips_say(province, "land-supplement-extension-storm")


def test_marital_status_without_an_answer_from_the_former_commune(
    province: Province, slips_say: Compare
) -> None:
    province.play(walk_of("marital-status", "pledge"))
    row = province.dossier()
    assert (row.status, row.outcome) == (10, "on time")
    assert row.due_at == local(2025, 7, 28, 17)
    slips_say(province, "marital-status-pledge")


def test_a_citizen_takes_the_dossier_back(province: Province, slips_say: Compare) -> None:
    walk = walk_of("land-confirmation", "plain")
    province.receive(walk)
    province.until("2025-07-03T09:00")
    province.follows()
    citizen = province.pages["citizen"]
    asking = citizen.locator("details").filter(has=citizen.locator("[value=withdrawal]"))
    asking.locator("summary").click()
    asking.locator("textarea").fill("Gia đình thôi không xin xác nhận nữa")
    asking.get_by_role("button").click()
    citizen.locator(".note[role=status]").first.wait_for()
    leader = province.at("leader.binhlieu")
    leader.goto(f"/dossiers/{province.code}")
    assert "Gia đình thôi không xin xác nhận nữa" in leader.locator("main").inner_text()
    leader.goto(f"/dossiers/{province.code}/care")
    leader.locator("[name=ground]").fill("Đề nghị của người nộp ngày 03/7/2025")
    press(leader, "Dừng theo đề nghị người nộp")
    assert province.dossier().status == 8
    assert "dừng" in province.follows().lower()
    slips_say(province, "land-withdrawal")


def test_a_refusal_is_returned_with_its_reason(province: Province, slips_say: Compare) -> None:
    """Received in Bình Liêu; the disputed land lies in Hoành Mô, which refuses."""
    province.play(walk_of("land-confirmation", "disputed"))
    row = province.dossier()
    assert (row.status, row.deciding, row.handover) == (10, "UBND.06841", "posted")
    slips_say(province, "land-refusal")


def test_nobody_answers_and_the_centre_stops_it(province: Province, slips_say: Compare) -> None:
    province.play(walk_of("land-confirmation", "no-answer"))
    assert province.dossier().status == 8
    slips_say(province, "land-stop")


def test_a_substitute_signs_and_both_names_are_told(province: Province, slips_say: Compare) -> None:
    walk = walk_of("land-confirmation", "plain")

    def away() -> None:
        director = province.at("leader.binhlieu")
        director.goto("/absences")
        for name, login in (("person", "leader.binhlieu"), ("substitute", "clerk.binhlieu")):
            chosen = director.locator(f"[name={name}] option").filter(has_text=f"({login})")
            director.locator(f"[name={name}]").select_option(chosen.get_attribute("value"))
        today = province.office.now.date().isoformat()
        director.locator("[name=since]").fill(today)
        director.locator("[name=until]").fill(today)
        director.locator("[name=basis]").fill("Giấy uỷ quyền mẫu 05/2025")
        director.locator("main form").filter(has=director.locator("[name=basis]")).get_by_role(
            "button"
        ).click()
        director.locator(".note[role=status]").first.wait_for()

    def signs() -> None:
        """First an apology, which is printed under both names; then the decision."""
        substitute = province.at("clerk.binhlieu")
        substitute.goto(f"/dossiers/{province.code}/care")
        substitute.locator("[name=amount]").fill("2")
        substitute.locator("[name=sorry]").fill("Lãnh đạo đi công tác, hồ sơ cần xem lại")
        press(substitute, "Gia hạn và lập mẫu 04")
        step = next(one for one in walk["steps"] if one.get("step") == "LeaderDecision")
        province.do("LeaderDecision", step["at"], step["answers"], login="clerk.binhlieu")

    province.play(
        walk,
        meanwhile={"LeaderDecision": away},
        instead={"LeaderDecision": signs},
    )
    page = province.at("director.binhlieu")
    page.goto(f"/dossiers/{province.code}")
    assert "clerk.binhlieu (thay mặt leader.binhlieu)" in page.locator("main").inner_text()
    said = province.slips()
    apology = said[said.index("== apology") : said.index("== control")]
    assert "Văn thư, Bình Liêu (thay mặt Lãnh đạo Uỷ ban nhân dân xã Bình Liêu)" in apology
    slips_say(province, "land-substitute")


def test_an_authorised_person_brings_the_paper(province: Province, slips_say: Compare) -> None:
    walk = walk_of("land-confirmation", "plain")
    somebody = {
        "receiver": "representative",
        "receiver_name": "Người nhận thay mẫu 08",
        "receiver_id": "022085000008",
        "authorised_by": "new",
        "originals_returned": True,
    }

    def returns() -> None:
        task, login = province.task("ReturnResult")
        page = province.at(login)
        page.goto(f"/tasks/{task}")
        type_in(page, flat(somebody))
        page.get_by_role("button", name="Hoàn thành bước này").click()
        page.get_by_role("alert").wait_for()
        assert "không có giấy uỷ quyền thì không trả kết quả" in page.locator("main").inner_text()
        assert page.locator("[name=receiver_name]").input_value() == "Người nhận thay mẫu 08"
        proof = {**somebody, "authorisation": "Số 12/2025, UBND xã Bình Liêu"}
        province.do("ReturnResult", province.office.now, proof, authorisation_scan=picture())

    province.play(walk, instead={"ReturnResult": returns})
    row = province.dossier()
    assert (row.status, row.handover) == (10, "representative")
    slips_say(province, "land-authorised")


def test_received_in_one_commune_decided_in_another_returned_in_a_third(
    province: Province, slips_say: Compare
) -> None:
    walk = walk_of("land-confirmation", "plain")

    def folder(giver: str, taker: str) -> Callable[[], None]:
        def move() -> None:
            for login, button in ((giver, "Đã giao"), (taker, "Đã nhận")):
                page = province.at(login)
                page.goto("/folders")
                page.get_by_label(province.code).first.check()
                page.get_by_role("button", name=button).first.click()
                page.locator(".note[role=status]").first.wait_for()

        return move

    province.play(
        walk,
        login="reception1.hoanhmo",
        commune="06838",
        return_at="H49.99.02",
        meanwhile={
            "FieldCheck": folder("reception1.hoanhmo", "officer1.binhlieu"),
            "ReturnResult": folder("officer1.binhlieu", "reception1.luchon"),
        },
    )
    row = province.dossier()
    places = (row.receiving, row.deciding, row.return_at, row.folder_at)
    assert places == ("H49.99.03", "UBND.06838", "H49.99.02", "H49.99.02")
    assert row.status == 10
    for login, seen in (
        ("reception1.hoanhmo", 200),
        ("officer1.binhlieu", 200),
        ("reception1.luchon", 200),
        ("reception1.binhlieu", 404),
        ("officer1.luchon", 404),
    ):
        answer = province.at(login).goto(f"/dossiers/{province.code}")
        assert answer is not None and answer.status == seen, login
    assert province.slips("director.hoanhmo").count("Hồ sơ giấy; người nhận") == 2
    slips_say(province, "land-three-communes", "director.hoanhmo")


@dataclass(frozen=True)
class Look:
    """A page to look at, and a button to press on it first; without a login, a stranger's."""

    login: str
    path: str
    press: str = ""


def phone_page(province: Province) -> str:
    """Where the QR code leads that the counter shows to a telephone."""
    page = province.at("reception1.binhlieu")
    page.goto("/counter/land-confirmation")
    page.locator("button[name=_phone]").first.click()
    address = page.locator("#phone img").get_attribute("alt") or ""
    return address[address.index("/phone/") :]


def faults_of(page: Page, look: Look) -> list[tuple[str, list[str]]]:
    """What axe finds on the page with everything unfolded."""
    answer = page.goto(look.path)
    assert answer is not None and answer.ok, look
    if look.press:
        page.locator(look.press).first.click()
        page.get_by_role("alert").first.wait_for()
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    faults = page.evaluate("axe.run()")["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in faults]


@pytest.mark.parametrize("province", ["scripts"], indirect=True)
def test_axe_finds_nothing_on_the_pages_of_the_many_ways_in_both_languages(
    province: Province,
) -> None:
    walk = walk_of("land-confirmation", "supplement")
    province.receive(walk)
    land, track = province.code, f"/track/{province.code}?s={province.secret}"
    household = province.receive(walk_of("household-business", "plain"))
    examine, _ = province.task("ExamineRequest")
    asked = walk["steps"][1]
    province.do("FieldCheck", asked["at"], asked["answers"])  # now papers are owed
    waits, _ = province.task("WaitSupplement")
    looks = [
        Look("reception1.binhlieu", "/folders"),
        Look("reception1.binhlieu", f"/dossiers/{household}/desk"),
        Look("reception1.binhlieu", "/counter/household-business"),
        Look("reception1.binhlieu", f"/tasks/{waits}"),
        Look("reception1.binhlieu", f"/tasks/{waits}", "button[value=complete]"),  # 422
        Look("cashier.binhlieu", f"/dossiers/{household}"),
        Look("leader.binhlieu", f"/dossiers/{land}/care"),
        Look("leader.binhlieu", "/absences"),
        Look("officer1.binhlieu", f"/tasks/{examine}"),
        Look("director.binhlieu", "/notices"),
        Look("director.binhlieu", "/reports"),
        Look("director.binhlieu", "/incidents"),
        Look("admin", "/calendar"),
        Look("admin", "/cutovers"),
        Look("admin", "/account"),
        Look("", track),
        Look("", phone_page(province)),
    ]
    stranger, found = province.stranger(), {}
    for look in looks:
        page = province.at(look.login) if look.login else stranger
        for lang in ("vi", "en"):
            cookie: Any = {"name": COOKIE, "value": lang, "url": province.address}
            page.context.add_cookies([cookie])
            if faults := faults_of(page, look):
                found[look, lang] = faults
            assert page.locator("html").get_attribute("lang") == lang
    assert found == {}


@pytest.mark.parametrize("province", ["scripts"], indirect=True)
def test_the_first_pages_weigh_little_with_everything_they_load(province: Province) -> None:
    """On the wire, with an empty cache: 50 kB for the inbox, 30 kB for the citizen's page."""
    province.receive(walk_of("land-confirmation", "plain"))
    province.until("2025-07-07T09:00")
    for n in range(24):
        receive(province.office, **{"applicant.name": f"Hồ sơ mẫu có tên dài số {n:02}"})
    logged_in = province.at("officer1.binhlieu").context.storage_state()

    def weighs(path: str, **kwargs: Any) -> dict[str, int]:
        # A browser of its own, which refuses nothing: a drawing that is loaded by mistake weighs.
        taken: dict[str, int] = {}
        context = province.chromium.new_context(base_url=province.address, **kwargs)
        page = context.new_page()
        page.on("requestfinished", lambda r: taken.update({r.url: r.sizes()["responseBodySize"]}))
        page.goto(path, wait_until="networkidle")
        if "/tasks" in path:
            assert page.locator("td.do a").count() == 20  # a full page
        context.close()
        return taken

    inbox = weighs("/tasks?view=office", storage_state=logged_in)
    assert 1_000 < sum(inbox.values()) <= 50_000, inbox
    track = weighs(f"/track/{province.code}?s={province.secret}")
    assert 1_000 < sum(track.values()) < 30_000, track
