"""Messages leave the house: by SMTP to a real server, by HTTP; each once, again after a fault."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import update
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from app.senders import senders
from app.settings import Settings
from engine.calendar import CalendarDay
from engine.codes import is_email
from engine.commands import (
    applicants,
    calendar,
    due,
    extending,
    notices,
    redirecting,
    reissuing,
    suspending,
)
from engine.commands.notices import MOST_ATTEMPTS, Outgoing
from engine.errors import NotDelivered, Undeliverable
from engine.store import notices as store
from engine.store import tables
from tests.app.test_absences import SIGNED as SIGNED_REFUSAL
from tests.app.test_absences import proposed_refusal
from tests.app.test_first_dossier import receive
from tests.commands.test_moving import read as rows
from tests.journeys import BACK, ask_for_papers, settle
from tests.office import COUNTER, Office, read, token

pytestmark = pytest.mark.slow  # whole journeys through the office; make quick has a few of them

LETTER = Outgoing(1, "mail", "mau@example.vn", "Đã nhận hồ sơ", "Hẹn trả: 17:00.\n", "received:1:1")


class Postman:
    """A mail server's hand: keeps letters, or refuses as told."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.says: str | None = None
        self.says_of_the_letter = "250 OK"
        self.says_goodbye = "221 Bye"

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.says:
            return self.says
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        letter = message_from_bytes(envelope.content, policy=policy.default)
        self.letters.append(cast("EmailMessage", letter))
        self.recipients += envelope.rcpt_tos
        return self.says_of_the_letter

    async def handle_QUIT(  # noqa: N802 - the library's name
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        return self.says_goodbye


@pytest.fixture
def post_office() -> Iterator[tuple[Postman, str]]:
    postman = Postman()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(postman, hostname="127.0.0.1", port=port)
    server.start()
    yield postman, f"smtp://127.0.0.1:{port}"
    server.stop()


def settings(tmp_path: Path, **given: str) -> Settings:
    return Settings.from_env(
        {
            "MOTCUA_DATA_DIR": str(tmp_path),
            "MOTCUA_SECRET_KEY": "x",
            "MOTCUA_BASE_URL": "https://motcua.example.vn",
            "MOTCUA_MAIL_FROM": "motcua@example.vn",
            **given,
        }
    )


def test_a_letter_reaches_a_real_server(post_office: tuple[Postman, str], tmp_path: Path) -> None:
    postman, address = post_office
    senders(settings(tmp_path, MOTCUA_MAIL_URL=address))["mail"](LETTER)
    (letter,) = postman.letters
    assert letter["Subject"] == "Đã nhận hồ sơ"
    assert letter.get_content().split() == ["Hẹn", "trả:", "17:00."]
    assert (letter["From"], letter["To"]) == ("motcua@example.vn", "mau@example.vn")
    assert letter["Message-ID"] == "<received.1.1@motcua.example.vn>"


def test_an_address_that_does_not_exist_is_hopeless_and_a_full_box_is_not(
    post_office: tuple[Postman, str], tmp_path: Path
) -> None:
    postman, address = post_office
    send = senders(settings(tmp_path, MOTCUA_MAIL_URL=address))["mail"]
    postman.says = "550 No such user"
    with pytest.raises(Undeliverable):
        send(LETTER)
    postman.says = "452 Mailbox full"
    with pytest.raises(NotDelivered, match="452"):
        send(LETTER)
    assert postman.letters == []


def test_a_letter_that_was_taken_is_sent_whatever_the_server_says_to_goodbye(
    post_office: tuple[Postman, str], tmp_path: Path
) -> None:
    postman, address = post_office
    postman.says_goodbye = "421 closing"
    senders(settings(tmp_path, MOTCUA_MAIL_URL=address))["mail"](LETTER)
    assert len(postman.letters) == 1


def test_a_letter_that_is_refused_for_what_it_says_is_hopeless(
    post_office: tuple[Postman, str], tmp_path: Path
) -> None:
    postman, address = post_office
    send = senders(settings(tmp_path, MOTCUA_MAIL_URL=address))["mail"]
    postman.says_of_the_letter = "554 refused"
    with pytest.raises(Undeliverable, match="554"):
        send(LETTER)
    postman.says_of_the_letter = "451 later"
    with pytest.raises(NotDelivered, match="451"):
        send(LETTER)


@pytest.mark.parametrize("typed", ["a,b@example.vn", "a;b@example.vn", "a:b@example.vn"])
def test_one_text_is_never_two_addresses(typed: str) -> None:
    assert not is_email(typed)


def test_an_sms_is_posted_with_its_key(tmp_path: Path) -> None:
    got: list[tuple[dict[str, str], str | None]] = []

    def provider(environ: Any, start_response: Any) -> Any:
        asked = Request(environ)
        got.append((json.loads(asked.get_data()), asked.headers.get("Authorization")))
        status = {"0900000001": 200, "0900000002": 422}.get(got[-1][0]["to"], 503)
        return Response("", status)(environ, start_response)

    server = make_server("127.0.0.1", 0, provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/sms"
    send = senders(settings(tmp_path, MOTCUA_SMS_URL=url, MOTCUA_SMS_TOKEN="abc"))["sms"]
    try:
        send(Outgoing(1, "sms", "0900000001", "", "Da nhan ho so", "received:1:1"))
        with pytest.raises(Undeliverable):
            send(Outgoing(2, "sms", "0900000002", "", "x", "k"))
        with pytest.raises(NotDelivered, match="503"):
            send(Outgoing(3, "sms", "0900000003", "", "x", "k"))
    finally:
        server.shutdown()
        server.server_close()
    told = {"to": "0900000001", "text": "Da nhan ho so", "key": "received:1:1"}
    assert got[0] == (told, "Bearer abc")


def test_an_address_of_another_kind_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected smtp"):
        settings(tmp_path, MOTCUA_MAIL_URL="http://127.0.0.1")


# ---- the outbox ---------------------------------------------------------------------------------


def send(office: Office, how: Callable[[Outgoing], None]) -> int:
    return notices.deliver(office.database, lambda: office.now, {"mail": how, "sms": how})


def test_the_applicant_is_told_by_sms_without_accents_and_once(office: Office) -> None:
    code = receive(office)
    got: list[Outgoing] = []
    assert (send(office, got.append), send(office, got.append)) == (1, 0)
    (message,) = got
    assert message.recipient == "0900000007"
    assert message.body.startswith(
        f"Trung tam Phuc vu hanh chinh cong xa Binh Lieu da nhan ho so {code}"
    )
    assert "Hen tra: 17:00 ngay 21/07/2025" in message.body
    assert f"/track/{code}?s=" in message.body
    assert "Hồ sơ mẫu" not in message.body and "022080000007" not in message.body
    assert rows(office, tables.notices)[0]["state"] == "sent"
    story = read(office.browser("officer1.binhlieu").get(f"/dossiers/{code}").text)
    assert "Gửi tin cho người nộp hồ sơ: Đã nhận hồ sơ" in story


def test_whoever_leaves_an_address_gets_mail_and_whoever_leaves_nothing_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COUNTER, "applicant.email", "mau07@example.vn")
    receive(office)
    (row,) = rows(office, tables.notices)
    assert (row["channel"], row["recipient"]) == ("mail", "mau07@example.vn")
    monkeypatch.setitem(COUNTER, "applicant.email", "")
    monkeypatch.setitem(COUNTER, "applicant.phone", "")
    receive(office)
    assert len(rows(office, tables.notices)) == 1


def test_what_fails_is_tried_later_and_later_and_then_given_up(office: Office) -> None:
    receive(office)

    def broken(message: Outgoing) -> None:
        raise ConnectionRefusedError("the provider is away")

    waits = []
    for _ in range(MOST_ATTEMPTS):
        assert send(office, broken) == 0
        (row,) = rows(office, tables.notices)
        if row["state"] == "pending":
            waits.append(row["retry_at"] - office.now)
            office.now = row["retry_at"] - timedelta(seconds=1)
            assert send(office, broken) == 0  # not before its time
            office.now = row["retry_at"]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=30)
    (row,) = rows(office, tables.notices)
    assert (row["state"], row["attempts"]) == ("dead", MOST_ATTEMPTS)
    # The admin reads why, and sends it again once the provider is back.
    page = office.browser("admin").get("/notices")
    assert "Đã thử 12 lần: lỗi khác" in read(page.text)
    assert "the provider is away" not in page.text  # servers name whom they refuse
    assert "090…07" in read(page.text)
    assert "0900000007" not in page.text
    told = {"csrf_token": token(page.text), "state": "dead"}
    assert office.browser("admin").post("/notices", data=told).status_code == 303
    got: list[Outgoing] = []
    assert send(office, got.append) == 1


