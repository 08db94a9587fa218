"""The legal clock against a slow second one, and what must hold whatever the story."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from engine.calendar import Calendar, History, LedgerLine, Pause, read_clock, working_time_left
from tests.engine.slow_clock import slow_consumed, slow_due
from tests.engine.stories import (
    Story,
    calendar_of,
    calendars,
    closed_stories,
    days,
    examples,
    exceptions,
    few_examples,
    histories,
    instants,
    plain_stories,
    stories,
)

amounts = st.integers(0, 15)
LATER = datetime.fromisoformat("2027-01-01T00:00:00+07:00")


@examples
@given(stories)
def test_the_due_instant_is_the_one_the_slow_clock_finds(story: Story) -> None:
    clock = read_clock(story.history, story.calendar, story.history.received)
    assert clock.due == slow_due(story.office, story.slow)
    assert clock.paused == (clock.due is None)


@examples
@given(stories, instants)
def test_what_is_consumed_is_what_the_slow_clock_counts(story: Story, now: datetime) -> None:
    clock = read_clock(story.history, story.calendar, now)
    limit = story.slow.amount
    assert clock.consumed + clock.remaining == limit
    assert 0 <= clock.consumed <= limit
    if not (story.history.restart_on_resume or story.slow.unit == "same day"):
        assert float(clock.consumed) == slow_consumed(story.office, story.slow, now)


@examples
@given(stories)
def test_the_ledger_sums_to_the_limit_or_to_what_is_consumed(story: Story) -> None:
    clock = read_clock(story.history, story.calendar, LATER)
    amount = story.slow.amount
    assert clock.due is None or clock.consumed == amount
    if story.slow.unit == "working hours":
        counted = [line.worked for line in clock.ledger if line.kind == "counted" and line.worked]
        assert sum(counted, timedelta()) == timedelta(hours=float(clock.consumed))
    else:
        assert sum(line.counts for line in clock.ledger) == clock.consumed
        numbers = [n for line in clock.ledger for n in _numbers(line)]
        assert numbers == list(range(1, int(clock.consumed) + 1))


def _numbers(line: LedgerLine) -> range:
    if line.number_from is None or line.number_to is None:
        return range(0)
    return range(line.number_from, line.number_to + 1)


@examples
@given(stories, exceptions, instants)
def test_after_a_change_of_the_calendar_all_is_as_if_it_had_always_been_so(
    story: Story, changed: dict[date, list[tuple[str, str]]], now: datetime
) -> None:
    """A closed day, a half day more: what is counted anew is what the slow clock finds."""
    read_clock(story.history, story.calendar, now)  # what it was before leaves nothing behind
    after = replace(story, exceptions=story.exceptions | changed)
    clock = read_clock(after.history, after.calendar, LATER)
    assert clock.due == slow_due(after.office, after.slow)
    assert clock.due is None or clock.consumed == after.slow.amount


@examples
@given(plain_stories)
def test_the_ledger_tells_every_day_from_receipt_to_due_once(story: Story) -> None:
    assume(story.slow.unit not in ("working hours", "same day"))
    clock = read_clock(story.history, story.calendar, LATER)
    told = [
        line.first + timedelta(i)
        for line in clock.ledger
        if line.kind in ("received", "counted", "off", "paused", "resumed", "moved")
        for i in range((line.last - line.first).days + 1)
    ]
    assert clock.due is not None
    first = story.calendar.next_opening(story.history.received).date()
    length = (clock.due.date() - first).days + 1
    assert told == [first + timedelta(i) for i in range(length)]


@examples
@given(closed_stories)
def test_a_due_instant_never_falls_on_a_closed_day(story: Story) -> None:
    due = read_clock(story.history, story.calendar, LATER).due
    assert due is not None
    assert story.calendar.is_working_day(due.date())
    assert story.calendar.next_opening(due) == due
    if story.slow.unit != "working hours":
        assert due == story.calendar.end_of_day(due.date())


@examples
@given(plain_stories, days)
def test_a_day_more_of_holiday_never_makes_a_deadline_earlier(story: Story, holiday: date) -> None:
    """With two exceptions that follow from moving instants into office hours.

    A pause may vanish, its ends having become one instant; and of calendar days, a day off between
    an evening and the next opening is one on which the clock still ran.
    """
    assume(story.slow.unit != "days" or not story.history.pauses)
    off = calendar_of({**story.exceptions, holiday: []})
    assume(_vanished(story.history, off) == _vanished(story.history, story.calendar))
    before = read_clock(story.history, story.calendar, LATER).due
    after = read_clock(story.history, off, LATER).due
    assert before is not None and after is not None
    assert after >= before


def _vanished(history: History, calendar: Calendar) -> list[bool]:
    ends = [(pause.began, pause.ended) for pause in history.pauses]
    return [b is not None and calendar.next_opening(a) == calendar.next_opening(b) for a, b in ends]


@examples
@given(plain_stories, instants, st.timedeltas(timedelta(), timedelta(9)))
def test_a_pause_more_never_makes_a_deadline_earlier(
    story: Story, began: datetime, length: timedelta
) -> None:
    history, calendar = story.history, story.calendar
    pause = Pause(max(began, history.received), max(began, history.received) + length, "bổ sung")
    longer = replace(history, pauses=(*history.pauses, pause))
    before = read_clock(history, calendar, LATER).due
    after = read_clock(longer, calendar, LATER).due
    assert before is not None and after is not None
    assert after >= before


@few_examples
@given(closed_stories, st.integers(0, 40))
def test_a_pause_told_in_two_overlapping_parts_is_one_pause(story: Story, minutes: int) -> None:
    history = story.history
    parts: list[Pause] = []
    for pause in history.pauses:
        assert pause.ended is not None
        cut = min(pause.began + timedelta(minutes=minutes * 60), pause.ended)
        parts += [replace(pause, began=cut, element="b"), replace(pause, ended=cut)]
    told = replace(history, pauses=tuple(parts))
    one, two = (read_clock(h, story.calendar, LATER) for h in (history, told))
    assert one.due == two.due
    # A night pause cut in two leaves nothing to tell, so only the days are compared.
    assert one.consumed == two.consumed


@few_examples
@given(histories(open_pauses=False), exceptions, instants)
def test_a_pause_after_the_due_instant_moves_nothing(
    history: History, off: dict[date, list[tuple[str, str]]], began: datetime
) -> None:
    calendar = calendar_of(off)
    due = read_clock(history, calendar, LATER).due
    assert due is not None
    late = calendar.next_opening(max(began, due) + timedelta(minutes=1))
    pause = Pause(late, late + timedelta(3), "bổ sung")
    paused = replace(history, pauses=(*history.pauses, pause))
    assume(all(p.ended is not None and p.ended < late for p in history.pauses))
    assert read_clock(paused, calendar, LATER).due == due


@few_examples
@given(histories())
def test_a_history_survives_its_json(history: History) -> None:
    assert History.from_json(history.to_json()) == history


@few_examples
@given(stories, instants)
def test_a_ledger_survives_its_json(story: Story, now: datetime) -> None:
    for line in read_clock(story.history, story.calendar, now).ledger:
        assert LedgerLine.from_json(line.to_json()) == line


@examples
@given(calendars, instants, amounts, amounts)
def test_working_days_add_up(calendar: Calendar, start: datetime, a: int, b: int) -> None:
    step = calendar.add_working_days(start, a)
    assert calendar.add_working_days(step, b) == calendar.add_working_days(start, a + b)
    assert calendar.working_days_between(start, step) == a
    assert calendar.is_working_day(step.date())


@examples
@given(calendars, instants, amounts, amounts)
def test_working_hours_add_up(calendar: Calendar, start: datetime, a: int, b: int) -> None:
    step = calendar.add_working_hours(start, a)
    assert calendar.add_working_hours(step, b) == calendar.add_working_hours(start, a + b)
    assert calendar.working_minutes_between(start, step) == a * 60
    assert calendar.next_opening(step) == step


@examples
@given(calendars, instants, instants, st.integers(-6, 12))
def test_a_later_start_never_ends_earlier(
    calendar: Calendar, one: datetime, other: datetime, n: int
) -> None:
    first, second = sorted((one, other))
    assert calendar.add_working_days(first, n) <= calendar.add_working_days(second, n)
    assert calendar.add_working_hours(first, n) <= calendar.add_working_hours(second, n)


@examples
@given(calendars, instants, st.integers(1, 15))
def test_counting_back_undoes_counting_on(calendar: Calendar, start: datetime, n: int) -> None:
    end = calendar.add_working_days(start, n)
    assert calendar.add_working_days(end, -n) == calendar.add_working_days(start, 0)
    later = calendar.add_working_hours(start, n)
    back = calendar.add_working_hours(later, -n)
    # The same place on the working line: at most a break lies between the two.
    assert back <= calendar.next_opening(start)
    assert calendar.working_time_between(back, calendar.next_opening(start)) == timedelta()


@examples
@given(calendars, instants, instants)
def test_time_left_is_told_in_the_largest_unit_that_fits(
    calendar: Calendar, due: datetime, now: datetime
) -> None:
    left = working_time_left(due, now, calendar)
    assert left.late == (now > due)
    assert left.amount >= 0
    worked = abs(calendar.working_minutes_between(now, due))
    if left.unit == "minutes":
        assert left.amount == worked < 60
    elif left.unit == "hours":
        assert left.amount == worked // 60 >= 1
    else:
        assert 1 <= left.amount <= abs(calendar.working_days_between(now, due)) + 1
