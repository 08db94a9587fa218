"""A dossier told in sentences: where it stands on its path, and what happened, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from app.i18n import dates, language, say, t, tongue
from app.i18n import words as known_words
from engine.codes.statuses import FINISHED
from engine.forms.showing import counted, said
from engine.forms.typed import day
from engine.queries.wording import STATUS_NAMES
from engine.sides import OPINION, SIDES, side_form

if TYPE_CHECKING:
    from engine.forms import Field, Form
    from engine.package import Paper
    from engine.queries.catalogue import PathStep
    from engine.queries.dossiers import DossierView
    from engine.queries.opinions import OpinionLine
    from engine.queries.records import JournalLine


_NOTHING: tuple[Any, ...] = (None, "", [], {})


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
    """What one person did at one instant: the chief sentence, and what came of it.

    ``answers`` are (label, text) pairs.
    """

    at: datetime
    who: str
    sentence: str
    detail: str
    tone: str
    also: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]


def way(
    path: Iterable[PathStep],
    done: Sequence[str] = (),
    current: Sequence[str] = (),
    waiting: Mapping[str, str] | None = None,
) -> list[Waypoint]:
    """The plain path with a position in it.

    ``waiting`` names the open steps; one beside the plain path stands behind what is done.
    """
    lang = tongue()
    found = [
        Waypoint(
            no=step.no,
            id=step.id,
            name=say(step.name),
            who=say(step.who),
            limit=step.limit.words(lang) if step.limit else "",
            paused=step.paused,
            state="current" if step.id in current else "done" if step.id in done else "ahead",
        )
        for step in path
    ]
    on_it = {step.id for step in found}
    behind = sum(step.state == "done" for step in found)
    found[behind:behind] = [
        Waypoint(0, step, name, "", "", False, "current")
        for step, name in (waiting or {}).items()
        if step not in on_it
    ]
    return found


def where(
    path: Iterable[PathStep], dossier: DossierView, waiting: Mapping[str, str]
) -> list[Waypoint]:
    """The plain path with the dossier's position in it.

    Once it is decided nothing stands there that cannot come, but how it was decided, unless with a
    result.
    """
    found = way(path, dossier.done, dossier.current, waiting)
    if dossier.status not in FINISHED:
        return found
    waits = [no for no, step in enumerate(found) if step.state == "current"]
    last = waits[-1] if waits else len(found)
    gone = [no for no, step in enumerate(found[:last]) if step.state == "ahead"]
    kept = [step for no, step in enumerate(found) if no not in gone]
    if dossier.stopped:
        kept.append(_verdict(say(STATUS_NAMES[dossier.status])))
    elif dossier.refused:  # where it left the path, else before the slip is handed over
        kept.insert(gone[0] if gone else len(kept) - 1, _verdict(t("dossiers.refused")))
    return kept


def _verdict(name: str) -> Waypoint:
    return Waypoint(0, "", name, "", "", False, "done")


def lines(
    journal: Iterable[JournalLine],
    names: Mapping[str, str],
    forms: Callable[[str], Form | None],
    untold: Mapping[str, str] | None = None,
) -> list[Line]:
    """The journal told, newest first: one line for one act, with what came of it.

    ``names`` are the names of the release's elements, ``forms`` finds a step's form, ``untold``
    the state of messages by their key that did not leave the house.
    """
    known = [_still(entry, untold or {}) for entry in journal]
    acts = groupby(known, key=lambda entry: (entry.at, entry.actor))
    told = (_told(_worth_telling(list(entries), names), names, forms) for _, entries in acts)
    return [line for line in told if line][::-1]


def _still(entry: JournalLine, untold: Mapping[str, str]) -> JournalLine:
    """A message that has not left is not one that was sent; a slip is no file of somebody's."""
    if entry.kind == "read" and entry.fact.get("slip"):
        return replace(entry, kind="read_slip")
    state = untold.get(str(entry.fact.get("notice", ""))) if entry.kind == "told" else None
    if state is None:
        return entry
    return replace(entry, kind=f"told_{'pending' if state == 'sending' else state}")


def _worth_telling(
    entries: list[JournalLine], names: Mapping[str, str]
) -> list[tuple[str, JournalLine]]:
    """(word, entry) of one act, without what another line of it says or only machines read."""
    kinds = {entry.kind for entry in entries}
    done = {entry.fact.get("step") for entry in entries if entry.kind == "completed"}
    found: list[tuple[str, JournalLine]] = []
    for entry in entries:
        if entry.kind == "passed":
            if entry.actor == "clock" and _passed(entry, names):
                found.append(("time", entry))
        elif entry.kind == "completed" and "received" in kinds:
            found.append(("received", entry))
        elif not _said_elsewhere(entry, kinds, done):
            found.append((entry.kind.replace(".", "_").replace("-", "_"), entry))
    return found


def _said_elsewhere(entry: JournalLine, kinds: set[str], done: set[Any]) -> bool:
    """Whether another line of the same act says it already."""
    if entry.kind == "opened":
        return entry.fact.get("step") in done
    if entry.kind == "received":
        return "completed" in kinds
    if entry.kind in ("paused", "resumed"):
        return kinds >= {"paused", "resumed"}  # the clock stood before and stands on
    return entry.kind == "duty_due_soon" and "duty_due_passed" in kinds


