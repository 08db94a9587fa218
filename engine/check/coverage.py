"""Which drawn flows the walks of a package have taken."""

from __future__ import annotations

from collections.abc import Collection

from engine.bpmn.finding import Finding
from engine.check.rules import found
from engine.check.subject import read_subject
from engine.package import Package


def coverage(package: Package, passed: Collection[str]) -> tuple[Finding, ...]:
    """One finding for each sequence flow of the procedure's own diagrams that no walk took.

    ``passed`` holds the ids of the flows all walks together went along, as the player saw them.
    """
    taken = frozenset(passed)
    findings = []
    for diagram in read_subject(package).diagrams:
        if diagram.file.startswith("shared/"):
            continue  # what is shared has walks of its own
        for scope in diagram.scopes:
            nodes = scope.by_id()
            for flow in scope.flows:
                if flow.id in taken or flow.source not in nodes:
                    continue
                source, target = nodes[flow.source], nodes.get(flow.target)
                findings.append(
                    found(
                        "walk.uncovered",
                        diagram.file,
                        source,
                        line=flow.element.sourceline,
                        flow=flow.id,
                        label=flow.element.get("name") or "",
                        target=(target.name or target.id) if target else flow.target,
                    )
                )
    return tuple(findings)
