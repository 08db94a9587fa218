"""A dossier told in sentences: where it stands on its path, and what happened, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from app.i18n import dates, language, say, t
from app.i18n import words as known_words

if TYPE_CHECKING:
    from engine.forms import Form
    from engine.queries.catalogue import PathStep
    from engine.queries.records import JournalLine


@dataclass(frozen=True)
class Waypoint:
    """One step of the path; ``state`` is done, current or ahead."""

    no: int
    id: str
    name: str
    who: str
    limit: str
    paused: bool
    state: str


@dataclass(frozen=True)
class Line:
    """One thing that happened, as the page says it; ``answers`` are (label, text)."""

    at: datetime
    who: str
    sentence: str
    detail: str
    tone: str
    answers: tuple[tuple[str, str], ...]


def way(path: Iterable[PathStep], done: Sequence[str], current: Sequence[str]) -> list[Waypoint]:
    """The plain path with the dossier's position in it."""
    lang: Literal["vi", "en"] = "en" if language() == "en" else "vi"
    return [
        Waypoint(
            no=step.no,
            id=step.id,
            name=step.name,
            who=say(step.who),
            limit=step.limit.words(lang) if step.limit else "",
            paused=step.paused,
            state="current" if step.id in current else "done" if step.id in done else "ahead",
        )
        for step in path
    ]


def lines(
    journal: Iterable[JournalLine],
    names: Mapping[str, str],
    forms: Callable[[str], Form | None],
) -> list[Line]:
    """The journal, newest first; ``names`` are the steps' names, ``forms`` finds a step's form."""
    return [_told(entry, names, forms) for entry in reversed(tuple(journal))]


def _told(
    entry: JournalLine, names: Mapping[str, str], forms: Callable[[str], Form | None]
) -> Line:
    fact = entry.fact
    step = str(fact.get("step", ""))
    words = {
        "step": fact.get("name") or names.get(step, step),
        "slip": _slip(str(fact.get("slip", ""))),
        "number": fact.get("number", ""),
        "status": fact.get("status", ""),
        "kind": entry.kind,
    }
    return Line(
        at=entry.at,
        who=t("dossiers.by_clock") if entry.actor == "clock" else entry.actor,
        sentence=t(_key(entry.kind), **words),
        detail=str(fact.get("reason") or ""),
        tone=_tone(entry.kind),
        answers=_answers(entry.answers, forms(step) if step else None),
    )


def _key(kind: str) -> str:
    key = f"journal.{kind.replace('.', '_').replace('-', '_')}"
    return key if key in known_words("vi") else "journal.other"


def _tone(kind: str) -> str:
    return "done" if kind in ("completed", "received", "returned", "settled") else ""


def _slip(kind: str) -> str:
    return t(f"slip.{kind}") if kind else ""


def _answers(answers: Mapping[str, Any] | None, form: Form | None) -> tuple[tuple[str, str], ...]:
    if not answers:
        return ()
    given = answers.get("answers") if isinstance(answers.get("answers"), Mapping) else answers
    return tuple(pairs(given or {}, form))


def pairs(answers: Mapping[str, Any], *forms: Form | None) -> list[tuple[str, str]]:
    """Answers as (label, text) through the forms that asked for them, else by their names."""
    labels, options = _labels([form for form in forms if form])
    found = []
    for name, value in answers.items():
        if value in (None, "", [], {}) or name.startswith("_"):
            continue
        found.append((labels.get(name, name), _text(value, options.get(name, {}))))
    return found


def _labels(forms: Iterable[Form]) -> tuple[dict[str, str], dict[str, Mapping[str, Any]]]:
    lang = language()
    labels: dict[str, str] = {}
    options: dict[str, Mapping[str, Any]] = {}
    for form in forms:
        for name, one in form.ui.get("fields", {}).items():
            labels[name] = _say(one.get("label", {}), lang) or name
            options[name] = one.get("options", {})
    return labels, options


def _say(text: Mapping[str, str], lang: str) -> str:
    return text.get(lang) or text.get("vi", "")


def _text(value: Any, options: Mapping[str, Any]) -> str:
    if isinstance(value, bool):
        return t("site.yes") if value else t("site.no")
    if isinstance(value, str) and value in options:
        return _say(options[value], language())
    if isinstance(value, str) and len(value) == 10 and value[4:5] == "-" == value[7:8]:
        return dates.day(value)
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    if isinstance(value, list):
        return "; ".join(_text(one, options) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(_text(one, {}) for one in value.values() if one not in (None, ""))
    return str(value)
