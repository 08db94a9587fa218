"""Every step a person does has somebody who may do it and a form to do it with."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.beginnings import beginnings, begins_plainly
from engine.bpmn.diagram import Diagram, Node, properties
from engine.bpmn.finding import Finding
from engine.check.rules import found
from engine.check.subject import Subject, closest, lane_of


def lanes(subject: Subject) -> Iterator[Finding]:
    """Each step's lane, pool or candidate group maps to a role at a unit."""
    known = subject.package.manifest.lanes
    for diagram, node in subject.people():
        lane = lane_of(diagram, node)
        if lane is None:
            lane = properties(node.element).get("candidateGroups", "").strip() or None
        if lane is None:
            yield found("lane.none", diagram.file, node)
        elif lane not in known:
            yield found("lane.unmapped", diagram.file, node, lane=lane, meant=closest(lane, known))


def forms(subject: Subject) -> Iterator[Finding]:
    """Each step of a person has a form whose two files are there."""
    used: set[str] = set()
    for diagram, node in subject.people():
        paths = subject.form_paths(node)
        if paths is None:
            yield found("form.none", diagram.file, node, example=f"{node.id}.schema.json")
            continue
        used.update(paths)
        yield from _files(subject, diagram, node, paths)
    for path in subject.package.under("forms", ".json"):
        if path not in used:
            yield found("form.unused", path, value=path)
    main = subject.main()
    if main is not None and not begins_plainly(main[1]):
        if not beginnings(main[0].root, main[1]):
            yield found("start.never", main[0].file)
    elif subject.counter() is None:
        yield found("counter.none", "procedure.toml")


def _files(
    subject: Subject, diagram: Diagram, node: Node, paths: tuple[str, str]
) -> Iterator[Finding]:
    schema, ui = paths
    files = subject.package.files
    if schema not in files:
        meant = closest(schema, [p for p in files if p.endswith(".schema.json")])
        yield found("form.missing", diagram.file, node, value=schema, meant=meant)
    elif ui not in files:
        yield found("form.no-ui", diagram.file, node, value=ui, schema=schema)
