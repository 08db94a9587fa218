"""Invented calendars and histories for the properties of the legal clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from engine.calendar import ZONE, Calendar, CalendarDay, History, Limit, Pause, Session
from tests.engine.slow_clock import SlowLimit, SlowOffice, SlowStory

MANY = 3 * settings.default.max_examples  # 300; `make soak` tells 15,000

examples = settings(max_examples=MANY, deadline=None)
few_examples = settings(max_examples=MANY // 3, deadline=None)

FIRST = date(2025, 1, 1)
EDGES = [
    time(h, m)
    for h, m in (
        (0, 0),
        (7, 0),
        (7, 30),
        (11, 30),
        (12, 0),
        (13, 30),
        (15, 0),
        (17, 0),
        (18, 0),
        (23, 55),
    )
]
HALF_DAYS = [
    [("07:30", "11:30")],
    [("13:30", "17:00")],
    [("08:00", "10:00"), ("10:00", "11:00"), ("20:00", "21:30")],
]

days = st.integers(0, 60).map(lambda n: FIRST + timedelta(n))
times = st.one_of(
    st.sampled_from(EDGES), st.integers(0, 287).map(lambda n: time(n // 12, n % 12 * 5))
)
instants = st.builds(lambda day, at: datetime.combine(day, at, ZONE), days, times)


def calendar_of(exceptions: dict[date, list[tuple[str, str]]]) -> Calendar:
    rows = [
        CalendarDay(
            day,
            "work" if hours else "off",
            tuple(Session(time.fromisoformat(a), time.fromisoformat(b)) for a, b in hours) or None,
        )
        for day, hours in exceptions.items()
    ]
    return Calendar(rows)


_hours_of_a_day = st.one_of(
    st.just([]),
    st.just([]),
    st.just([("07:30", "11:30"), ("13:30", "17:00")]),
    st.sampled_from(HALF_DAYS),
)
exceptions = st.dictionaries(days, _hours_of_a_day, max_size=14)
calendars = exceptions.map(calendar_of)


@dataclass(frozen=True)
class Story:
    """One case told twice: as the engine's history and calendar, and as the slow clock reads it."""

    history: History
    slow: SlowStory
    exceptions: dict[date, list[tuple[str, str]]]

    @property
    def calendar(self) -> Calendar:
        return calendar_of(self.exceptions)

    @property
    def office(self) -> SlowOffice:
        return SlowOffice(self.exceptions)


slow_limits = st.one_of(
    st.builds(SlowLimit, st.integers(1, 12), st.just("working days")),
    st.builds(SlowLimit, st.integers(1, 30), st.just("days")),
    st.builds(SlowLimit, st.integers(1, 20), st.just("working hours")),
    st.builds(SlowLimit, st.just(1), st.just("same day"), st.sampled_from([time(15), time(9, 30)])),
)


def limit_of(told: SlowLimit) -> Limit:
    """The same limit as a procedure writes it."""
    if told.cutoff is not None:
        return Limit.parse(f"same day {told.cutoff:%H:%M}")
    return Limit.parse(f"{told.amount} {told.unit}")


def later_than(at: datetime, days: int, then: time) -> datetime:
    """So many days on at that time of day, but never before ``at``."""
    return max(at, datetime.combine(at.date() + timedelta(days), then, ZONE))


def later(draw: st.DrawFn, at: datetime, days: int) -> datetime:
    """An instant of that day or one of the next, not before ``at``."""
    return later_than(at, draw(st.integers(0, days)), draw(times))


@st.composite
def pauses_after(draw: st.DrawFn, received: datetime, *, open_pauses: bool) -> list[Pause]:
    """From one pause to the next the beginnings go on while the ends may overlap."""
    at, pauses = received, []
    for _ in range(draw(st.integers(0, 3))):
        at = later(draw, at, 5)
        ended = later(draw, at, 6)
        still = open_pauses and draw(st.integers(0, 9)) == 0
        reason = draw(st.sampled_from(["bổ sung", "niêm yết", ""]))
        pauses.append(Pause(at, None if still else ended, reason))
    return draw(st.permutations(pauses))


@st.composite
def tellings(
    draw: st.DrawFn, *, open_pauses: bool = True, restart: bool | None = None
) -> tuple[History, SlowStory]:
    """A history, and the same as plain values that are noted while it is told."""
    received, limits = draw(instants), [draw(slow_limits)]
    extension: SlowLimit | None = None
    restarts = draw(st.booleans()) if restart is None else restart
    pauses = draw(pauses_after(received, open_pauses=open_pauses))
    history = History(received, limit_of(limits[0]), tuple(pauses), restart_on_resume=restarts)
    followed = [pause.began for pause in pauses]
    at = received
    for act in draw(st.lists(st.sampled_from(["limit", "extend", "correct"]), max_size=4)):
        at = later(draw, at, 4)
        if act == "limit":
            limits.append(draw(slow_limits))
            history = history.change_limit(at, f"limit {len(limits)}", limit_of(limits[-1]))
            followed.append(at)
        elif act == "extend" and extension is None:
            extension = SlowLimit(draw(st.integers(1, 5)), limits[-1].unit)
            history = history.extend(at, extension.amount, "chờ ý kiến")
            followed.append(at)
        elif act == "correct":
            earlier = timedelta(minutes=5 * draw(st.integers(0, 12 * 24 * 4)))
            received = min([at, *followed]) - earlier
            history = history.correct(at, received, "mất điện")
    ended = [(pause.began, pause.ended) for pause in pauses]
    return history, SlowStory(received, limits, extension, ended, restarts)


def histories(*, open_pauses: bool = True) -> st.SearchStrategy[History]:
    return tellings(open_pauses=open_pauses).map(lambda told: told[0])


def _told(told: st.SearchStrategy[tuple[History, SlowStory]]) -> st.SearchStrategy[Story]:
    return st.builds(lambda both, off: Story(*both, off), told, exceptions)


stories = _told(tellings())
closed_stories = _told(tellings(open_pauses=False))
plain_stories = _told(tellings(open_pauses=False, restart=False))
