"""One thing a check says about a file: which rule, where, and what its sentence needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.bpmn.diagram import Diagram, Node
from engine.bpmn.vocabulary import Element, local

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Finding:
    """A rule's word about one element; the sentences live in ``engine.words``."""

    rule: str
    severity: Severity
    file: str
    element: str | None = None
    name: str = ""
    kind: str = ""
    line: int | None = None
    particulars: Mapping[str, object] = field(default_factory=dict)


def found(
    rule: str, severity: Severity, diagram: Diagram, node: Node, **particulars: object
) -> Finding:
    """A finding about a flow node."""
    return Finding(
        f"bpmn.{rule}",
        severity,
        diagram.file,
        node.id,
        node.name,
        node.kind,
        node.line,
        particulars,
    )


def about(
    diagram: Diagram,
    element: Element,
    rule: str,
    severity: Severity = "error",
    said: Mapping[str, object] | None = None,
    **more: object,
) -> Finding:
    """A finding about any other element."""
    identity, name = element.get("id"), " ".join((element.get("name") or "").split())
    told = {**(said or {}), **more}
    line = element.sourceline
    return Finding(rule, severity, diagram.file, identity, name, local(element), line, told)
