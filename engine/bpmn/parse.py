"""Files → specification: read, normalised, parsed, written and read back, kept by content hash.

A specification straight from SpiffWorkflow's parser loses running multi-instances;
one that went through the serializer does not, and comes back in our own classes.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, ClassVar

from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.workflow import VERSION as SERIALIZER
from SpiffWorkflow.bpmn.specs.defaults import EndEvent
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser, SpiffProcessParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG

import engine.bpmn.instances  # noqa: F401  (its classes are the ones to read back into)
from engine.bpmn import catching, timers
from engine.bpmn.beginnings import Beginning, beginnings, begins_plainly
from engine.bpmn.conditional import ConditionalEventDefinition
from engine.bpmn.diagram import Diagram, Scope, read_diagram
from engine.bpmn.elements import lean
from engine.bpmn.normalise import normalise
from engine.bpmn.reading import read_xml
from engine.bpmn.redraw.messages import name_messages, name_what_is_thrown
from engine.bpmn.refusals import PLAYABLE, refusals
from engine.bpmn.steps import Step, in_drawn_order, steps_of
from engine.bpmn.tables import add_tables
from engine.bpmn.vocabulary import HUMAN, Element, tag
from engine.bpmn.walking import EndParser, parse_from_the_end
from engine.errors import BadPackage

CACHED = 128
#: What the library's parser raises at a file it does not understand.
UNPARSED = (
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    SpiffWorkflowException,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, eq=False)
class Spec:
    """What a release runs: shared by all runs and threads, never changed."""

    digest: str
    main: str
    steps: Mapping[str, Step]
    people: tuple[str, ...]
    counter: str | None
    flows: tuple[tuple[str, str, str], ...]
    processes: Mapping[str, Any] = field(repr=False)
    drawn: Mapping[str, str] = field(repr=False, default_factory=dict)
    empty: Mapping[str, None] = field(repr=False, default_factory=dict)
    beginnings: tuple[Beginning, ...] = ()
    plain: bool = True  # whether somebody can simply begin it

    def step(self, name: str | None) -> Step | None:
        """The drawn step of a specification's name; None for what the platform inserted."""
        if name is None:
            return None
        return self.steps.get(self.drawn.get(name, name))


_kept: OrderedDict[tuple[str, str], Spec] = OrderedDict()
_lock = Lock()


def compile(files: Mapping[str, bytes], digest: str, main: str) -> Spec:
    """The specification of a package's main process; cached by digest. BadXml, BadPackage."""
    key = (digest, main)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    spec = build(files, digest, main)
    with _lock:
        _kept[key] = spec
        while len(_kept) > CACHED:
            _kept.popitem(last=False)
    return spec


def build(files: Mapping[str, bytes], digest: str, main: str) -> Spec:
    """The specification, made anew."""
    diagrams = [read_diagram(name, read_xml(name, files[name])) for name in bpmn_files(files)]
    wanted = reachable(diagrams, main)
    steps: dict[str, Step] = {}
    flows: list[tuple[str, str, str]] = []
    known: dict[str, Any] = {}
    renamed: dict[str, str] = {}
    parser = _Parser()
    for diagram in diagrams:
        processes = {scope.id for scope in diagram.processes()} & wanted
        if not processes:
            continue
        for step in steps_of(diagram).values():
            if step.process in processes:
                steps[step.id] = step
        for scope in diagram.scopes:
            if scope.process in processes:
                flows += [(flow.id, flow.source, flow.target) for flow in scope.flows]
        _leave_only(diagram.root, processes)
        refuse(diagram)
        name_messages(diagram.root)
        name_what_is_thrown(diagram.root)
        if main in processes:
            known = _known_of(diagram, main)
        renamed.update(normalise(diagram))
        _give(parser, diagram)
    add_tables(parser, files)
    specs = _restored(parser, main)
    return Spec(
        digest=digest, main=main, steps=steps, flows=tuple(flows), processes=specs, drawn=renamed,
        empty=_asked_for(files), **known,
    )  # fmt: skip


def _asked_for(files: Mapping[str, bytes]) -> dict[str, None]:
    """The names that any form of the package asks for: empty until somebody fills them."""
    names: dict[str, None] = {}
    for path in sorted(path for path in files if path.endswith(".schema.json")):
        try:
            asked = json.loads(files[path]).get("properties", {})
        except (ValueError, AttributeError):  # the forms' own check says what is wrong with it
            continue
        names.update(dict.fromkeys(asked) if isinstance(asked, dict) else {})
    return names


