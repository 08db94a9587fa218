"""What a drawn element reads before it, what it leaves behind, and what its flows ask after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.bpmn.activities import decision_of, operator_of, script_of
from engine.bpmn.diagram import Node, properties
from engine.bpmn.iso import looks_like_iso
from engine.bpmn.vocabulary import HUMAN, SUBPROCESSES, Element, is_bpmn, local, text_of
from engine.bpmn.wording import expression
from engine.check.manifest import field_names
from engine.check.subject import Subject
from engine.errors import BadExpression
from engine.forms import Form
from engine.script import Script, compile_expression, compile_script

TIMES = ("timeDate", "timeDuration", "timeCycle")
LOOPS = ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")


@dataclass
class Touch:
    """The names one element touches."""

    reads: set[str] = field(default_factory=set)
    sets: set[str] = field(default_factory=set)
    #: set by a field of a form that may stay empty
    optional: set[str] = field(default_factory=set)
    #: set on some ways through the element only
    maybe: set[str] = field(default_factory=set)
    asks: dict[str, set[str]] = field(default_factory=dict)


def touch(subject: Subject, node: Node) -> Touch:
    """What an element reads and sets by itself, without what is drawn inside it."""
    found = Touch()
    if node.kind in HUMAN:
        _form(subject.form(node), found)
    elif node.kind == "scriptTask":
        _script(script_of(node.element), found)
    elif node.kind == "serviceTask":
        _service(node.element, found)
    elif node.kind == "businessRuleTask":
        table = subject.decisions.get(decision_of(node.element) or "")
        outputs = table.outputs if table else ()
        found.sets |= {name.partition(".")[0] for name in outputs if name}
    _extensions(node.element, found)
    for child in node.element:
        if is_bpmn(child) and local(child) == "multiInstanceLoopCharacteristics":
            found.maybe |= found.sets  # the answers of each instance stay with its item
            found.sets.clear()
    for child in node.element:
        if is_bpmn(child) and local(child).endswith("EventDefinition"):
            _event(child, found)
        elif is_bpmn(child) and local(child) in LOOPS:
            _loop(child, found)
    for flow in node.outgoing:
        if flow.condition:
            found.asks.setdefault(flow.id, set()).update(names_in(flow.condition))
    return found


def names_in(text: str) -> frozenset[str]:
    """The names an expression reads; none when it is broken (the diagram's findings say so)."""
    try:
        return compile_expression(expression(text)).names
    except BadExpression:
        return frozenset()


def writes_of(element: Element) -> Iterator[str]:
    """Names that a part of a diagram the rules above do not know may set: messages, data objects."""
    for part in element.iter():
        if local(part) in ("messageVariable", "variableName", "messagePayload"):
            yield text_of(part)
        elif is_bpmn(part) and local(part) in ("dataObject", "dataInput", "dataOutput"):
            yield part.get("id") or ""
            yield part.get("name") or ""


def _form(form: Form | None, found: Touch) -> None:
    if form is None:
        return
    required = form.schema.get("required", [])
    ui = form.ui.get("fields", {})
    for name in field_names(form):
        found.sets.add(name)
        shown = ui.get(name, {}) if isinstance(ui, dict) else {}
        own = form.schema["properties"].get(name, {})
        always = name in required or "compute" in shown or "const" in own
        if not always or "visibleWhen" in shown:
            found.optional.add(name)


def _script(text: str, found: Touch) -> None:
    try:
        script: Script = compile_script(text)
    except BadExpression:
        return
    found.reads |= set(script.reads)
    found.sets |= set(script.writes)


def _service(element: Element, found: Touch) -> None:
    asked = operator_of(element)
    if asked is None:
        return
    _, parameters, result = asked
    for value in parameters.values():
        found.reads |= names_in(value)
    if result:
        found.sets.add(result)


def _extensions(element: Element, found: Touch) -> None:
    named = properties(element)
    for key in ("preScript", "postScript"):
        if key in named:
            inner = Touch()
            _script(named[key], inner)
            found.reads |= inner.reads - (found.sets if key == "postScript" else set())
            found.sets |= inner.sets


def _event(definition: Element, found: Touch) -> None:
    for part in definition:
        if local(part) in TIMES and not looks_like_iso(text_of(part)):
            found.reads |= names_in(text_of(part))


def _loop(loop: Element, found: Touch) -> None:
    for part in loop:
        kind = local(part)
        if kind in ("loopDataInputRef", "loopCardinality"):
            found.reads |= names_in(text_of(part))
        elif kind == "inputDataItem":
            found.maybe.add(part.get("name") or part.get("id") or "")
        elif kind == "loopDataOutputRef":
            found.sets.add(text_of(part))


def inside(node: Node) -> bool:
    """Whether something is drawn inside the node."""
    return node.kind in SUBPROCESSES


def called(node: Node) -> str | None:
    """The process a call activity calls."""
    return node.element.get("calledElement") if node.kind == "callActivity" else None

