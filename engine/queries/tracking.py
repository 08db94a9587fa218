"""What a citizen sees of a dossier with the code and the secret of the slip: no personal data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Literal

from sqlalchemy import Connection, Row, select

from engine.bpmn.parse import Spec
from engine.bpmn.steps import Step
from engine.calendar import Clock, History
from engine.codes import read_secret
from engine.errors import BadCode, UnknownDossier
from engine.package import Text
from engine.queries.catalogue import limit_of
from engine.queries.messages import (
    MessageLine,
    ResultLine,
    marks_of,
    messages_of,
    results_of,
)
from engine.queries.passage import Passage, passage_of
from engine.queries.path import course
from engine.queries.reckoning import reckoned
from engine.queries.specs import package_of, spec_of
from engine.queries.wording import ROLE_NAMES, STATUS_NAMES
from engine.sides import SIDES
from engine.store.calendar import calendar
from engine.store.organisation import Unit, some_units
from engine.store.tables import dossiers, releases, slips, tasks

State = Literal["done", "current", "ahead"]
Turn = Literal["citizen", "office", "nobody"]

_CITIZEN: Mapping[int, Text] = {
    5: Text("Đến lượt bà con bổ sung giấy tờ", "It is your turn: bring the papers asked for"),
    6: Text("Đến lượt bà con nộp nghĩa vụ tài chính", "It is your turn: make the payment"),
    9: Text("Đã có kết quả, mời bà con đến nhận", "The result is ready: please collect it"),
}
_NOBODY: Mapping[int, Text] = {
    3: Text("Hồ sơ không được tiếp nhận", "The dossier was not received"),
    8: Text("Hồ sơ đã dừng giải quyết", "The dossier was stopped"),
    10: Text("Đã trả kết quả", "The result has been returned"),
}
# Where the citizen is waited for; a step of anybody else is work of the office at any status.
_DESKS = frozenset({"reception", "cashier"})


@dataclass(frozen=True)
class Milestone:
    """One line of the way; ``note`` says how long it usually takes or that the clock stands."""

    element: str
    text: Text
    state: State
    at: datetime | None
    note: Text


@dataclass(frozen=True)
class TrackingView:
    """The public face of a dossier."""

    code: str
    trial: bool
    procedure: Text
    procedure_name: str
    status: int
    status_words: Text
    turn: Turn
    whose: Text
    milestones: tuple[Milestone, ...]
    received_at: datetime
    promised: datetime
    due: datetime | None
    paused: bool
    clock: Clock
    settled_at: datetime | None
    returned_at: datetime | None
    collect: Unit
    return_by: str
    asked: tuple[str, ...]  # the papers of the last slip 02, while they are waited for
    messages: tuple[MessageLine, ...]
    results: tuple[ResultLine, ...]
    marks: int | None

    @property
    def over(self) -> bool:
        """Whether the dossier has come to its end, for the citizen."""
        return self.status in (3, 8, 9, 10)

    @property
    def may_withdraw(self) -> bool:
        """Whether it can still be asked back, and has not been."""
        asked = any(line.owed and line.kind == "withdrawal" for line in self.messages)
        return not (self.over or asked)


def by_code(connection: Connection, code: str, secret: str, now: datetime) -> TrackingView:
    """The dossier of that code; a wrong secret and an unknown code are the same UnknownDossier."""
    row = connection.execute(
        select(dossiers, releases.c.title_vi, releases.c.title_en)
        .join(releases, releases.c.digest == dossiers.c.release)
        .where(dossiers.c.code == code)
    ).first()
    given = _digest(secret)
    if not compare_digest(given, row.secret if row else "0" * 64) or row is None:
        raise UnknownDossier(code=code)
    passage = passage_of(connection, row.id)
    days = calendar(connection, "province", row.receiving, revision=row.ledger_revision)
    history = History.from_json(row.history)
    turn, whose = _turn(connection, row)
    collect = row.return_at or row.receiving
    return TrackingView(
        code=row.code,
        trial=row.trial,
        procedure=Text(row.title_vi, row.title_en),
        procedure_name=row.procedure,
        status=row.status,
        status_words=STATUS_NAMES.get(row.status, Text("", "")),
        turn=turn,
        whose=whose,
        milestones=milestones_of(connection, row.release, passage, row.status),
        received_at=row.received_at,
        promised=row.promised_at,
        due=row.due_at,
        paused=row.paused,
        clock=reckoned(connection, row.release, history, days, row.settled_at or now),
        settled_at=row.settled_at,
        returned_at=row.returned_at,
        collect=some_units(connection, [collect])[collect],
        return_by=row.return_by,
        asked=_asked(connection, row.id) if row.status == 5 else (),
        messages=messages_of(connection, row.id, outside=True),
        results=results_of(connection, row.id) if row.status in (9, 10) else (),
        marks=marks_of(connection, row.id),
    )


def _asked(connection: Connection, dossier: int) -> tuple[str, ...]:
    data = connection.scalar(
        select(slips.c.data)
        .where(slips.c.dossier == dossier, slips.c.kind == "supplement")
        .order_by(slips.c.id.desc())
        .limit(1)
    )
    return tuple(str(item) for item in (data or {}).get("items", ()))


def _digest(secret: str) -> str:
    try:
        return sha256(read_secret(secret).encode()).hexdigest()
    except BadCode:
        return ""


def milestones_of(
    connection: Connection, digest: str, passage: Passage, status: int
) -> tuple[Milestone, ...]:
    """What was done, what is going on, and what plainly lies ahead."""
    spec = spec_of(connection, digest)
    way = course(package_of(connection, digest))
    told: dict[str, State] = {}
    if status not in _NOBODY:
        told = dict.fromkeys(passage.current, "ahead")
        for name in passage.current:
            told |= {later: "ahead" for later in way.ahead(name) if later not in told}
        told |= dict.fromkeys(passage.current, "current")
    done = [name for name in passage.done if name not in told]
    lines = [_line(spec, name, "done", passage.at.get(name)) for name in done]
    lines += [_line(spec, name, state, None) for name, state in told.items()]
    return tuple(line for line in lines if line is not None)


def _line(spec: Spec, name: str, state: State, at: datetime | None) -> Milestone | None:
    step = spec.steps.get(name)
    if step is None or "milestone" not in step.properties:
        return None
    note = Text("", "") if state == "done" else _note(step)
    return Milestone(name, milestone_text(step), state, at, note)


def milestone_text(step: Step) -> Text:
    """The sentence the citizen reads."""
    return Text(step.properties.get("milestone", ""), step.properties.get("milestoneEn", ""))


def _note(step: Step) -> Text:
    if step.properties.get("clock") == "paused":
        return Text("thời gian này không tính vào hạn trả", "this time does not count")
    limit = limit_of(step)
    if limit is None:
        return Text("", "")
    return Text(f"thường mất {limit.words('vi')}", f"usually takes {limit.words('en')}")


def _turn(connection: Connection, row: Row[*tuple[Any, ...]]) -> tuple[Turn, Text]:
    if row.status in _NOBODY:
        return "nobody", _NOBODY[row.status]
    role = connection.scalar(
        select(tasks.c.role)
        .where(tasks.c.dossier == row.id, tasks.c.state == "open", tasks.c.step.not_in(SIDES))
        .order_by(tasks.c.opened_at, tasks.c.id)
        .limit(1)
    )
    if row.status in _CITIZEN and (role is None or role in _DESKS):
        return "citizen", _CITIZEN[row.status]
    name = ROLE_NAMES.get(role or "")
    if name is None:
        return "office", Text("Cơ quan nhà nước đang giải quyết", "The office is working on it")
    return "office", Text(f"Đang chờ: {name.vi}", f"Waiting for: {name.en}")
