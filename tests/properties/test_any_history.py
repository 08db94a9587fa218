"""Whatever happens to a dossier's time, through the commands: the slow clock says the same date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from engine.calendar import ZONE, CalendarDay, LedgerLine, Session
from engine.commands import calendar, dossiers, extending, redirecting, suspending, tasks
from engine.errors import BadExtension, BadInstant, CannotExtend, Conflict, Fault, Refused
from engine.package import Package, from_files, load_folder
from engine.queries.proof import breaches
from engine.store import tables
from tests.commands.test_bad_input import CHECKED, told
from tests.engine.slow_clock import SlowLimit, SlowOffice, SlowStory, gaps, slow_due
from tests.engine.stories import later_than, limit_of, times
from tests.office import ROOT, Office

CENTRE = "H49.99.01"
NAMED = {
    "verification": SlowLimit(23, "days"),
    "mountain": SlowLimit(15, "working days"),
    "urgent": SlowLimit(12, "working hours"),
    "today": SlowLimit(1, "same day", time(15)),
}
# (limit, whether a resume restarts it), by the name of a procedure made for it
KINDS = {
    "land-days": (SlowLimit(10, "working days"), False),
    "land-again": (SlowLimit(3, "working days"), True),
    "land-calendar": (SlowLimit(30, "days"), False),
    "land-hours": (SlowLimit(20, "working hours"), False),
    "land-today": (SlowLimit(1, "same day", time(15)), False),
}
HOURS: list[list[tuple[str, str]]] = [
    [],
    [("07:30", "11:30")],
    [("13:30", "17:00")],
    [("07:30", "11:30"), ("13:30", "17:00")],
]
keys = count(1)


def land(name: str, limit: SlowLimit, restarts: bool, number: int) -> Package:
    """Land confirmation under another name, with that limit and more named ones."""
    files = dict(load_folder(ROOT / "processes", ROOT / "forms", "land-confirmation").files)
    written = files["procedure.toml"].decode()
    for was, becomes in (
        ('code = "9.900014"', f'code = "9.9001{number:02}"'),
        ('name = "land-confirmation"', f'name = "{name}"'),
        ('limit = "10 working days"', f'limit = "{limit_of(limit).text()}"'),
        ("restart_on_resume = false", f"restart_on_resume = {str(restarts).lower()}"),
        ("max_rounds = 2", "max_rounds = 9"),
    ):
        assert written.count(was) == 1, was
        written = written.replace(was, becomes)
    for key, named in NAMED.items():
        written += f'\n[limits.{key}]\nlimit = "{limit_of(named).text()}"\n'
        written += f'title = {{ vi = "{key}", en = "{key}" }}\n'
    return from_files({**files, "procedure.toml": written.encode()})


@pytest.fixture
def lands(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The office with every kind of limit open; slips are not typeset: the clock is judged."""
    monkeypatch.setattr("engine.commands.issuing.issue", lambda *told: b"%PDF-1.7 a slip")
    office.at("2025-07-01T00:30")
    for number, (name, (limit, restarts)) in enumerate(KINDS.items()):
        office.introduce(land(name, limit, restarts, number), checked=False)
    return office


@dataclass(frozen=True)
class Act:
    """``days`` and ``at`` of day after the act before; ``back`` so many five minutes earlier."""

    do: str
    days: int
    at: time
    number: int
    back: int


