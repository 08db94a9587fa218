"""The only judge: who may do what, and why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from engine.errors import ClaimedByAnother, MayNot
from engine.store.organisation import CITIZEN, CLOCK, DELEGABLE, OVERSEERS, Actor, Unit

ALL: Final = "all"  # what the auditor sees; any other answer of visible_to is a set of units


@dataclass(frozen=True)
class Verdict:
    """Yes, or no with a key of engine.reasons.REASONS."""

    yes: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.yes


@dataclass(frozen=True)
class Concern:
    """The offices a dossier concerns or has ever concerned; ``asked``: only for an opinion."""

    receiving: str
    deciding: str
    concerned: frozenset[str]
    trial: bool = False
    returning: str = ""
    asked: frozenset[str] = frozenset()

    @property
    def offices(self) -> frozenset[str]:
        return self.concerned | {self.receiving, self.deciding}


@dataclass(frozen=True)
class TaskThing:
    """A task as the judge looks at it; ``separate_from_person`` did the step it is kept from."""

    role: str
    unit: str
    holder: int | None = None
    separate_from_person: int | None = None
    task: str = ""
    claimed_at: datetime | None = None


@dataclass(frozen=True)
class AskedThing:
    """An opinion as the judge looks at it: the login of who asked, and the dossier's offices."""

    asker: str
    concern: Concern


YES: Final = Verdict(True)


def may(actor: Actor | None, act: str, thing: Any = None) -> Verdict:
    """Whether the actor may do the act to the thing at the instant the actor was read for.

    Things: a Concern (see, correct, collect, retry, suspend, extend, note, speak), an office's code
    (receive, notices, folder), a TaskThing (work, claim, release, reassign), an AskedThing
    (recall), an Actor (absence: who is away), None for the rest. An act nobody has named: KeyError.
    """
    judge = _ACTS[act]
    if actor is None:
        return _no("nobody")
    return judge(actor, thing)


def require(actor: Actor | None, act: str, thing: Any = None) -> None:
    """Raise MayNot unless the actor may; ClaimedByAnother where only another's claim forbids."""
    verdict = may(actor, act, thing)
    if verdict:
        return
    if verdict.reason == "held":
        raise ClaimedByAnother(task=thing.task, by=thing.holder, at=thing.claimed_at)
    raise MayNot(reason=verdict.reason, act=act)


def visible_to(
    actor: Actor | None, units: Mapping[str, Unit] | None = None
) -> frozenset[str] | str:
    """The units whose dossiers the actor sees (for ``concerned.unit IN …``); ALL for the auditor.

    The same rule as the act ``see``; ``units`` narrows the answer to offices given.
    """
    if actor is None:
        return frozenset()
    if actor == CLOCK or "auditor" in actor.roles:
        return ALL
    seen = actor.units | actor.oversees
    return seen if units is None else seen & frozenset(units)


def _no(reason: str) -> Verdict:
    return Verdict(False, reason)


def _looks_down_on(actor: Actor, unit: str, roles: frozenset[str] = OVERSEERS) -> bool:
    """Whether an overseer's post is at the unit or at one above it."""
    return bool(actor.roles & roles) and (
        unit in actor.oversees or any(p.unit == unit and p.role in roles for p in actor.posts)
    )


def _see(actor: Actor, thing: Concern) -> Verdict:
    seen = visible_to(actor)
    if seen == ALL or (isinstance(seen, frozenset) and seen & thing.offices):
        return YES
    return _no("foreign")


def _receive(actor: Actor, centre: str) -> Verdict:
    return YES if actor.holds("reception", centre) else _no("reception")


def _work(actor: Actor, thing: TaskThing) -> Verdict:
    if not actor.holds(thing.role, thing.unit):
        return _no("post")
    if actor.person is not None and actor.person == thing.separate_from_person:
        return _no("separate")
    stand = actor.stand(thing.role, thing.unit)
    mine = (None, actor.person, stand and stand.person)  # what the absent person holds goes on
    return YES if thing.holder in mine else _no("held")


def _release(actor: Actor, thing: TaskThing) -> Verdict:
    if actor.person is not None and actor.person == thing.holder:
        return YES
    return YES if _reassign(actor, thing) else _no("not-held")


def _reassign(actor: Actor, thing: TaskThing) -> Verdict:
    if actor.holds("leader", thing.unit) or _looks_down_on(actor, thing.unit):
        return YES
    return _no("lead")


