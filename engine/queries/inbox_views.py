"""The views of the inbox as conditions: what is mine, my office's, late, soon, untouched."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select

from engine.calendar import Calendar
from engine.sides import OPINION, SIDES
from engine.store.acting import kept_at
from engine.store.organisation import OVERSEERS, Actor, Post
from engine.store.tables import dossiers, escalations, messages, tasks

# Whoever oversees has the attention views over all they see, not only over what they may work on.
_WATCHERS = OVERSEERS | {"auditor"}
# What the citizen has said and waits for an answer to: reply, withdrawal, feedback.
OWED = (
    select(func.min(messages.c.kind))
    .where(
        messages.c.dossier == dossiers.c.id,
        messages.c.owed_at.is_not(None),
        messages.c.answered_at.is_(None),
    )
    .scalar_subquery()
)

# Whoever holds the step was told that they have left it lying: their colleagues were not.
_REMINDED = exists().where(
    escalations.c.task == tasks.c.id,
    escalations.c.duty == "unmoved",
    escalations.c.closed_at.is_(None),
)
_asked = tasks.alias("asked")
# An opinion came after anybody last had a hand in this step of the diagram.
ANSWERED = and_(
    tasks.c.step.not_in(list(SIDES)),
    exists().where(
        _asked.c.dossier == tasks.c.dossier,
        _asked.c.step == OPINION,
        _asked.c.state == "done",
        _asked.c.closed_at > tasks.c.touched_at,
    ),
)


def conditions_of(actor: Actor, now: datetime, days: Calendar) -> dict[str, ColumnElement[bool]]:
    """The condition of each view, for this actor at this instant."""
    held = or_(
        false(),
        *(and_(tasks.c.holder == actor.person, _at(post)) for post in actor.posts),
        *(
            and_(tasks.c.holder == s.person, _at(s.post))  # whose holder is away
            for s in actor.stands
        ),
    )
    office = or_(false(), *(_at(post) for post in actor.posts))
    every = tasks.c.state == "open"
    reach = every if actor.roles & _WATCHERS else or_(held, office)
    running = and_(dossiers.c.paused.is_(False), dossiers.c.settled_at.is_(None))
    soon = soon_until(now, days)
    return {
        "mine": held,
        "office": office,
        "all": every,
        "escalated": and_(dossiers.c.paused.is_(False), or_(_told(actor), and_(held, _REMINDED))),
        "late": and_(reach, running, dossiers.c.due_at < now),
        "soon": and_(reach, running, dossiers.c.due_at >= now, dossiers.c.due_at <= soon),
        "untouched": and_(reach, ~kept_at(now), tasks.c.draft_at.is_(None)),
        "paused": and_(reach, dossiers.c.paused.is_(True)),
    }


def _at(post: Post) -> ColumnElement[bool]:
    return and_(tasks.c.role == post.role, tasks.c.unit == post.unit)


def _told(actor: Actor) -> ColumnElement[bool]:
    """Of dossiers that were put before one of the actor's posts as due soon or late."""
    told = select(escalations.c.dossier).where(
        escalations.c.closed_at.is_(None),
        escalations.c.duty != "unmoved",
        or_(
            false(),
            *(
                and_(escalations.c.role == p.role, escalations.c.unit == p.unit)
                for p in actor.posts
            ),
        ),
    )
    return tasks.c.dossier.in_(told)


def soon_until(now: datetime, days: Calendar) -> datetime:
    """Due until the end of the next working day is due soon."""
    return days.add_working_days(now, 1)
