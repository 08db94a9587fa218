"""Invented calendars and histories for the properties of the legal clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from engine.calendar import ZONE, Calendar, CalendarDay, History, Limit, Pause, Session
from tests.engine.slow_clock import SlowOffice, SlowStory

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
    exceptions: dict[date, list[tuple[str, str]]]

    @property
    def calendar(self) -> Calendar:
        return calendar_of(self.exceptions)

    @property
    def office(self) -> SlowOffice:
        return SlowOffice(self.exceptions)

    @property
    def slow(self) -> SlowStory:
        limit = self.history.in_force
        return SlowStory(
            received=self.history.received,
            unit=limit.unit,
            amount=limit.amount + self.history.extended_by,
            cutoff=limit.cutoff,
            pauses=[(pause.began, pause.ended) for pause in self.history.pauses],
            restart=self.history.restart_on_resume,
        )


limits = st.one_of(
    st.builds(Limit, st.integers(1, 12), st.just("working days")),
    st.builds(Limit, st.integers(1, 30), st.just("days")),
    st.builds(Limit, st.integers(1, 20), st.just("working hours")),
    st.sampled_from([Limit.parse("same day 15:00"), Limit.parse("same day 09:30")]),
)


@st.composite
def histories(draw: st.DrawFn, *, open_pauses: bool = True, restart: bool | None = None) -> History:
    history = History(
        received=draw(instants),
        limit=draw(limits),
        restart_on_resume=draw(st.booleans()) if restart is None else restart,
    )
    # From one pause to the next the beginnings go on while the ends may overlap.
    at = history.received
    pauses = []
    for _ in range(draw(st.integers(0, 3))):
        at = max(
            at, datetime.combine(at.date() + timedelta(draw(st.integers(0, 5))), draw(times), ZONE)
        )
        ended = datetime.combine(at.date() + timedelta(draw(st.integers(0, 6))), draw(times), ZONE)
        still = open_pauses and draw(st.integers(0, 9)) == 0
        pauses.append(
            Pause(
                at,
                None if still else max(at, ended),
                draw(st.sampled_from(["bổ sung", "niêm yết", ""])),
            )
        )
    history = History(
        history.received,
        history.limit,
        tuple(draw(st.permutations(pauses))),
        restart_on_resume=history.restart_on_resume,
    )
    if draw(st.booleans()):
        history = history.change_limit(history.received, "verification", draw(limits))
    if draw(st.booleans()):
        history = history.extend(history.received, draw(st.integers(1, 5)), "chờ ý kiến")
    if draw(st.integers(0, 3)) == 0:
        history = history.change_limit(history.received, "mountain", draw(limits))
    return history


stories = st.builds(Story, histories(), exceptions)
closed_stories = st.builds(Story, histories(open_pauses=False), exceptions)
plain_stories = st.builds(Story, histories(open_pauses=False, restart=False), exceptions)