def _notices(actor: Actor, centre: str | None) -> Verdict:
    if "admin" in actor.roles or (centre and _looks_down_on(actor, centre)):
        return YES
    return _no("lead")


def _absence(actor: Actor, away: Actor) -> Verdict:
    # All their posts are lent: whoever heads one of the offices lends nothing of another.
    lent = {post.unit for post in away.own if post.role in DELEGABLE}
    offices = lent or {post.unit for post in away.own}
    heads = all(actor.holds("leader", unit) or _looks_down_on(actor, unit) for unit in offices)
    return YES if heads and offices else _no("lead")


def _correct(actor: Actor, thing: Concern) -> Verdict:
    if not _see(actor, thing):
        return _no("foreign")
    trusted = (
        actor.holds("reception", thing.receiving)
        or actor.holds("leader", thing.deciding)
        or _looks_down_on(actor, thing.receiving)
    )
    return YES if trusted else _no("lead")


def _collect(actor: Actor, thing: Concern) -> Verdict:
    if not _see(actor, thing):
        return _no("foreign")
    desks = (thing.receiving, thing.returning or thing.receiving)
    if any(actor.holds(role, unit) for role in ("cashier", "reception") for unit in desks):
        return YES
    return YES if _looks_down_on(actor, thing.receiving) else _no("cashier")


def _folder(actor: Actor, unit: str) -> Verdict:
    at_work = any(post.unit == unit and post.role in _WORKERS for post in actor.posts)
    return YES if at_work else _no("post")


def _suspend(actor: Actor, thing: Concern) -> Verdict:
    if not _see(actor, thing):
        return _no("foreign")
    decides = actor.holds("leader", thing.deciding)
    return YES if decides or _looks_down_on(actor, thing.receiving) else _no("lead")


def _note(actor: Actor, thing: Concern) -> Verdict:
    if not _see(actor, thing):
        return _no("foreign")
    return YES if actor.roles & (frozenset(_WORKERS) | OVERSEERS) else _no("role")


def _speak(actor: Actor, thing: Concern) -> Verdict:
    noted = _note(actor, thing)
    if not noted:
        return noted
    at_hand = (actor.units | actor.oversees) & (thing.offices - thing.asked)
    return YES if at_hand else _no("asked")


def _recall(actor: Actor, thing: AskedThing) -> Verdict:
    if not _see(actor, thing.concern):
        return _no("foreign")
    asked = actor.person is not None and actor.login == thing.asker
    return YES if asked or _suspend(actor, thing.concern) else _no("asker")


def _extend(actor: Actor, thing: Concern) -> Verdict:
    if not _see(actor, thing):
        return _no("foreign")
    return YES if actor.holds("leader", thing.deciding) else _no("lead")


def _retry(actor: Actor, thing: Concern) -> Verdict:
    if not _see(actor, thing):
        return _no("foreign")
    return YES if any(_looks_down_on(actor, unit) for unit in thing.offices) else _no("lead")


def _needs(*roles: str) -> Callable[[Actor, Any], Verdict]:
    def judge(actor: Actor, thing: Any) -> Verdict:
        return YES if actor.roles & frozenset(roles) else _no("role")

    return judge


def _by_citizen(actor: Actor, thing: Any) -> Verdict:
    return YES if actor == CITIZEN else _no("citizen")


def _by_clock(actor: Actor, thing: Any) -> Verdict:
    return YES if actor == CLOCK else _no("clock")


def _anybody_posted(actor: Actor, thing: Any) -> Verdict:
    return YES if actor.posts else _no("role")


_WORKERS = ("reception", "officer", "leader", "clerk", "cashier", "liaison", "director")
_ACTS: Final[Mapping[str, Callable[[Actor, Any], Verdict]]] = MappingProxyType(
    {
        "see": _see,
        "receive": _receive,
        "work": _work,
        "claim": _work,
        "release": _release,
        "reassign": _reassign,
        "correct": _correct,
        "retry": _retry,
        "collect": _collect,
        "folder": _folder,
        "suspend": _suspend,
        "note": _note,
        "speak": _speak,
        "recall": _recall,
        "extend": _extend,
        "upload": _needs(*_WORKERS),
        "report": _anybody_posted,
        "publish": _needs("designer"),
        "approve": _needs("approver"),
        "rollout": _needs("admin"),
        "calendar": _needs("admin"),
        "organise": _needs("admin"),
        "absence": _absence,
        "notices": _notices,
        "self": _anybody_posted,
        "citizen": _by_citizen,
        "clock": _by_clock,
    }
)
ACTS: Final = tuple(_ACTS)
