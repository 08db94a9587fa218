"""The closed list of what this room can say, each rule with its severity."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from engine.bpmn.diagram import Node
from engine.bpmn.finding import Finding, Severity

RULES: Final[Mapping[str, Severity]] = MappingProxyType(
    {
        # the package as a whole
        "check.failed": "error",
        "check.more": "error",
        "package.unreadable": "error",
        "file.unused": "warning",
        # procedure.toml
        "manifest.unreadable": "error",
        "manifest.missing-key": "error",
        "manifest.unknown-key": "error",
        "manifest.wrong-type": "error",
        "manifest.bad-limit": "error",
        "manifest.bad-hours": "error",
        "manifest.bad-value": "error",
        "manifest.bad-code": "error",
        "manifest.duplicate": "error",
        "manifest.no-english": "warning",
        "manifest.no-legal-basis": "warning",
        "manifest.folder-name": "error",
        "manifest.no-process": "error",
        "manifest.unknown-role": "error",
        "manifest.unknown-unit": "error",
        "manifest.unused-lane": "warning",
        "manifest.unused-limit": "warning",
        "manifest.unused-register": "warning",
        "manifest.unused-supplement": "warning",
        "manifest.unknown-field": "error",
        "manifest.bad-expression": "error",
        "manifest.no-deciding": "error",
        "manifest.fee-amount": "error",
        "manifest.unknown-decision": "error",
        # people
        "lane.none": "error",
        "lane.unmapped": "error",
        "counter.none": "info",
        "start.never": "error",
        # forms
        "form.none": "error",
        "form.missing": "error",
        "form.no-ui": "error",
        "form.unreadable": "error",
        "form.profile": "error",
        "form.unread": "warning",
        "form.unused": "warning",
        # properties
        "property.unknown": "warning",
        "property.misplaced": "warning",
        "property.bad-value": "error",
        "property.bad-limit": "error",
        "property.unknown-limit": "error",
        "property.unknown-step": "error",
        "property.not-a-person": "error",
        "property.no-reason": "warning",
        "status.unlawful": "warning",
        # services
        "service.unknown": "error",
        "service.missing-parameter": "error",
        "service.unknown-parameter": "error",
        "service.result-lost": "warning",
        "service.unknown-register": "error",
        "service.unknown-fee": "error",
        # slips
        "slip.unknown": "error",
        "slip.no-template": "error",
        "slip.broken": "error",
        "slip.bad-sets": "error",
        # names
        "name.unknown": "error",
        "name.maybe-unset": "warning",
        "name.optional": "warning",
        "name.reserved": "error",
        # walks
        "walk.none": "error",
        "walk.unreadable": "error",
        "walk.unknown-key": "warning",
        "walk.missing-key": "error",
        "walk.bad-value": "error",
        "walk.unknown-step": "error",
        "walk.uncovered": "error",
    }
)


def found(
    rule: str, file: str, node: Node | None = None, line: int | None = None, **particulars: object
) -> Finding:
    """A finding of one of our rules, about a drawn element or about a file."""
    if node is None:
        return Finding(rule, RULES[rule], file, line=line or None, particulars=particulars)
    return Finding(
        rule, RULES[rule], file, node.id, node.name, node.kind, line or node.line, particulars
    )
