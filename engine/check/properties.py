"""The extension properties of the profile: where each may stand and what it may say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from engine.bpmn.diagram import Node, properties
from engine.bpmn.finding import Finding
from engine.bpmn.vocabulary import EVENTS, FLOW_NODES, HUMAN, SUBPROCESSES, Element, children, local
from engine.calendar import Limit
from engine.check.rules import found
from engine.check.subject import Subject, closest
from engine.errors import BadLimit
from engine.slips import DRAWN

_TIMED = HUMAN | SUBPROCESSES | {"callActivity"}
_SERVICE = frozenset({"serviceTask"})
_CALLS = frozenset({"businessRuleTask"})


@dataclass(frozen=True)
class Property:
    """One property of the profile and the elements that carry it."""

    name: str
    on: frozenset[str]


PROPERTIES: Final[Mapping[str, Property]] = MappingProxyType(
    {
        given.name: given
        for given in (
            Property("formJsonSchemaFilename", HUMAN),
            Property("formUiSchemaFilename", HUMAN),
            Property("timeLimit", _TIMED),
            Property("clock", _TIMED | EVENTS | _SERVICE),
            Property("clockReason", _TIMED | EVENTS | _SERVICE),
            Property("clockReasonEn", _TIMED | EVENTS | _SERVICE),
            Property("limit", FLOW_NODES),
            Property("status", _TIMED | EVENTS | _SERVICE),
            Property("milestone", FLOW_NODES),
            Property("milestoneEn", FLOW_NODES),
            Property("slip", HUMAN | _SERVICE),
            Property("place", HUMAN),
            Property("separateFrom", HUMAN),
            Property("operator", _SERVICE),
            Property("resultVariable", _SERVICE),
            Property("calledDecisionId", _CALLS),
            Property("decision", _CALLS),
            Property("decisionRef", _CALLS),
            Property("candidateGroups", HUMAN),
            Property("formKey", HUMAN | {"startEvent"}),
        )
    }
)


def step_properties(subject: Subject) -> Iterator[Finding]:
    """All rules about properties, of flow nodes and of whatever else carries some."""
    for diagram, node in subject.nodes():
        for name in written(node.element):
            yield from _place(diagram.file, node, name)
        values = properties(node.element)
        for name, check in _VALUES.items():
            if name in values:
                yield from check(subject, diagram.file, node, values[name].strip())
        if values.get("clock") == "paused" and not values.get("clockReason", "").strip():
            yield found("property.no-reason", diagram.file, node)


def written(element: Element) -> list[str]:
    """The names of the properties written on an element, attributes of other engines left out."""
    names = []
    for extensions in children(element, "extensionElements"):
        for listed in extensions:
            if local(listed) == "properties":
                names += [item.get("name") or item.get("key") or "" for item in listed]
    return names


def _place(file: str, node: Node, name: str) -> Iterator[Finding]:
    if name.startswith("param.") and node.kind == "serviceTask":
        return
    known = PROPERTIES.get(name)
    if known is None:
        meant = closest(name, PROPERTIES)
        yield found("property.unknown", file, node, property=name, meant=meant)
    elif node.kind not in known.on:
        allowed = ", ".join(sorted(known.on)) if len(known.on) < 8 else ""
        yield found("property.misplaced", file, node, property=name, allowed=allowed)


def _limit_text(subject: Subject, file: str, node: Node, value: str) -> Iterator[Finding]:
    try:
        Limit.parse(value)
    except BadLimit:
        yield found("property.bad-limit", file, node, property="timeLimit", value=value)


def _clock(subject: Subject, file: str, node: Node, value: str) -> Iterator[Finding]:
    if value != "paused":
        yield _bad(file, node, "clock", value, "paused")


def _named_limit(subject: Subject, file: str, node: Node, value: str) -> Iterator[Finding]:
    limits = subject.package.manifest.named_limits
    if value not in limits:
        meant = closest(value, limits)
        yield found("property.unknown-limit", file, node, value=value, meant=meant)


def _status(subject: Subject, file: str, node: Node, value: str) -> Iterator[Finding]:
    if value not in [str(number) for number in range(1, 11)]:
        yield _bad(file, node, "status", value, "1–10")


def _milestone(subject: Subject, file: str, node: Node, value: str) -> Iterator[Finding]:
    if not 3 <= len(value) <= 200:
        yield _bad(file, node, "milestone", value, "3–200")


def _slip(subject: Subject, file: str, node: Node, value: str) -> Iterator[Finding]:
    if value not in DRAWN:
        meant = closest(value, DRAWN)
        yield found("slip.unknown", file, node, value=value, meant=meant, allowed=", ".join(DRAWN))
    elif subject.package.slip_file(value) is None:
        yield found("slip.no-template", file, node, value=value)


def _returning(subject: Subject, file: str, node: Node, value: str) -> Iterator[Finding]:
    if value != "returning":
        yield _bad(file, node, "place", value, "returning")


def _separate(subject: Subject, file: str, node: Node, value: str) -> Iterator[Finding]:
    steps = subject.steps
    for name in (part.strip() for part in value.split(",")):
        if name not in steps:
            meant = closest(name, steps)
            yield found("property.unknown-step", file, node, value=name, meant=meant)
        elif steps[name].kind not in HUMAN or name == node.id:
            yield found("property.not-a-person", file, node, value=name)


def _bad(file: str, node: Node, name: str, value: str, allowed: str) -> Finding:
    return found("property.bad-value", file, node, property=name, value=value, allowed=allowed)


_VALUES: Final[Mapping[str, Callable[[Subject, str, Node, str], Iterator[Finding]]]] = {
    "timeLimit": _limit_text,
    "clock": _clock,
    "limit": _named_limit,
    "status": _status,
    "milestone": _milestone,
    "slip": _slip,
    "separateFrom": _separate,
    "place": _returning,
}


def limits_used(subject: Subject) -> Iterator[Finding]:
    """Named limits no element switches to."""
    used = {properties(node.element).get("limit", "").strip() for _, node in subject.nodes()}
    for name in subject.package.manifest.named_limits:
        if name not in used:
            yield found("manifest.unused-limit", "procedure.toml", value=name)
