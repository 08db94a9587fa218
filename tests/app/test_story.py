"""What a dossier's history says, and what it leaves to the machines."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from app import story
from engine.calendar import ZONE
from engine.forms import Form, load
from engine.queries.records import JournalLine

MORNING = datetime(2025, 7, 1, 8, 0, tzinfo=ZONE)
NAMES = {
    "Counter": "Tiếp nhận hồ sơ",
    "Check": "Kiểm tra thực địa",
    "NoAnswer": "Quá 30 ngày",
    "Over": "Đã hết hạn chờ",
}


def entry(
    kind: str, hours: int = 0, actor: str = "reception1.binhlieu", **fact: Any
) -> JournalLine:
    return JournalLine(0, MORNING + timedelta(hours=hours), actor, kind, fact, None)


def told(*journal: JournalLine) -> list[story.Line]:
    return story.lines(journal, NAMES, lambda step: None)


def test_a_receipt_is_one_line_with_what_came_of_it() -> None:
    lines = told(
        entry("received", channel="counter"),
        entry("passed", passed=["Arrived"]),
        entry("opened", step="Counter"),
        entry("completed", step="Counter"),
        entry("passed", passed=["Counter"]),
        entry("opened", step="Check"),
        entry("status", status=4),
        entry("slip", slip="receipt", number="1/TTPVHCC"),
    )
    assert [line.sentence for line in lines] == ["Tiếp nhận hồ sơ"]
    assert lines[0].also == (
        "Chuyển sang “Kiểm tra thực địa”",
        "Trạng thái: Đang xử lý",
        "Phát hành Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    )
    assert lines[0].tone == "done"


def test_different_people_or_instants_are_different_lines_newest_first() -> None:
    lines = told(
        entry("claimed", 1, step="Check", actor="officer1.binhlieu"),
        entry("released", 2, step="Check", actor="officer1.binhlieu"),
        entry("claimed", 2, step="Check", actor="officer2.binhlieu"),
    )
    assert [(line.sentence, line.who) for line in lines] == [
        ("Nhận việc “Kiểm tra thực địa”", "officer2.binhlieu"),
        ("Trả lại bộ phận “Kiểm tra thực địa”", "officer1.binhlieu"),
        ("Nhận việc “Kiểm tra thực địa”", "officer1.binhlieu"),
    ]


def test_a_timer_is_told_by_the_name_on_the_diagram() -> None:
    lines = told(
        entry("passed", actor="clock", passed=["Gateway_07", "NoAnswer", "Over"]),
        entry("withdrawn", actor="clock", step="Check"),
    )
    assert (lines[0].sentence, lines[0].who) == ("Đến giờ: “Quá 30 ngày”", "đồng hồ")
    assert lines[0].also == ("Rút việc “Kiểm tra thực địa”",)


def test_what_only_machines_read_is_no_line() -> None:
    assert told(entry("passed", actor="clock", passed=[])) == []


def test_a_clock_that_stands_on_is_not_said_to_have_gone() -> None:
    lines = told(
        entry("completed", step="Check"),
        entry("resumed", reason="Niêm yết"),
        entry("paused", reason="Niêm yết"),
    )
    assert lines[0].also == ()


def test_what_became_due_is_told_with_the_instant_it_was_due() -> None:
    due = datetime(2025, 7, 21, 17, tzinfo=ZONE).isoformat()
    lines = told(
        entry("duty_due_soon", actor="clock", due=due),
        entry("duty_due_passed", actor="clock", due=due),
    )
    assert lines[0].sentence == "Đã quá hạn trả: thứ Hai 21/07/2025, 17:00"
    assert lines[0].also == ()


def test_an_answer_is_told_in_the_words_of_the_step_that_offers_it() -> None:
    def form(label: str, **options: str) -> Form:
        offered = {key: {"vi": text} for key, text in options.items()}
        field = {"label": {"vi": label}, "options": offered}
        asked = {"outcome": {"type": "string", "enum": list(options)}}
        schema = {"type": "object", "properties": asked}
        ui = {"fields": {"outcome": field}}
        return load(json.dumps(schema).encode(), json.dumps(ui).encode())

    checked = form("Kết quả kiểm tra", ok="Đủ điều kiện", supplement="Cần bổ sung")
    decided = form("Quyết định", approve="Ký")
    assert story.pairs({"outcome": "supplement"}, checked, decided) == [
        ("Kết quả kiểm tra", "Cần bổ sung")
    ]
    assert story.pairs({"outcome": "approve"}, checked, decided) == [("Quyết định", "Ký")]
