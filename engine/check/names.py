"""Every name a condition, script or timer reads has been set on the way there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.bpmn.diagram import Diagram, Node, Scope
from engine.bpmn.finding import Finding
from engine.check.conditions import Choices, along, choices, implies
from engine.check.reads import Touch, called, inside, touch, writes_of
from engine.check.rules import found
from engine.check.subject import Subject, closest

#: What the platform itself puts into every run.
PLATFORM = frozenset({"dossier"})
RESERVED = PLATFORM | {"typename"}
#: How deep calls of calls are followed.
DEPTH = 8


@dataclass(frozen=True)
class Known:
    """The names at one point: on every way there, on some way there, from fields left empty."""

    always: frozenset[str]
    some: frozenset[str]
    #: a field's name and the condition under which it is filled in ("" where nothing says so)
    optional: frozenset[tuple[str, str]]

    def after(self, touched: Touch) -> Known:
        """What is known once an element is done."""
        certain = touched.sets - touched.optional.keys() - touched.maybe
        kept = {(name, self._still(when, touched)) for name, when in self.optional}
        return Known(
            self.always | certain,
            self.some | touched.sets | touched.maybe,
            frozenset(kept | set(touched.optional.items())),
        )

    @staticmethod
    def _still(when: str, touched: Touch) -> str:
        """A condition says nothing any more once what it reads has been set anew."""
        return "" if touched.sets & choices(when)[0].keys() else when

    def where(self, said: Choices) -> Known:
        """What is known besides when the values are these: the fields shown then were filled."""
        shown = {name for name, when in self.optional if when and implies(said, when)}
        return Known(self.always | shown, self.some, self.optional) if shown else self

    def without_certainty(self, before: Known) -> Known:
        """What is known when the element may have been left half done."""
        return Known(before.always, self.some, self.optional)


NOTHING = Known(PLATFORM, PLATFORM, frozenset())


def merge(ways: Iterable[Known], *, all_of_them: bool) -> Known:
    """What is known where several ways meet; at a parallel join all of them were gone."""
    listed = list(ways)
    always = listed[0].always
    for way in listed[1:]:
        always = always | way.always if all_of_them else always & way.always
    some = frozenset().union(*(way.some for way in listed))
    return Known(always, some, frozenset().union(*(way.optional for way in listed)))


def enums(subject: Subject) -> dict[str, frozenset[object]]:
    """The values that fields with a closed list can have, over all forms."""
    found_: dict[str, frozenset[object]] = {}
    for form in subject.forms.values():
        listed = form.schema.get("properties", {})
        for name, schema in listed.items() if isinstance(listed, dict) else ():
            values = schema.get("enum") if isinstance(schema, dict) else None
            if isinstance(values, list):
                plain = frozenset(v for v in values if isinstance(v, (str, int, bool)))
                found_[name] = found_.get(name, frozenset()) | plain
    return found_


class Names:
    """One look through all processes of a package."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._touched = {id(node): touch(subject, node) for _, node in subject.nodes()}
        self._homes = {id(scope): d for d in subject.diagrams for scope in d.scopes}
        self._inner = {(s.process, s.id): s for d in subject.diagrams for s in d.scopes}
        self._anywhere: set[str] = set(PLATFORM)
        for touched in self._touched.values():
            self._anywhere |= touched.sets | touched.maybe
        for diagram in subject.diagrams:
            self._anywhere |= set(writes_of(diagram.root))
        self._said: dict[tuple[str, str], Finding] = {}
        self._enums = enums(subject)
        self._seen: set[str] = set()
        self._ends: dict[tuple[int, Known], Known] = {}

    def findings(self) -> Iterator[Finding]:
        """The findings of the main process, then of processes nothing called."""
        main = self._subject.main()
        if main is not None:
            self._scope(main[1], NOTHING, 0)
        for diagram in self._subject.diagrams:
            for scope in diagram.processes():
                if scope.id not in self._seen:
                    # started by the platform or a message: what it is given is not drawn
                    given = frozenset(self._anywhere)
                    self._scope(scope, Known(given, given, frozenset()), 0)
        yield from self._reserved()
        yield from self._said.values()

    def _reserved(self) -> Iterator[Finding]:
        for diagram, node in self._subject.nodes():
            for name in sorted(self._touched[id(node)].sets & RESERVED):
                yield found("name.reserved", diagram.file, node, value=name)

    def _scope(self, scope: Scope, entry: Known, depth: int) -> Known:
        """Go through one process or sub-process until nothing changes; what its ends know."""
        key = (id(scope), entry)
        if key not in self._ends:
            self._ends[key] = entry  # a process that calls itself adds nothing
            self._ends[key] = self._walk(scope, entry, depth)
        return self._ends[key]

    def _walk(self, scope: Scope, entry: Known, depth: int) -> Known:
        self._seen.add(scope.id)
        before: dict[str, Known] = {}
        after: dict[str, Known] = {}
        nodes = scope.by_id()
        rest = dict.fromkeys(nodes)  # in the file's order, each at most once
        while rest:
            node = nodes[next(iter(rest))]
            del rest[node.id]
            known = self._before(node, nodes, entry, before, after)
            if known is None or before.get(node.id) == known:
                continue
            before[node.id] = known
            after[node.id] = self._after(node, known, depth)
            rest |= dict.fromkeys(flow.target for flow in node.outgoing)
            rest |= dict.fromkeys(event.id for event in node.boundary)
        diagram = self._homes[id(scope)]
        for node in nodes.values():
            if node.id in before:
                self._judge(diagram, node, before[node.id], after[node.id])
        ends = [
            after[node.id]
            for node in nodes.values()
            if node.id in after
            and not node.outgoing
            and node.element.get("triggeredByEvent") != "true"
        ]
        return merge(ends, all_of_them=False) if ends else entry

    def _before(
        self,
        node: Node,
        sources: dict[str, Node],
        entry: Known,
        before: dict[str, Known],
        after: dict[str, Known],
    ) -> Known | None:
        if node.kind == "boundaryEvent":
            host = before.get(node.host or "")
            if host is None or node.host is None:
                return None
            return after[node.host].without_certainty(host)
        ways = [
            after[flow.source].where(along(sources[flow.source], flow, self._enums))
            for flow in node.incoming
            if flow.source in after
        ]
        if ways:
            return merge(ways, all_of_them=node.kind == "parallelGateway")
        return None if node.incoming else entry

    def _after(self, node: Node, known: Known, depth: int) -> Known:
        touched = self._touched[id(node)]
        result = known.after(touched)
        scope = self._inner.get((node.scope.process, node.id)) if inside(node) else None
        target = called(node)
        if target:
            process = self._subject.process(target)
            scope = process[1] if process else None
        if scope is None or depth >= DEPTH:
            return result
        looped = len(touched.maybe) > 0
        items = Known(known.always | touched.maybe, known.some | touched.maybe, known.optional)
        end = self._scope(scope, items, depth + 1)
        return merge([result, end], all_of_them=not looped)

    def _judge(self, diagram: Diagram, node: Node, known: Known, then: Known) -> None:
        touched = self._touched[id(node)]
        self._read(diagram, node, touched.reads, known, None)
        for flow, names in touched.asks.items():
            self._read(diagram, node, names, then, flow)

    def _read(
        self, diagram: Diagram, node: Node, names: Iterable[str], known: Known, flow: str | None
    ) -> None:
        for name in sorted(set(names) - known.always):
            if name not in self._anywhere:
                rule = "name.unknown"
            elif name in {given for given, _ in known.optional}:
                rule = "name.optional"
            else:
                rule = "name.maybe-unset"
            meant = closest(name, sorted(self._anywhere)) if rule == "name.unknown" else ""
            said = found(rule, diagram.file, node, value=name, flow=flow or "", meant=meant)
            self._said.setdefault((node.id, name), said)


def names(subject: Subject) -> Iterator[Finding]:
    """All rules about names."""
    return Names(subject).findings()
