"""Timers of three kinds, on a clock that the caller holds."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.calendar import ZONE
from engine.errors import RunFailed
from engine.events import ElementPassed, TimerFired
from tests.engine_bpmn.drawing import MORNING, Play, el, simple, timer, user


def beside(kind: str, text: str, interrupting: str = "true") -> bytes:
    """A task A with a boundary timer T that leads to B."""
    event = el(
        "boundaryEvent", "T", timer(kind, text), attachedToRef="A", cancelActivity=interrupting
    )
    return simple(user("A", "B") + event, "S > A > E\nT > B > E")


def at(play: Play) -> datetime | None:
    """The instant of the one timer that waits."""
    (waiting,) = play.last.timers
    return waiting.at


@pytest.mark.parametrize(
    ("kind", "text", "after"),
    [
        ("timeDuration", "PT72H", timedelta(hours=72)),
        ("timeDuration", '"PT72H"', timedelta(hours=72)),
        ("timeDuration", "'P5D'", timedelta(days=5)),
        ("timeDuration", "\n  P5D\n", timedelta(days=5)),
        ("timeDuration", "P1W", timedelta(weeks=1)),
        ("timeDuration", "P1DT2H30M", timedelta(days=1, hours=2, minutes=30)),
        ("timeDuration", "PT1.5S", timedelta(seconds=1.5)),
        ("timeDuration", "P1M", timedelta(days=31)),
        ("timeDuration", "${how_long}", timedelta(minutes=5)),
        ("timeDate", "2025-07-03T10:00:00", timedelta(days=2, hours=2)),
        ("timeDate", "2025-07-03T03:00:00Z", timedelta(days=2, hours=2)),
        ("timeDate", '"2025-07-03T10:00:00+07:00"', timedelta(days=2, hours=2)),
        ("timeDate", "2025-07-03", timedelta(days=1, hours=16)),
        ("timeDate", "meeting", timedelta(days=2, hours=2)),
    ],
)
def test_wall_timers_as_designers_write_them(kind: str, text: str, after: timedelta) -> None:
    play = Play(beside(kind, text)).start(how_long="PT5M", meeting="2025-07-03T10:00:00")
    assert at(play) == MORNING + after
    assert play.last.timers[0].kind == "wall"
    play.fire(seconds=after.total_seconds() - 0.5)
    assert play.open == ["A"]
    play.fire(seconds=0.5)
    assert play.open == ["B"]
    assert play.last.timers == ()
    assert TimerFired("T") in play.last.events
    assert ElementPassed("T") in play.last.events


def test_a_month_after_the_last_day_of_january_is_the_last_of_february() -> None:
    play = Play(beside("timeDuration", "P1M"), now=datetime(2025, 1, 31, 9, tzinfo=ZONE)).start()
    assert at(play) == datetime(2025, 2, 28, 9, tzinfo=ZONE)


@pytest.mark.parametrize("text", ["PT", "5 days", "P1D2H", "2025-13-01", "P99999Y", "'soon'", "7"])
def test_a_timer_that_cannot_be_read_fails_by_name(text: str) -> None:
    with pytest.raises(RunFailed) as caught:
        Play(beside("timeDuration", text)).start()
    assert caught.value.particulars["element"] == "T"


def test_finishing_the_task_takes_its_timer_away() -> None:
    play = Play(beside("timeDuration", "PT1H")).start().complete("A")
    assert play.last.timers == ()
    assert play.last.finished


def test_a_task_done_before_the_worker_came_counts_as_done() -> None:
    play = Play(beside("timeDuration", "PT1H")).start()
    play.now += timedelta(hours=2)
    play.complete("A")
    assert play.last.finished
    assert play.path == ["S", "A", "E"]


def test_a_repeating_timer_opens_a_branch_each_time_and_leaves_the_task() -> None:
    play = Play(beside("timeCycle", "R3/PT24H", "false")).start()
    assert at(play) == MORNING + timedelta(hours=24)
    for number in (1, 2, 3):
        play.fire(hours=24)
        assert play.open == ["A"] + ["B"] * number
        assert play.last.events[:2] == (TimerFired("T"), ElementPassed("T"))
    assert play.last.timers == ()
    play.fire(hours=240)
    assert play.open == ["A", "B", "B", "B"]
    play.complete("A")
    assert play.open == ["B", "B", "B"]
    play.complete("B").complete("B").complete("B")
    assert play.last.finished


def test_a_year_of_reminders_leaves_little_behind() -> None:
    source = simple(
        user("A")
        + el("boundaryEvent", "T", timer("timeCycle", "R/PT24H"), attachedToRef="A",
             cancelActivity="false")
        + el("scriptTask", "C", "<bpmn:script>n = 1</bpmn:script>"),
        "S > A > E\nT > C > E",
    )  # fmt: skip
    play = Play(source).start()
    for _ in range(365):
        play.fire(hours=24)
    assert len(play.last.snapshot) < 4000
    play.complete("A")
    assert play.last.finished


def test_missed_rounds_of_a_repeating_timer_come_one_at_a_time() -> None:
    play = Play(beside("timeCycle", "R/PT1H", "false")).start().fire(hours=3)
    assert play.open == ["A", "B"]
    assert at(play) == MORNING + timedelta(hours=2)
    play.fire().fire()
    assert play.open == ["A", "B", "B", "B"]
    assert at(play) == MORNING + timedelta(hours=4)


def test_a_repeating_timer_that_interrupts_happens_once() -> None:
    play = Play(beside("timeCycle", "R3/PT1H")).start().fire(hours=1)
    assert play.open == ["B"]
    assert play.last.timers == ()


def test_an_intermediate_timer_holds_the_token() -> None:
    wait = el("intermediateCatchEvent", "W", timer("timeDuration", "P15D"))
    play = Play(simple(wait + user("A"), "S > W > A > E")).start()
    assert [w.step for w in play.last.waiting] == ["W"]
    play.fire(days=15)
    assert play.open == ["A"]
    assert play.last.events[:2] == (TimerFired("W"), ElementPassed("W"))


def test_counted_timers_count_working_time_from_the_arrival_and_ignore_pauses() -> None:
    friday = datetime(2025, 7, 4, 16, tzinfo=ZONE)
    play = Play(beside("timeDuration", "working_days(n)"), now=friday)
    play.start(n=2)
    assert at(play) == datetime(2025, 7, 8, 17, tzinfo=ZONE)
    assert play.last.timers[0].kind == "counted"
    play.paused = True
    play.refresh()
    assert at(play) == datetime(2025, 7, 8, 17, tzinfo=ZONE)
    play.fire(days=4, hours=1)
    assert play.open == ["B"]
    play = Play(beside("timeDate", "working_hours(3)"), now=friday).start()
    assert at(play) == datetime(2025, 7, 7, 9, 30, tzinfo=ZONE)


def test_legal_timers_follow_the_legal_clock() -> None:
    play = Play(beside("timeDate", "before_due(working_days(1))", "false"))
    play.due = datetime(2025, 7, 10, 17, tzinfo=ZONE)
    play.start()
    assert at(play) == datetime(2025, 7, 9, 17, tzinfo=ZONE)
    assert play.last.timers[0].kind == "legal"
    play.due = datetime(2025, 7, 14, 17, tzinfo=ZONE)
    play.refresh()
    assert at(play) == datetime(2025, 7, 11, 17, tzinfo=ZONE)
    play.paused = True
    play.refresh()
    assert at(play) is None
    play.fire(days=30)
    assert play.open == ["A"]
    play.paused = False
    play.refresh()
    assert play.open == ["A", "B"]
    play.refresh().fire()
    assert play.open == ["A", "B"]


def test_a_legal_timer_in_the_flow_waits_for_due() -> None:
    wait = el("intermediateCatchEvent", "W", timer("timeDate", "due()"))
    play = Play(simple(wait, "S > W > E")).start()
    assert at(play) is None
    play.due = MORNING + timedelta(days=1)
    play.refresh()
    assert at(play) == play.due
    play.fire(days=1)
    assert play.last.finished


def test_behind_an_event_gateway_the_earliest_of_several_timers_decides() -> None:
    message = '<bpmn:messageEventDefinition messageRef="Msg" />'
    source = simple(
        el("eventBasedGateway", "G")
        + el("intermediateCatchEvent", "Long", timer("timeDuration", "P30D"))
        + el("intermediateCatchEvent", "Short", timer("timeDuration", "P1D"))
        + el("intermediateCatchEvent", "M", message)
        + user("A", "B", "C"),
        "S > G > Long > A > E\nG > Short > B > E\nG > M > C > E",
        outside='<bpmn:message id="Msg" name="reply" />',
    )
    play = Play(source).start()
    assert {w.step for w in play.last.waiting} == {"G", "Long", "Short", "M"}
    assert [t.at for t in play.last.timers] == [
        MORNING + timedelta(days=30),
        MORNING + timedelta(days=1),
    ]
    other = Play(source).start().throw("reply", text="x")
    assert other.open == ["C"]
    assert other.data == {"text": "x"}
    play.fire(days=1)
    assert play.open == ["B"]
    assert play.last.events[0] == TimerFired("Short")


def test_a_timer_on_a_sub_process_stops_the_inside_at_once() -> None:
    from tests.engine_bpmn.drawing import flows

    inside = el("startEvent", "IS") + user("I") + el("endEvent", "IE") + flows("IS > I > IE")
    event = el("boundaryEvent", "T", timer("timeDuration", "PT1H"), attachedToRef="Sub")
    play = Play(
        simple(el("subProcess", "Sub", inside) + event + user("B"), "S > Sub > E\nT > B > E")
    )
    play.start()
    assert play.open == ["I"]
    play.fire(hours=1)
    assert play.open == ["B"]
    assert {w.step for w in play.last.waiting} == {"B"}
    play.complete("B")
    assert play.last.finished


def test_the_library_is_never_let_near_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object, **named: object) -> None:
        raise AssertionError("the clock was asked")

    class Clock:
        now = time = fromisoformat = staticmethod(refuse)

    source = beside("timeCycle", "R3/PT1H", "false")
    play = Play(source)
    other = Play(beside("timeDuration", "PT1H"))
    monkeypatch.setattr("SpiffWorkflow.task.uuid4", refuse)
    monkeypatch.setattr("SpiffWorkflow.task.time", Clock)
    monkeypatch.setattr("SpiffWorkflow.bpmn.specs.event_definitions.timer.datetime", Clock)
    play.start().fire(hours=1).complete("A").complete("B")
    assert play.last.finished
    assert other.start().fire(hours=1).open == ["B"]
