"""What ``procedure.toml`` says, as frozen dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.calendar import Limit
from engine.errors import BadExpression
from engine.script import compile_expression

MODELS = ("two-level", "three-level")  # of government: who decides, and so at whose desk steps lie


@dataclass(frozen=True)
class Text:
    """One sentence in the two languages of the platform; Vietnamese is the source."""

    vi: str
    en: str = ""

    def say(self, lang: str) -> str:
        """The sentence in ``lang``; Vietnamese where there is no translation."""
        return (self.en or self.vi) if lang == "en" else self.vi


def _holds(condition: str | None, answers: Mapping[str, Any]) -> bool:
    """Whether a condition over the counter's answers is true; none always is."""
    if condition is None:
        return True
    try:
        return bool(compile_expression(condition).evaluate(dict(answers)))
    except BadExpression:
        return False  # an answer it depends on is missing: that field has its own fault


@dataclass(frozen=True)
class NamedLimit:
    """A limit a diagram switches to with the property ``limit``; counted from receipt."""

    name: str
    title: Text
    limit: Limit


@dataclass(frozen=True)
class Paper:
    """One component of the dossier; ``when`` is an expression over the counter form's answers."""

    key: str
    title: Text
    kind: str
    quantity: int
    required: bool
    when: str | None

    def needed(self, answers: Mapping[str, Any]) -> bool:
        """Whether a dossier with these answers must hold it."""
        return self.required and _holds(self.when, answers)


@dataclass(frozen=True)
class Fee:
    """A fee in đồng: a fixed amount, or the DMN decision that computes it.

    ``local``: the province's council sets it and nobody has written it down here yet. ``only``: an
    expression over the counter's answers, true where the fee is due at all; ``each``: the answer
    that says how many times it is due.
    """

    key: str
    title: Text
    amount: int | None
    decision: str | None
    when: str
    local: bool = False
    only: str | None = None
    each: str | None = None

    @property
    def conditional(self) -> bool:
        """Whether some dossiers owe nothing of it."""
        return bool(self.only or self.each)

    def due(self, answers: Mapping[str, Any]) -> int:
        """What a dossier with these answers owes of a fixed fee."""
        times = answers.get(self.each) if self.each else 1
        if not self.amount or not isinstance(times, int) or not _holds(self.only, answers):
            return 0
        return self.amount * times


@dataclass(frozen=True)
class Post:
    """Who works in a lane: a role at a unit (``receiving``, ``deciding``, ``fixed:…``)."""

    role: str
    unit: str


@dataclass(frozen=True)
class Supplement:
    """How often the citizen may be asked for more (None: no bound); working days they have.

    ``told`` is False where procedure.toml says nothing about it: then nothing is promised.
    """

    max_rounds: int | None
    days: int
    told: bool = True


@dataclass(frozen=True)
class Manifest:
    """The facts of a procedure that are not drawn in its diagram."""

    code: str
    name: str
    title: Text
    summary: Text
    level: str
    process: str
    legal_basis: tuple[Text, ...]
    limit: Limit
    restart_on_resume: bool
    named_limits: Mapping[str, NamedLimit]
    papers: tuple[Paper, ...]
    fees: tuple[Fee, ...]
    channels: tuple[str, ...]
    lanes: Mapping[str, Post]
    deciding: Mapping[str, str]
    territory_field: str | None
    supplement: Supplement
    registers: Mapping[str, Text]
    keywords: Text
    result: Text
    instant: bool
    idle: Limit  # in working hours: a step that nobody touches for so long is mentioned