def _told(
    entries: list[tuple[str, JournalLine]],
    names: Mapping[str, str],
    forms: Callable[[str], Form | None],
) -> Line | None:
    if not entries:
        return None
    entries.sort(key=lambda pair: _RANK.get(pair[0], len(_RANK)))
    sentences = [_sentence(word, entry, names) for word, entry in entries]
    word, chief = entries[0]
    step = str(chief.fact.get("step", ""))
    return Line(
        at=chief.at,
        who=_who(chief),
        sentence=sentences[0],
        detail=str(chief.fact.get("reason") or ""),
        tone="done" if word in ("completed", "received", "returned", "settled") else "",
        also=tuple(sentences[1:]),
        answers=_answers(chief.answers, forms(step) if step else None),
    )


def _who(entry: JournalLine) -> str:
    if entry.actor == "clock":
        return t("dossiers.by_clock")
    if entry.actor == "citizen":
        return t("dossiers.by_citizen")
    absent = entry.fact.get("instead_of")
    return t("journal.instead_of", who=entry.actor, absent=absent) if absent else entry.actor


# What an act is called after when it wrote several lines; the rest in the order written.
_RANK = {
    word: rank
    for rank, word in enumerate(
        (
            *("received", "completed", "cancelled", "applicant_corrected", "replaced"),
            *("time", "duty_due_passed", "duty_due_soon", "withdrawn"),
        )
    )
}


def _sentence(word: str, entry: JournalLine, names: Mapping[str, str]) -> str:
    fact = entry.fact
    step = str(fact.get("step", ""))
    key = f"journal.{word}"
    return t(
        key if key in known_words("vi") else "journal.other",
        step=_passed(entry, names) or fact.get("name") or names.get(step, step),
        slip=t(f"slip.{fact['slip']}") if fact.get("slip") else "",
        number=fact.get("number", ""),
        status=say(STATUS_NAMES.get(fact.get("status", 0))),
        due=dates.long(datetime.fromisoformat(fact["due"]), language()) if fact.get("due") else "",
        event=t(f"notice.{fact['event']}") if fact.get("event") else "",
        said=t(f"messages.{fact['said']}") if fact.get("said") else "",
        receiver=t(f"receiver.{fact['receiver']}") if fact.get("receiver") else "",
        marks=t(f"track.marks_{fact['marks']}") if fact.get("marks") else "",
        kind=entry.kind,
    )


def _passed(entry: JournalLine, names: Mapping[str, str]) -> str:
    """The first named element that was passed: the timer, not the end behind it."""
    named = (names[step] for step in entry.fact.get("passed", ()) if names.get(step))
    return next(named, "")


def _answers(answers: Mapping[str, Any] | None, form: Form | None) -> tuple[tuple[str, str], ...]:
    if not answers:
        return ()
    given = answers.get("answers") if isinstance(answers.get("answers"), Mapping) else answers
    return tuple(pairs(given or {}, form))


def paper_titles(papers: Iterable[Paper], forms: Iterable[Form]) -> dict[str, str]:
    """What a dossier's files belong to: the papers of the counter, then the fields of its steps."""
    lang = language()
    every = (*forms, *(side_form(id) for id in SIDES))
    fields = {f"field:{one.path}": one for form in every for one in form.walk()}
    return {
        **{paper.key: say(paper.title) for paper in papers},
        **{key: one.label.say(lang) for key, one in fields.items() if one.kind == "file"},
    }


def pairs(answers: Mapping[str, Any], *forms: Form | None) -> list[tuple[str, str]]:
    """Answers as (label, text) through the forms that asked for them, else by their names."""
    asked = _asked([form for form in forms if form])
    lang, found = language(), []
    for name, value in answers.items():
        if value in _NOTHING or name.startswith("_"):
            continue
        # Several steps may ask under one name: the answer belongs to the one that offers it.
        ways = asked.get(name, ())
        one = next((way for way in ways if _offers(way, value)), ways[-1] if ways else None)
        found.append((one.label.say(lang) if one else name, _text(one, value, lang)))
    return found


def opinion(line: OpinionLine) -> list[tuple[str, str]]:
    """What the office that was asked said, through the form it answered with."""
    given = line.answers or {}
    told = {name: given[name] for name in ("position", "opinion") if name in given}
    return pairs(told, side_form(OPINION))


def _asked(forms: Iterable[Form]) -> dict[str, list[Field]]:
    """The fields of every name."""
    asked: dict[str, list[Field]] = {}
    for form in forms:
        for one in form.fields:
            asked.setdefault(one.name, []).append(one)
    return asked


def _offers(one: Field, value: Any) -> bool:
    return any(option == value and type(option) is type(value) for option, _ in one.options)


def _text(one: Field | None, value: Any, lang: str) -> str:
    """One answer as its field says it; groups and rows by what is in them."""
    if isinstance(value, list) and (one is None or one.kind == "rows"):
        return "; ".join(_text(one, each, lang) for each in value)
    if isinstance(value, Mapping) and (one is None or one.kind in ("group", "rows")):
        inside = {child.name: child for child in one.children} if one else {}
        told = ((inside.get(name), each) for name, each in value.items())
        return ", ".join(_text(child, each, lang) for child, each in told if each not in _NOTHING)
    if one is not None:
        return said(one, value, lang)
    return _plain(value)


def _plain(value: Any) -> str:
    """An answer that no form asks for any more."""
    if isinstance(value, bool):
        return t("site.yes") if value else t("site.no")
    if isinstance(value, (int, float)):
        return counted(value)
    return day(str(value))