def test_a_silent_server_is_waited_for_once_and_keeps_no_other_channel_waiting(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.senders.SECONDS", 0.2)
    for number in range(2):
        receive(office, **{**COUNTER, "applicant.email": f"mau{number}@example.vn"})
    receive(office)
    texts: list[Outgoing] = []
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the call, never says 220
        mail = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        connected = senders(settings(tmp_path, MOTCUA_MAIL_URL=mail)) | {"sms": texts.append}
        assert notices.deliver(office.database, lambda: office.now, connected) == 1
    tried = [
        (row["channel"], row["state"], row["attempts"]) for row in rows(office, tables.notices)
    ]
    assert tried == [("mail", "pending", 1), ("mail", "pending", 0), ("sms", "sent", 1)]
    assert len(texts) == 1


def test_a_worker_that_died_in_the_middle_loses_no_message(office: Office) -> None:
    receive(office)
    (row,) = rows(office, tables.notices)
    with office.database.transaction(notices.CLOCK, office.now) as tx:
        assert notices.take(tx, row["id"], ("sms",)) is not None
    got: list[Outgoing] = []
    assert send(office, got.append) == 0  # another worker has it in hand
    office.now += timedelta(minutes=11)
    assert send(office, got.append) == 1


def test_without_a_channel_nothing_waits_for_ever_and_the_page_says_so(office: Office) -> None:
    receive(office)
    assert notices.deliver(office.database, lambda: office.now, {}) == 0
    page = read(office.browser("director.binhlieu").get("/notices?state=off").text)
    assert "chưa có máy chủ thư" in page
    other = read(office.browser("director.hoanhmo").get("/notices?state=off").text)
    assert "Không có tin nào." in other


def test_a_result_nobody_fetches_is_mentioned_after_a_week_and_a_month(office: Office) -> None:
    receive(office)
    settle(office)

    def told() -> list[str]:
        due.run_due(office.database, office.now)
        return [row["event"] for row in rows(office, tables.notices)]

    assert told() == ["received", "moved", "ready"]
    office.at("2025-08-12T07:59")
    assert told() == ["received", "moved", "ready"]
    office.at("2025-08-12T08:00")
    assert told() == ["received", "moved", "ready", "uncollected"]
    office.at("2025-09-04T08:00")
    assert told() == ["received", "moved", "ready", "uncollected", "uncollected"]
    assert office.do("reception1.binhlieu", "2025-09-05T08:00", **BACK) == 303
    office.at("2026-01-05T08:00")
    assert len(told()) == 5


def test_who_owes_papers_is_reminded_five_working_days_before_the_end(office: Office) -> None:
    receive(office)
    ask_for_papers(office)
    office.at("2025-08-13T07:59")
    assert due.run_due(office.database, office.now) == 0
    office.at("2025-08-13T08:00")
    assert due.run_due(office.database, office.now) == 1
    (row,) = [row for row in rows(office, tables.notices) if row["event"] == "supplement_soon"]
    assert "bo sung giay to den het ngay 20/08/2025" in row["body"]


def test_nobody_is_reminded_of_a_day_that_is_over(office: Office) -> None:
    receive(office)
    ask_for_papers(office)
    office.at("2025-08-21T08:00")  # the worker was away for a week; the last day was the 20th
    due.run_due(office.database, office.now)
    assert "supplement_soon" not in [row["event"] for row in rows(office, tables.notices)]


# ---- what has been overtaken --------------------------------------------------------------------


def states(office: Office) -> list[tuple[str, str, str]]:
    return [(row["event"], row["recipient"], row["state"]) for row in rows(office, tables.notices)]


def hopeless(message: Outgoing) -> None:
    raise Undeliverable(cause="SMTP 550")


def test_what_waits_goes_to_the_address_that_was_put_right(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COUNTER, "applicant.email", "sai@example.vn")
    receive(office)
    ask_for_papers(office)
    send(office, hopeless)
    corrected = {"email": "dung@example.vn"}
    with office.acting("reception1.binhlieu") as tx:
        reissuing.replace_receipt(tx, 1, "Gõ sai địa chỉ thư", corrected)
    assert states(office) == [
        ("received", "sai@example.vn", "dropped"),  # its key opens nothing any more
        ("supplement", "dung@example.vn", "pending"),
        ("received", "dung@example.vn", "pending"),
    ]
    got: list[Outgoing] = []
    assert send(office, got.append) == 2
    assert {message.recipient for message in got} == {"dung@example.vn"}
    asked = next(message for message in got if "bổ sung" in message.subject)
    assert "02/TTPVHCC" in asked.body or "2/TTPVHCC" in asked.body


def test_what_waits_goes_by_sms_where_the_mail_address_is_taken_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COUNTER, "applicant.email", "sai@example.vn")
    receive(office)
    ask_for_papers(office)
    with office.acting("reception1.binhlieu") as tx:
        reissuing.replace_receipt(tx, 1, "Không dùng thư điện tử", {"email": ""})
    asked = rows(office, tables.notices)[1]
    assert (asked["channel"], asked["recipient"], asked["subject"]) == ("sms", "0900000007", "")
    assert "can bo sung giay to" in asked["body"]