class Dossier:
    """One dossier, what is done to it, and the same as plain values for the slow clock."""

    def __init__(self, office: Office, kind: str, first: Act) -> None:
        self.office, self.kind = office, kind
        self.days = official(office)  # the calendar as the table has it now
        self.counts = dict(self.days)  # and as the dossier was counted with
        self.limits, restarts = [KINDS[kind][0]], KINDS[kind][1]
        self.extension: SlowLimit | None = None
        self.pauses: list[list[datetime | None]] = []
        self.asked: list[datetime | None] | None = None
        self.stood: list[datetime | None] | None = None
        self.restarts, self.changed = restarts, set[str]()
        office.now = datetime.combine(date(2025, 7, 8) + timedelta(first.number), first.at, ZONE)
        self.received = self.latest = office.now - timedelta(minutes=5 * first.back)
        late = {"received_at": self.received, "reason": "Mất điện"} if first.back else {}
        with office.acting("reception1.binhlieu") as tx:
            got = dossiers.receive(tx, **told(procedure=kind, key=f"history {next(keys)}", **late))
        self.id = got.dossier
        assert got.due == self.due()

    def due(self) -> datetime | None:
        return slow_due(SlowOffice(self.counts), self.story())

    def story(self) -> SlowStory:
        pauses: Any = [(began, ended) for began, ended in self.pauses]
        return SlowStory(self.received, self.limits, self.extension, pauses, self.restarts)

    def has_passed(self, *more: SlowLimit) -> bool:
        """Whether it is late, with one more limit: a clock that stands had passed it before."""
        office, told = SlowOffice(self.counts), self.story()
        told = replace(told, limits=[*self.limits, *more])
        due, at = slow_due(office, told), self.office.now
        if due is None:
            (at,) = (began for began, ended in gaps(office, told) if ended is None)
            ended = [pause for pause in told.pauses if pause[1] is not None]
            due = slow_due(office, replace(told, pauses=ended))
        return due is not None and due < at

    def agrees(self) -> None:
        """The row says what the slow clock finds, and its ledger sums to it."""
        d = tables.dossiers.c
        with self.office.database.reading() as connection:
            row = connection.execute(select(tables.dossiers).where(d.id == self.id)).one()
        due, story = self.due(), self.story()
        assert (row.due_at, row.paused) == (due, due is None)
        if due is None:
            return
        ledger = [LedgerLine.from_json(line) for line in row.ledger]
        if story.unit == "working hours":
            worked = [line.worked for line in ledger if line.kind == "counted" and line.worked]
            assert sum(worked, timedelta()) == timedelta(hours=story.amount)
        else:
            assert sum(line.counts for line in ledger) == story.amount

    def play(self, act: Act) -> None:
        """Time goes on, then one act; what is refused is refused for the reason it must be."""
        now = self.office.now
        self.office.now = max(later_than(now, act.days, act.at), self.latest)
        getattr(self, act.do)(act)

    # ---- what people do ----

    def ask(self, act: Act) -> None:
        """The officer asks for papers: the clock stands."""
        found = self.open("FieldCheck")
        if found is None or self.stood is not None:
            return
        seen = {**CHECKED, "inspected_on": self.received.date().isoformat()}
        seen |= {"outcome": "supplement", "supplement_items": ["a"], "supplement_reason": "b"}
        with self.office.acting("officer1.binhlieu") as tx:
            assert tasks.complete(tx, found, seen).incident is None
        self.asked = self.stand()

    def answer(self, act: Act) -> None:
        """The papers come, or had come while the power was cut."""
        found, now = self.open("WaitSupplement"), self.office.now
        if found is None or self.asked is None or self.stood is not None:
            return
        came = now - timedelta(minutes=5 * act.back)
        late: dict[str, Any] = {"at": came, "reason": "Mất điện"} if act.back else {}
        day = came.date().isoformat()
        try:
            with self.office.acting("reception1.binhlieu") as tx:
                got = tasks.complete(tx, found, {"supplied_on": day, "supplied": "x"}, **late)
        except BadInstant:
            assert act.back
            assert came < self.latest  # something else has happened since
            return
        assert got.incident is None
        assert came >= self.latest
        self.asked[1], self.asked, self.latest = came, None, came

    def extend(self, act: Act) -> None:
        due, most = self.due(), self.limits[-1].amount
        amount = 1 + act.number % 4
        running = self.stood is None and due is not None and due >= self.office.now
        may = running and self.extension is None and amount <= most
        if self.happens("leader.binhlieu", extending.extend, may, amount, "đo lại ranh giới"):
            self.extension = SlowLimit(amount, self.limits[-1].unit)

    def change_limit(self, act: Act) -> None:
        name = sorted(NAMED)[act.number % len(NAMED)]
        late, over = self.has_passed(), self.has_passed(NAMED[name])
        may = self.stood is None and not late and not over and name not in self.changed
        if self.happens("leader.binhlieu", redirecting.change_limit, may, name, "phải xác minh"):
            self.limits.append(NAMED[name])
            self.changed.add(name)

    def suspend(self, act: Act) -> None:
        may = self.stood is None
        if self.happens("leader.binhlieu", suspending.suspend, may, "chờ toà án"):
            self.stood = self.stand()

    def resume(self, act: Act) -> None:
        may = self.stood is not None
        if self.happens("leader.binhlieu", suspending.resume, may, "đã có bản án"):
            assert self.stood is not None
            self.stood[1], self.stood = self.office.now, None

    def storm(self, act: Act) -> None:
        """The centre's hours change on a day: that alone moves no dossier."""
        day = self.office.now.date() + timedelta(act.number % 30 - 8)
        self.write_days({day: HOURS[act.number // 30 % len(HOURS)]})

    def recount(self, act: Act) -> None:
        """Open dossiers are counted with the calendar as it is now."""
        with self.office.acting("admin") as tx:
            calendar.recount(tx, "bão")
        while calendar.carry_on(self.office.database, self.office.now):
            pass
        self.counts = dict(self.days)

    # ---- what these stand on ----

    def open(self, step: str) -> str | None:
        t = tables.tasks.c
        mine = (t.dossier == self.id, t.state == "open", t.step == step)
        with self.office.database.reading() as connection:
            return connection.scalar(select(t.id).where(*mine))

    def stand(self) -> list[datetime | None]:
        self.latest = self.office.now
        self.pauses.append([self.office.now, None])
        return self.pauses[-1]

    def happens(self, login: str, command: Any, may: bool, *told: Any) -> bool:
        """Whether it was done; that is so exactly when it may be."""
        try:
            with self.office.acting(login) as tx:
                command(tx, self.id, *told)
        except (Conflict, Refused, BadExtension, CannotExtend) as fault:
            assert not may, fault
            return False
        except Fault as fault:
            assert command is redirecting.change_limit, fault  # the limit that applied already
            assert not may
            return False
        assert may
        self.latest = self.office.now
        return True

    def write_days(self, days: dict[date, list[tuple[str, str]]]) -> None:
        rows = [
            CalendarDay(
                day,
                "work" if hours else "off",
                tuple(Session(time.fromisoformat(a), time.fromisoformat(b)) for a, b in hours)
                or None,
                scope=CENTRE,
                source="Nghỉ bão · CĐ mẫu 12",
            )
            for day, hours in days.items()
        ]
        with self.office.acting("admin") as tx:
            calendar.set_days(tx, rows)
        self.days |= days

    def leave(self, was: dict[date, list[tuple[str, str]]]) -> None:
        """End it, and give the days back their hours: the next example finds all as this did."""
        with self.office.acting("leader.binhlieu") as tx:
            suspending.cancel(tx, self.id, "hết việc")
        usual = SlowOffice(was)
        changed = [day for day in self.days if self.days[day] != was.get(day)]
        self.write_days(
            {day: [(f"{a:%H:%M}", f"{b:%H:%M}") for a, b in usual.sessions(day)] for day in changed}
        )


def official(office: Office) -> dict[date, list[tuple[str, str]]]:
    """The days that differ from the week's usual ones, as the table has them."""
    c, found = tables.calendar_days.c, {}
    with office.database.reading() as connection:
        for row in connection.execute(select(tables.calendar_days).order_by(c.revision)):
            usual = HOURS[-1] if row.kind == "work" else []
            found[row.day] = [tuple(hours) for hours in row.sessions or usual]
    return found


DOES = ["ask", "answer", "extend", "change_limit", "suspend", "resume", "storm", "recount"]
ACTS = st.builds(
    Act,
    do=st.sampled_from(["ask", "answer", *DOES]),
    days=st.sampled_from([0, 0, 0, 1, 1, 2, 4]),
    at=times,
    number=st.integers(0, 150),
    back=st.sampled_from([0, 0, 0, 1, 6, 90, 300, 600]),
)
SOME = settings(
    max_examples=settings.default.max_examples // 4,  # 25; `make soak` tells 1,250
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


NINE = time(9)
# Every act once, each where it may be done; the papers had come a day before it was said.
ALL_ACTS = [
    Act("ask", 1, NINE, 0, 0),
    Act("answer", 2, NINE, 0, 300),
    Act("extend", 1, NINE, 1, 0),
    Act("storm", 0, NINE, 9, 0),
    Act("change_limit", 0, NINE, 0, 0),
    Act("recount", 0, NINE, 0, 0),
    Act("suspend", 1, NINE, 0, 0),
    Act("resume", 1, NINE, 0, 0),
]

# What was late before the clock stood stays late; a limit that had ended by then is none.
LATE = [Act("ask", 1, time(23, 55), 0, 0), Act("change_limit", 1, time(0, 30), 1, 0)]
OVER = [Act("ask", 1, time(), 0, 0), Act("change_limit", 0, time(), 1, 0)]
# Days that were added to days add nothing to hours.
OTHER_UNIT = [Act("extend", 1, NINE, 1, 0), Act("change_limit", 0, NINE, 2, 0)]


@pytest.mark.slow
@SOME
@example("land-days", Act("receive", 0, NINE, 0, 30), ALL_ACTS)
@example("land-again", Act("receive", 0, NINE, 3, 0), ALL_ACTS)
@example("land-days", Act("receive", 0, NINE, 0, 0), OTHER_UNIT)
@example("land-hours", Act("receive", 0, time(), 0, 600), LATE)
@example("land-again", Act("receive", 0, time(), 0, 0), OVER)
@given(kind=st.sampled_from(sorted(KINDS)), first=ACTS, acts=st.lists(ACTS, max_size=10))
def test_after_every_act_the_date_is_the_one_the_slow_clock_finds(
    lands: Office, kind: str, first: Act, acts: list[Act]
) -> None:
    dossier = Dossier(lands, kind, first)
    was = dict(dossier.days)
    dossier.agrees()
    for act in acts:
        dossier.play(act)
        dossier.agrees()
    with lands.database.reading() as connection:
        assert breaches(connection, lands.now) == ()
    dossier.leave(was)
