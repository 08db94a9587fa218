"""All that can be said about diagrams and tables without a package around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine.bpmn.activities import decision_of
from engine.bpmn.audit import audit
from engine.bpmn.diagram import Diagram, read_diagram
from engine.bpmn.expressions import EXPRESSIONS
from engine.bpmn.finding import Finding, found
from engine.bpmn.parse import build
from engine.bpmn.reading import read_xml
from engine.bpmn.refusals import PLAYABLE, refusals, too_large
from engine.bpmn.soundness import SOUNDNESS
from engine.bpmn.tablecheck import decision_ids, table_findings
from engine.errors import BadPackage, BadXml

ORDER = {"error": 0, "warning": 1, "info": 2}


def findings(files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Everything wrong or doubtful in the diagrams and tables, by file and line."""
    diagrams: list[Diagram] = []
    decisions: set[str] = set()
    said: list[Finding] = []
    for name in sorted(name for name in files if name.endswith((".bpmn", ".dmn"))):
        try:
            root = read_xml(name, files[name])
        except BadXml as fault:
            said.append(_unread(name, fault))
            continue
        if name.endswith(".dmn"):
            decisions |= decision_ids(root)
            said += table_findings(name, root)
        else:
            diagram = read_diagram(name, root)
            diagrams.append(diagram)
            said += diagram_findings(diagram)
    said += together(diagrams, decisions)
    if not any(found.severity == "error" and found.rule not in PLAYABLE for found in said):
        said += not_runnable(files, diagrams)
    return tuple(sorted(said, key=lambda f: (f.file, f.line or 0, ORDER[f.severity], f.rule)))


def diagram_findings(diagram: Diagram) -> Iterator[Finding]:
    """What one file says by itself."""
    if not diagram.processes():
        yield Finding("bpmn.no-process", "error", diagram.file, line=diagram.root.sourceline)
    yield from refusals(diagram)
    if any(too_large(diagram)):
        return
    for rule in (*SOUNDNESS, *EXPRESSIONS, audit):
        yield from rule(diagram)


def together(diagrams: Iterable[Diagram], decisions: set[str]) -> Iterator[Finding]:
    """What files say about one another: called processes, asked tables, ids used twice."""
    listed = list(diagrams)
    processes = {scope.id for diagram in listed for scope in diagram.processes()}
    owners: dict[str, str] = {}
    for diagram in listed:
        names = {node.id for node in diagram.nodes()} | {s.id for s in diagram.scopes}
        for node in diagram.nodes():
            called = node.element.get("calledElement")
            if node.kind == "callActivity" and called and called not in processes:
                yield found("unknown-process", "error", diagram, node, called=called)
            asked = decision_of(node.element) if node.kind == "businessRuleTask" else None
            if asked and asked not in decisions:
                yield found("unknown-decision", "error", diagram, node, decision=asked)
            if node.id in owners:
                yield found("id-in-two-files", "error", diagram, node, other=owners[node.id])
        owners.update(dict.fromkeys(names, diagram.file))


def not_runnable(files: Mapping[str, bytes], diagrams: Iterable[Diagram]) -> Iterator[Finding]:
    """Whatever the rules did not foresee: a process that cannot be compiled is refused too."""
    for diagram in diagrams:
        for scope in diagram.processes():
            try:
                build(files, "check", scope.id)
            except BadPackage as fault:
                name = " ".join((scope.element.get("name") or scope.id).split())
                line, said = scope.element.sourceline, {"cause": str(fault.particulars["cause"])}
                yield Finding(
                    "bpmn.not-runnable",
                    "error",
                    diagram.file,
                    scope.id,
                    name,
                    "process",
                    line,
                    said,
                )


def _unread(name: str, fault: BadXml) -> Finding:
    cause, _, detail = str(fault.particulars["cause"]).partition(":")
    line = fault.particulars["line"]
    return Finding(
        "bpmn.unreadable",
        "error",
        name,
        line=line if isinstance(line, int) else None,
        particulars={"cause": cause, "detail": detail},
    )
