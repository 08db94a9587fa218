"""The path a dossier takes when nothing special happens: start, default flows, end."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from engine.bpmn.diagram import Diagram, Flow, Node, Scope, read_diagram
from engine.bpmn.reading import read_xml
from engine.package import Package

PEOPLE = ("userTask", "manualTask")
_NESTED = ("subProcess", "transaction", "adHocSubProcess")
_KEPT = 64


@dataclass(frozen=True, eq=False)
class Course:
    """One process as drawn, to be walked from any of its nodes."""

    nodes: dict[str, Node]
    scopes: dict[str, Scope]
    start: str | None

    def from_start(self) -> tuple[str, ...]:
        """The element ids of the plain path, in order."""
        return self.ahead(self.start) if self.start is not None else ()

    def ahead(self, element: str) -> tuple[str, ...]:
        """The element and what plainly follows it; nothing twice."""
        found: dict[str, None] = {}
        if element in self.nodes:
            self._walk(self.nodes[element], found)
            self._leave(self.nodes[element].scope, found)
        return tuple(found)

    def people(self) -> tuple[str, ...]:
        """The steps of people on the plain path."""
        return tuple(name for name in self.from_start() if self.nodes[name].kind in PEOPLE)

    def _walk(self, node: Node, found: dict[str, None]) -> None:
        if node.id in found:
            return
        found[node.id] = None
        if node.kind in _NESTED and (inner := first_of(self.scopes[node.id])) is not None:
            self._walk(inner, found)
        for flow in plain_flows(node, found):
            self._walk(self.nodes[flow.target], found)

    def _leave(self, scope: Scope, found: dict[str, None]) -> None:
        """A walk that began inside a sub-process goes on behind it."""
        while scope.parent is not None:
            for flow in plain_flows(self.nodes[scope.id], found):
                self._walk(self.nodes[flow.target], found)
            scope = scope.parent


def plain_flows(node: Node, found: dict[str, None]) -> list[Flow]:
    """The flows a token plainly takes: all at once, the default, or the first that leads on."""
    flows = [flow for flow in node.outgoing if flow.target not in found]
    if node.kind == "parallelGateway" or (node.default is None and not _chooses(node)):
        return flows
    default = [flow for flow in flows if flow.id == node.default]
    return default or flows[:1]


def _chooses(node: Node) -> bool:
    return node.kind.endswith("Gateway") or any(flow.condition for flow in node.outgoing)


def first_of(scope: Scope) -> Node | None:
    """Where a plain token appears: a start event that waits for nothing, else any start."""
    starts = sorted(scope.starts(), key=lambda node: bool(node.definitions()))
    return starts[0] if starts else None


_courses: OrderedDict[str, Course] = OrderedDict()
_lock = Lock()


def course(package: Package) -> Course:
    """The main process of a package; read once for each digest."""
    with _lock:
        if package.digest in _courses:
            _courses.move_to_end(package.digest)
            return _courses[package.digest]
    found = _read(package)
    with _lock:
        _courses[package.digest] = found
        while len(_courses) > _KEPT:
            _courses.popitem(last=False)
    return found


def _read(package: Package) -> Course:
    main = package.manifest.process
    for path in sorted(package.files):
        if not path.endswith(".bpmn"):
            continue
        diagram: Diagram = read_diagram(path, read_xml(path, package.files[path]))
        scopes = [scope for scope in diagram.scopes if scope.process == main]
        if scopes:
            start = first_of(scopes[0])
            nodes = {node.id: node for scope in scopes for node in scope.nodes}
            return Course(nodes, {s.id: s for s in scopes}, start.id if start else None)
    return Course({}, {}, None)