@pytest.mark.parametrize("channels", [{}, {"sms": hopeless}])
def test_the_key_of_the_tracking_page_does_not_stay_in_what_never_left(
    office: Office, channels: dict[str, Callable[[Outgoing], None]]
) -> None:
    code = receive(office)
    notices.deliver(office.database, lambda: office.now, channels)
    (row,) = rows(office, tables.notices)
    assert row["state"] == ("dead" if channels else "off")
    assert row["body"].endswith(f"/track/{code}")


def test_a_server_that_names_whom_it_refuses_is_not_quoted(
    office: Office, post_office: tuple[Postman, str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    postman, address = post_office
    postman.says = "452 mau09@example.vn has no room"
    monkeypatch.setitem(COUNTER, "applicant.email", "mau09@example.vn")
    receive(office)
    notices.deliver(
        office.database,
        lambda: office.now,
        senders(settings(tmp_path, MOTCUA_MAIL_URL=address)),
    )
    (row,) = rows(office, tables.notices)
    assert (row["state"], row["error"]) == ("pending", "SMTP 452")
    page = office.browser("director.binhlieu").get("/notices?state=pending").text
    assert "máy chủ trả lời “SMTP 452”" in page
    assert "mau09@" not in page


def test_papers_that_came_are_not_asked_for_any_more(office: Office) -> None:
    receive(office)
    ask_for_papers(office)
    supplied = {"supplied_on": "14/07/2025", "supplied": "Ý kiến của 2 hộ (bản chụp)."}
    assert office.do("reception1.binhlieu", "2025-07-14T08:00", **supplied) == 303
    told = {event: state for event, _, state in states(office)}
    assert told == {"received": "pending", "supplement": "dropped", "moved": "pending"}


def test_after_the_end_only_the_end_is_told(office: Office) -> None:
    receive(office)
    ask_for_papers(office)
    with office.acting("leader.binhlieu") as tx:
        suspending.cancel(tx, 1, "Người nộp xin rút", withdrawn=True)
    got: list[Outgoing] = []
    send(office, got.append)
    assert [message.key.split(":")[0] for message in got] == ["received", "stop"]


def test_a_refused_applicant_is_not_told_that_a_result_is_ready(office: Office) -> None:
    proposed_refusal(office)
    assert office.do("leader.binhlieu", "2025-07-10T10:00", **SIGNED_REFUSAL) == 303
    events = [event for event, _, _ in states(office)]
    assert "refusal" in events
    assert "ready" not in events


def test_the_story_says_what_did_not_reach_the_applicant(office: Office) -> None:
    code = receive(office)

    def story() -> str:
        return read(office.browser("officer1.binhlieu").get(f"/dossiers/{code}").text)

    assert "Tin cho người nộp hồ sơ đang chờ gửi: Đã nhận hồ sơ" in story()
    notices.deliver(office.database, lambda: office.now, {})
    assert "(chưa nối kênh gửi): Đã nhận hồ sơ" in story()


# ---- another due date is told --------------------------------------------------------------------


def test_a_calendar_that_moves_the_due_date_is_told_once(office: Office) -> None:
    receive(office)
    storm = CalendarDay(date(2025, 7, 18), "off", None, "H49.99.01", "bão")
    for _ in range(2):
        with office.acting("admin") as tx:
            calendar.set_day(tx, storm)
        with office.acting("admin") as tx:
            calendar.recount(tx, "Bão: nghỉ theo công điện")
        while calendar.carry_on(office.database, office.now):
            pass
    told = [row for row in rows(office, tables.notices) if row["event"] == "moved"]
    assert len(told) == 1
    assert "ngay tra ket qua doi thanh 17:00 ngay 22/07/2025" in told[0]["body"]


def test_a_suspension_is_told_and_so_is_the_date_after_it(office: Office) -> None:
    receive(office)
    with office.acting("leader.binhlieu") as tx:
        suspending.suspend(tx, 1, "Chờ toà án")
    office.at("2025-07-10T09:00")
    with office.acting("leader.binhlieu") as tx:
        suspending.resume(tx, 1, "Toà án đã trả lời")
    assert [(event, state) for event, _, state in states(office)] == [
        ("received", "pending"),
        ("suspended", "dropped"),  # nobody had sent it: the new date says it all
        ("moved", "pending"),
    ]


def test_an_extension_tells_the_new_date_by_its_apology_alone(office: Office) -> None:
    receive(office)
    with office.acting("leader.binhlieu") as tx:
        extending.extend(tx, 1, 2, "Phải đo lại ranh giới")
    assert [event for event, _, _ in states(office)] == ["received", "apology"]


def test_whoever_decides_now_is_told(office: Office) -> None:
    receive(office)
    with office.acting("leader.binhlieu") as tx:
        redirecting.redirect(tx, 1, "UBND.06856", "Thửa đất thuộc xã Lục Hồn")
    told = rows(office, tables.notices)[-1]
    assert told["event"] == "redirected"
    assert "chuyen den Uy ban nhan dan xa Luc Hon" in told["body"]


# ---- the morning's digest ------------------------------------------------------------------------


def test_each_wants_a_digest_once_on_the_morning_of_a_working_day(office: Office) -> None:
    receive(office)
    browser = office.browser("officer1.binhlieu")
    told = {"csrf_token": token(browser.get("/account").text), "email": "mau@example.vn"}
    assert browser.post("/account", data={**told, "email": "mau"}).status_code == 422
    assert browser.post("/account", data={**told, "language": "en"}).status_code == 303
    looked: dict[int, date] = {}
    office.at("2025-07-08T06:59")
    assert notices.digests(office.database, office.now, looked) == 0
    office.at("2025-07-08T07:00")
    assert notices.digests(office.database, office.now, looked) == 1
    assert notices.digests(office.database, office.now, looked) == 0
    row = rows(office, tables.notices)[-1]
    assert row["subject"] == "Motcua on 08/07/2025: 0 late, 0 due soon"
    assert "- untouched at your posts: 1\n" in row["body"]
    office.at("2025-07-12T08:00")  # a Saturday
    assert notices.digests(office.database, office.now, looked) == 0


def test_the_national_portal_hears_of_every_status_and_of_nothing_personal(
    office: Office, tmp_path: Path
) -> None:
    heard: list[tuple[Any, Any]] = []
    answers = [Response("busy", 503), Response("no", 422)]

    def portal(environ: Any, start: Any) -> Any:
        request = Request(environ)
        heard.append((request.headers["Authorization"], request.get_json()))
        answer = answers.pop(0) if answers else Response("{}")
        return answer(environ, start)

    server = make_server("127.0.0.1", 0, portal)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/status"
    office.database.reports = True
    code = receive(office)
    told = settings(tmp_path, MOTCUA_LGSP_URL=address, MOTCUA_LGSP_TOKEN="khoa")
    connected = {**senders(told), "sms": lambda message: None}

    def state() -> str:
        return read(office.browser("director.binhlieu").get(f"/dossiers/{code}").text)

    try:
        assert "Đồng bộ Cổng quốc gia đang chờ gửi" in state()
        notices.deliver(office.database, lambda: office.now, connected)  # the portal is busy
        assert "đang chờ gửi" in state()
        office.now += timedelta(minutes=5)
        # It will never take this one.
        notices.deliver(office.database, lambda: office.now, connected)
        assert "không gửi được, xem Tin báo" in state()
        page = office.browser("director.binhlieu").get("/notices?state=dead").text
        assert "Trạng thái hồ sơ" in read(page) and "Cổng quốc gia" in read(page)
        again = {"csrf_token": token(page), "state": "dead"}
        assert office.browser("director.binhlieu").post("/notices", data=again).status_code == 303
        notices.deliver(office.database, lambda: office.now, connected)
        assert "Đồng bộ Cổng quốc gia đã đồng bộ" in state()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    bearer, body = heard[-1]
    assert bearer == "Bearer khoa"
    assert body == {
        "code": code, "seq": body["seq"], "procedure": "9.900014", "centre": "H49.99.01",
        "status": 4, "at": "2025-07-07T09:00:00+07:00", "due": "2025-07-21T17:00:00+07:00",
        "outcome": None,
    }  # fmt: skip
    keys = [row["key"] for row in rows(office, tables.notices) if row["channel"] == "lgsp"]
    assert len(keys) == 1  # nobody is told of a status twice


def test_a_slow_server_ends_the_round_and_the_rest_waits_for_the_next(office: Office) -> None:
    for _ in range(3):
        receive(office)
    begun, got = office.now, []

    def slow(message: Outgoing) -> None:
        office.now += timedelta(seconds=90)
        got.append((message.id, message.taken_at - begun))

    assert send(office, slow) == 2
    (first, at), (second, later) = got
    assert (at, later) == (timedelta(0), timedelta(seconds=90)), "each taken at its own instant"
    assert send(office, slow) == 1
    assert len({first, second, got[-1][0]}) == 3


def test_whoever_took_a_message_for_forgotten_writes_what_became_of_it(office: Office) -> None:
    receive(office)
    got: list[Outgoing] = []

    def stuck(message: Outgoing) -> None:
        office.now += timedelta(minutes=11)
        assert send(office, got.append) == 1
        raise OSError("reset")

    assert send(office, stuck) == 0
    (row,) = rows(office, tables.notices)
    assert (row["state"], row["error"], len(got)) == ("sent", None, 1)
    office.now += timedelta(days=1)
    assert send(office, got.append) == 0


def test_a_message_that_was_sent_keeps_no_key_of_the_tracking_page(office: Office) -> None:
    receive(office)
    secret = re.search(r"\?s=([0-9A-Z-]+)", rows(office, tables.notices)[0]["body"])
    assert secret is not None
    got: list[Outgoing] = []
    send(office, got.append)
    assert secret[1] in got[0].body
    assert secret[1] not in rows(office, tables.notices)[0]["body"]


def test_a_message_given_up_is_sent_again_once(office: Office) -> None:
    receive(office)

    def never(message: Outgoing) -> None:
        raise Undeliverable(cause="550")

    send(office, never)
    (row,) = rows(office, tables.notices)
    with office.database.transaction(notices.CLOCK, office.now) as tx:
        assert store.again(tx.connection, row["id"])
        assert not store.again(tx.connection, row["id"])


def test_nobody_gets_a_morning_digest_in_the_afternoon_or_of_nothing(office: Office) -> None:
    browser = office.browser("officer1.binhlieu")
    told = {"csrf_token": token(browser.get("/account").text), "email": "mau@example.vn"}
    assert browser.post("/account", data={**told, "language": "vi"}).status_code == 303
    looked: dict[int, date] = {}
    office.at("2025-07-08T07:00")
    assert notices.digests(office.database, office.now, looked) == 0
    assert list(looked.values()) == [date(2025, 7, 8)]
    receive(office)
    office.at("2025-07-08T07:30")  # looked at already: the inbox says the rest
    assert notices.digests(office.database, office.now, looked) == 0
    office.at("2025-07-09T15:10")
    assert notices.digests(office.database, office.now, looked) == 0
    office.at("2025-07-10T08:59")
    assert notices.digests(office.database, office.now, looked) == 1


def test_the_portal_hears_of_a_dossier_in_order_and_of_each_status(office: Office) -> None:
    office.database.reports = True
    receive(office)
    (dossier,) = rows(office, tables.dossiers)
    with office.acting("director.binhlieu") as tx:
        suspending.cancel(tx, dossier["id"], "Người nộp đề nghị rút", withdrawn=True)
    heard: list[dict[str, Any]] = []
    busy = [OSError("503"), OSError("503")]

    def portal(message: Outgoing) -> None:
        if busy:
            raise busy.pop()
        heard.append(json.loads(message.body))

    for _ in range(12):
        notices.deliver(office.database, lambda: office.now, {"lgsp": portal})
        office.now += timedelta(minutes=1)
    assert [told["status"] for told in heard] == [4, 7, 8]
    seqs = [told["seq"] for told in heard]
    assert seqs == sorted(set(seqs))


def test_who_comes_to_fetch_it_is_reminded_and_who_gets_it_by_post_is_not(office: Office) -> None:
    code = receive(office)
    settle(office)

    def armed() -> int:
        found = [row for row in rows(office, tables.due) if row["kind"] == "reminder"]
        return len([row for row in found if row["state"] == "pending"])

    assert armed() == 2
    browser = office.browser("reception1.binhlieu")
    page = browser.get(f"/dossiers/{code}/desk").text
    told = {"csrf_token": token(page), "return_by": "post"}
    assert browser.post(f"/dossiers/{code}/return", data=told).status_code == 303
    assert armed() == 0
    told["return_by"] = "counter"
    assert browser.post(f"/dossiers/{code}/return", data=told).status_code == 303
    assert armed() == 2


def test_what_was_put_before_a_leader_is_in_their_morning_digest(office: Office) -> None:
    code = receive(office)
    with office.acting("leader.binhlieu") as tx:
        notices.set_address(tx, "leader@example.vn", "vi")
    for instant in ("2025-07-18T18:00", "2025-07-21T18:00"):
        office.at(instant)
        due.run_due(office.database, office.now)
    office.at("2025-07-22T07:30")
    assert code in read(office.browser("leader.binhlieu").get("/tasks?view=escalated").text)
    assert notices.digests(office.database, office.now, {}) == 1
    (written,) = [row for row in rows(office, tables.notices) if row["event"] == "digest"]
    # The step, and the apology that drafted itself.
    assert "cần bạn đôn đốc, hoặc bạn giữ mà để lâu: " in written["body"]
    assert "để lâu: 0" not in written["body"]


def test_looking_at_a_dossier_tells_the_applicant_no_date(office: Office) -> None:
    code = receive(office)
    with office.acting("admin") as tx:  # nobody remembers what was told last
        told = {"told_due": None, "promised_at": office.now}
        tx.connection.execute(update(tables.dossiers).values(told))
    browser = office.browser("director.binhlieu")
    assert browser.get(f"/dossiers/{code}/control.pdf").status_code == 200
    with office.acting("officer1.binhlieu") as tx:
        applicants.reveal(tx, 1)
    assert [event for event, _, _ in states(office)] == ["received"]
