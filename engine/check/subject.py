"""A package with everything in it read once, so that each rule only asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from itertools import islice

from engine.bpmn.diagram import Diagram, Node, Scope, properties, read_diagram
from engine.bpmn.reading import read_xml
from engine.bpmn.vocabulary import HUMAN, Element, local, text_of
from engine.errors import BadXml
from engine.forms import Form
from engine.package import Package


@dataclass(frozen=True)
class Decision:
    """A decision table: where it is, what it needs and what it answers."""

    file: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(eq=False)
class Subject:
    """The package under check."""

    package: Package
    diagrams: list[Diagram] = field(default_factory=list)
    decisions: dict[str, Decision] = field(default_factory=dict)
    #: by path of the schema; what could not be loaded is missing here and has its finding
    forms: dict[str, Form] = field(default_factory=dict)

    def nodes(self) -> Iterator[tuple[Diagram, Node]]:
        """Every flow node of every diagram."""
        for diagram in self.diagrams:
            for node in diagram.nodes():
                yield diagram, node

    @cached_property
    def steps(self) -> dict[str, Node]:
        """Every flow node by id."""
        return {node.id: node for _, node in self.nodes()}

    def people(self) -> Iterator[tuple[Diagram, Node]]:
        """Every step that a person does."""
        return ((d, n) for d, n in self.nodes() if n.kind in HUMAN)

    def main(self) -> tuple[Diagram, Scope] | None:
        """The process the manifest names."""
        return self.process(self.package.manifest.process)

    def process(self, name: str) -> tuple[Diagram, Scope] | None:
        """A process by its id."""
        for diagram in self.diagrams:
            for scope in diagram.processes():
                if scope.id == name:
                    return diagram, scope
        return None

    def form_paths(self, node: Node) -> tuple[str, str] | None:
        """Where the step's form should be: schema and UI schema."""
        return self.package.form_of(node.id, properties(node.element))

    def form(self, node: Node) -> Form | None:
        """The step's form, when it has one that loads."""
        paths = self.form_paths(node)
        return self.forms.get(paths[0]) if paths else None

    def counter(self) -> Node | None:
        """The step the reception does in front of the citizen: first after the plain start."""
        main = self.main()
        if main is None:
            return None
        diagram, scope = main
        nodes = scope.by_id()
        for start in scope.starts():
            if start.kind != "startEvent" or start.definitions():
                continue
            for flow in start.outgoing:
                step = nodes.get(flow.target)
                if step is None or step.kind not in HUMAN:
                    continue
                post = self.package.manifest.lanes.get(lane_of(diagram, step) or "")
                if post is not None and post.unit == "receiving":
                    return step
        return None


def lane_of(diagram: Diagram, node: Node) -> str | None:
    """The lane that decides who does a step; without lanes the pool."""
    return diagram.lane_of(node) or diagram.pools.get(node.scope.process)


def read_subject(package: Package) -> Subject:
    """Read the diagrams and tables; what cannot be read is left to the diagram's own rules."""
    subject = Subject(package)
    for path, data in package.files.items():
        if not path.endswith((".bpmn", ".dmn")):
            continue
        try:
            root = read_xml(path, data)
        except BadXml:
            continue  # the diagram's own findings name it, with its line
        if path.endswith(".bpmn"):
            subject.diagrams.append(read_diagram(path, root))
            continue
        for decision in root:
            if local(decision) == "decision" and decision.get("id"):
                subject.decisions[decision.get("id")] = _decision(path, decision)
    return subject


def _decision(path: str, element: Element) -> Decision:
    asked = [text_of(e) for e in element.iter() if local(e) == "inputExpression"]
    outputs = [e.get("name") or e.get("id") or "" for e in element.iter() if local(e) == "output"]
    return Decision(path, tuple(text for text in asked if text), tuple(outputs))


def leaf(path: str) -> str:
    """The file's own name."""
    return path.rpartition("/")[2]


def line_in(text: str, needle: str) -> int | None:
    """The first line that holds a text."""
    for number, line in enumerate(text.splitlines(), start=1):
        if needle in line:
            return number
    return None


def closest(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, or nothing."""
    return next(iter(get_close_matches(name[:100], list(islice(known, 500)), 1, 0.7)), "")
