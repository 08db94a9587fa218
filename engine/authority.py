"""The only judge: who may do what, and why not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from types import MappingProxyType
from typing import Any, Final

from engine.errors import ClaimedByAnother, MayNot
from engine.store.organisation import CITIZEN, CLOCK, OVERSEERS, Actor, Post, Unit

ALL: Final = "all"  # what the auditor sees; any other answer of visible_to is a set of units


@dataclass(frozen=True)
class Verdict:
    """Yes, and by which post of the actor's; or no with a key of engine.reasons.REASONS."""

    yes: bool
    reason: str = ""
    post: Post | None = None

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
    """A task as the judge looks at it; whoever is ``apart`` did the step it is kept from."""

    role: str
    unit: str
    holder: int | None = None
    apart: frozenset[int] = frozenset()
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
    (receive, notices, folder, absence), a TaskThing (work, claim, release, reassign), an AskedThing
    (recall), None for the rest. An act nobody has named: KeyError.
    """
    judge = _ACTS[act]
    if actor is None:
        return _no("nobody")
    return judge(actor, thing)


def require(actor: Actor | None, act: str, thing: Any = None) -> Verdict:
    """The judge's yes; MayNot otherwise, ClaimedByAnother where only another's claim forbids."""
    verdict = may(actor, act, thing)
    if verdict:
        return verdict
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


def _by(post: Post | None, reason: str) -> Verdict:
    return Verdict(True, post=post) if post else _no(reason)


def _seat(actor: Actor, *wanted: tuple[str, str], over: Collection[str] = ()) -> Post | None:
    """The actor's post that is one of those wanted, or an overseer's of one of the offices.

    Their own before one that is lent to them: whoever may by themselves acts in nobody's place.
    """
    for mine in (actor.own, actor.posts):
        found = [post for post in (Post(*one) for one in wanted) if post in mine]
        found += [post for post in mine if _overlooks(actor, post, over)]
        if found:
            return found[0]
    return None


def _overlooks(actor: Actor, post: Post, offices: Collection[str]) -> bool:
    """Whether it is an overseer's post at one of the offices or at one above it."""
    if post.role not in OVERSEERS:
        return False
    return post.unit in offices or not actor.reach(post).isdisjoint(offices)


def _see(actor: Actor, thing: Concern) -> Verdict:
    seen = visible_to(actor)
    if seen == ALL or (isinstance(seen, frozenset) and seen & thing.offices):
        return YES
    return _no("foreign")


def _receive(actor: Actor, centre: str) -> Verdict:
    return _by(_seat(actor, ("reception", centre)), "reception")


def _work(actor: Actor, thing: TaskThing) -> Verdict:
    post = Post(thing.role, thing.unit)
    if post not in actor.posts:
        return _no("post")
    if actor.person in thing.apart:
        return _no("separate")
    # What an absent person holds goes on.
    mine = {None, actor.person, *(stand.person for stand in actor.stands if stand.post == post)}
    return _by(post if thing.holder in mine else None, "held")


def _release(actor: Actor, thing: TaskThing) -> Verdict:
    if actor.person is not None and actor.person == thing.holder:
        return _by(Post(thing.role, thing.unit), "not-held")
    return _reassign(actor, thing) or _no("not-held")


def _reassign(actor: Actor, thing: TaskThing) -> Verdict:
    return _by(_seat(actor, ("leader", thing.unit), over=(thing.unit,)), "lead")


def _notices(actor: Actor, centre: str | None) -> Verdict:
    if "admin" in actor.roles:
        return YES
    return _by(_seat(actor, over=(centre,) if centre else ()), "lead")


def _absence(actor: Actor, office: str) -> Verdict:
    # By a post of their own: a place that is lent is neither passed on nor prolonged.
    heads = (post for post in actor.own if post == Post("leader", office))
    above = (post for post in actor.own if _overlooks(actor, post, (office,)))
    return _by(next(chain(heads, above), None), "heads")


def _correct(actor: Actor, thing: Concern) -> Verdict:
    trusted = ("reception", thing.receiving), ("leader", thing.deciding)
    return _concerned(actor, thing, "lead", *trusted, over=(thing.receiving,))


def _collect(actor: Actor, thing: Concern) -> Verdict:
    desks = (thing.receiving, thing.returning or thing.receiving)
    takers = [(role, unit) for unit in desks for role in ("cashier", "reception")]
    return _concerned(actor, thing, "cashier", *takers, over=(thing.receiving,))


def _folder(actor: Actor, unit: str) -> Verdict:
    return _by(_seat(actor, *((role, unit) for role in _WORKERS)), "post")


def _suspend(actor: Actor, thing: Concern) -> Verdict:
    leads = ("leader", thing.deciding)
    return _concerned(actor, thing, "lead", leads, over=(thing.receiving,))


def _note(actor: Actor, thing: Concern) -> Verdict:
    if not _see(actor, thing):
        return _no("foreign")
    if not actor.roles & (frozenset(_WORKERS) | OVERSEERS):
        return _no("role")
    return _at(actor, thing, thing.offices)


def _speak(actor: Actor, thing: Concern) -> Verdict:
    noted = _note(actor, thing)
    if not noted:
        return noted
    at_hand = thing.offices - thing.asked
    if at_hand.isdisjoint(actor.units | actor.oversees):
        return _no("asked")
    return _at(actor, thing, at_hand)


def _recall(actor: Actor, thing: AskedThing) -> Verdict:
    if not _see(actor, thing.concern):
        return _no("foreign")
    if actor.person is not None and actor.login == thing.asker:
        return _at(actor, thing.concern, thing.concern.offices)
    return _suspend(actor, thing.concern) or _no("asker")


def _at(actor: Actor, thing: Concern, offices: Collection[str]) -> Verdict:
    """Yes, by whatever post they have at one of the offices, the deciding one first."""
    first = (thing.deciding, thing.receiving, *sorted(offices))
    here = ((role, unit) for unit in first if unit in offices for role in _WORKERS)
    return Verdict(True, post=_seat(actor, *here, over=offices))


def _extend(actor: Actor, thing: Concern) -> Verdict:
    return _concerned(actor, thing, "lead", ("leader", thing.deciding))


def _retry(actor: Actor, thing: Concern) -> Verdict:
    return _concerned(actor, thing, "lead", over=thing.offices)


def _concerned(
    actor: Actor,
    thing: Concern,
    reason: str,
    *wanted: tuple[str, str],
    over: Collection[str] = (),
) -> Verdict:
    """By one of those posts, of a dossier that concerns the actor."""
    return _by(_seat(actor, *wanted, over=over), reason) if _see(actor, thing) else _no("foreign")


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
