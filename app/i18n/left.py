"""How much legal time is left, in words and one of five tones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from app.i18n.catalogue import t
from app.i18n.dates import short
from engine.calendar import TimeLeft


@dataclass(frozen=True)
class Left:
    """``tone`` is late, soon, ok or paused; ``words`` says it, ``detail`` gives the instant."""

    tone: str
    words: str
    detail: str


def left(
    due: datetime | None,
    owed: TimeLeft | None,
    now: datetime,
    lang: str,
    *,
    paused: bool = False,
    soon: bool = False,
    remaining: tuple[Fraction | int, str] | None = None,
) -> Left:
    """The time left until ``due``; while the clock stands, what is owed when it runs again."""
    if paused:
        detail = t("left.when_resumed", lang, amount=amount(*remaining, lang)) if remaining else ""
        return Left("paused", t("left.paused", lang), detail)
    detail = t("left.until", lang, at=short(due, now, lang)) if due else ""
    if owed is None:
        return Left("ok", t("left.settled", lang), detail)
    if owed.late and not owed.amount:  # nothing of the working time has gone by since: a weekend
        return Left("late", t("left.late_now", lang), detail)
    span = t(f"left.{owed.unit}", lang, n=owed.amount)
    if owed.late:
        return Left("late", t("left.late", lang, amount=span), detail)
    return Left("soon" if soon or owed.unit != "days" else "ok", span, detail)


def amount(n: Fraction | int, unit: str, lang: str) -> str:
    """``6 ngày``, ``4 giờ`` from what the legal clock still owes."""
    whole = int(n) if n == int(n) else str(round(float(n), 1)).replace(".", ",")
    return t("left.hours" if "hour" in unit else "left.days", lang, n=whole)