def bpmn_files(files: Mapping[str, bytes]) -> list[str]:
    """The diagrams of a package, in the order of their names."""
    return sorted(name for name in files if name.endswith(".bpmn"))


def reachable(diagrams: list[Diagram], main: str) -> set[str]:
    """The ids of the main process and of all that it calls."""
    calls: dict[str, set[str]] = {}
    for diagram in diagrams:
        for scope in diagram.scopes:
            called = calls.setdefault(scope.process, set())
            for node in scope.nodes:
                if node.kind == "callActivity":
                    called.add(node.element.get("calledElement", ""))
    if main not in calls:
        raise BadPackage(path=main, cause="process")
    found: set[str] = set()
    rest = [main]
    while rest:
        process = rest.pop()
        if process not in found and process in calls:
            found.add(process)
            rest.extend(calls[process])
    return found


def refuse(diagram: Diagram) -> None:
    """Nothing that would run wrong is compiled, even if nobody checked the file."""
    again = read_diagram(diagram.file, diagram.root)
    wrong = tuple(
        found
        for found in refusals(again)
        if found.severity == "error" and found.rule not in PLAYABLE
    )
    if wrong:
        cause = f"{wrong[0].rule}:{wrong[0].element}"
        raise BadPackage(path=diagram.file, cause=cause, findings=wrong)


def _known_of(diagram: Diagram, main: str) -> dict[str, Any]:
    """What is known of the main process: who does what in which order, and how it begins."""
    scopes = {scope.id: scope for scope in diagram.scopes}
    scope = scopes[main]
    people = tuple(node.id for node in in_drawn_order(scope, scopes) if node.kind in HUMAN)
    return {
        "people": people,
        "counter": _counter(scope, people),
        "beginnings": beginnings(diagram.root, scope),
        "plain": begins_plainly(scope),
    }


def _counter(scope: Scope, people: tuple[str, ...]) -> str | None:
    """The step of a person that directly follows a plain start."""
    for start in scope.starts():
        if start.kind == "startEvent" and not start.definitions():
            for flow in start.outgoing:
                if flow.target in people:
                    return flow.target
    return None


def _leave_only(root: Element, processes: set[str]) -> None:
    for process in list(root.iter(tag("process"))):
        if process.get("id") not in processes:
            process.getparent().remove(process)


class _ProcessParser(SpiffProcessParser):
    def add_tasks(self) -> None:
        parse_from_the_end(self)
        super().add_tasks()


class _Parser(SpiffBpmnParser):
    PROCESS_PARSER_CLASS = _ProcessParser
    OVERRIDE_PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        **SpiffBpmnParser.OVERRIDE_PARSER_CLASSES,
        full_tag("endEvent"): (EndParser, EndEvent),
    }


def _give(parser: _Parser, diagram: Diagram) -> None:
    try:
        parser.add_bpmn_xml(diagram.root.getroottree(), diagram.file)
    except ValidationException as error:
        raise BadPackage(path=diagram.file, cause=str(error)) from error


def _restored(parser: _Parser, main: str) -> dict[str, Any]:
    """The parsed processes by id, through the serializer into our classes."""
    writer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG), SERIALIZER)
    reader = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(_OURS), SERIALIZER)
    try:
        parsed = {main: parser.get_spec(main), **parser.get_subprocess_specs(main)}
        text = json.dumps({name: writer.to_dict(spec) for name, spec in parsed.items()})
        return {name: reader.from_dict(spec) for name, spec in json.loads(text).items()}
    except UNPARSED as error:
        element = getattr(error, "tag", "")
        raise BadPackage(path=main, cause=f"{element} {error}".strip()) from error


def _our_config() -> dict[type, Any]:
    replaced = {
        cls.__name__: cls
        for cls in (
            timers.TimeDateEventDefinition,
            timers.DurationTimerEventDefinition,
            timers.CycleTimerEventDefinition,
            catching.MessageEventDefinition,
            catching.SignalEventDefinition,
            catching.ErrorEventDefinition,
            catching.EscalationEventDefinition,
            ConditionalEventDefinition,
            catching.MultipleEventDefinition,
        )
    }
    ours: dict[type, Any] = {}
    for cls, converter in SPIFF_CONFIG.items():
        if issubclass(cls, TaskSpec):
            ours[lean(cls)] = converter
        else:
            ours[replaced.get(cls.__name__, cls)] = converter
    return ours


_OURS = _our_config()
