"""What a drawn element reads before it, what it leaves behind, and what its flows ask after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from engine.bpmn.activities import decision_of, operator_of, script_of
from engine.bpmn.diagram import Node
from engine.bpmn.instances import COUNTER as INSTANCE
from engine.bpmn.iso import looks_like_iso
from engine.bpmn.vocabulary import HUMAN, SUBPROCESSES, Element, is_bpmn, local, text_of
from engine.bpmn.wording import expression
from engine.check.manifest import COUNTER, field_names
from engine.check.subject import Subject
from engine.errors import BadExpression
from engine.forms import Form
from engine.script import Script, compile_expression, compile_script

TIMES = ("timeDate", "timeDuration", "timeCycle")
EXPRESSIONS = ("default", "visibleWhen", "compute")
LOOPS = ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")


@dataclass
class Touch:
    """The names one element touches."""

    reads: set[str] = field(default_factory=set)
    sets: set[str] = field(default_factory=set)
    #: set by a field of a form that may stay empty; with the condition under which it does not
    optional: dict[str, str] = field(default_factory=dict)
    #: set on some ways through the element only
    maybe: set[str] = field(default_factory=set)
    asks: dict[str, set[str]] = field(default_factory=dict)


def touch(subject: Subject, node: Node) -> Touch:
    """What an element reads and sets by itself, without what is drawn inside it."""
    found = Touch()
    _OWN.get(node.kind, _nothing)(subject, node, found)
    for child in (part for part in node.element if is_bpmn(part)):
        if local(child) in LOOPS:
            _loop(child, found)
        elif local(child).endswith("EventDefinition"):
            _event(child, found)
    for flow in node.outgoing:
        if flow.condition and flow.id != node.default:
            found.asks.setdefault(flow.id, set()).update(names_in(flow.condition))
    return found


def names_in(text: str) -> frozenset[str]:
    """The names an expression reads; none when it is broken (the diagram's findings say so)."""
    try:
        return compile_expression(expression(text)).names
    except BadExpression:
        return frozenset()


def writes_of(element: Element) -> Iterator[str]:
    """Names that parts of a diagram may set which no rule follows: messages, data objects."""
    for part in element.iter():
        if local(part) in ("messageVariable", "variableName", "messagePayload"):
            yield text_of(part)
        elif is_bpmn(part) and local(part) in ("dataObject", "dataInput", "dataOutput"):
            yield part.get("id") or ""
            yield part.get("name") or ""


def _nothing(subject: Subject, node: Node, found: Touch) -> None:
    """Gateways and events touch no names by themselves."""


def _form(subject: Subject, node: Node, found: Touch) -> None:
    form = subject.form(node)
    if form is None:
        return
    required = form.schema.get("required", [])
    ui = form.ui.get("fields", {})
    found.reads |= _asked(form)
    for name in field_names(form):
        found.sets.add(name)
        shown = ui.get(name, {}) if isinstance(ui, dict) else {}
        always = name in required or "compute" in shown
        if not always:
            found.optional[name] = ""
        elif "visibleWhen" in shown:
            found.optional[name] = str(shown["visibleWhen"])


def _asked(form: Form) -> set[str]:
    """The names a form's expressions read beside its own fields."""
    fields, checks = form.ui.get("fields", {}), form.ui.get("checks", [])
    asked: list[tuple[Any, Any, tuple[str, ...]]] = []
    if isinstance(fields, dict):
        asked += [(path, shown, EXPRESSIONS) for path, shown in fields.items()]
    if isinstance(checks, list):
        asked += [(c.get("field"), c, ("when",)) for c in checks if isinstance(c, dict)]
    read: set[str] = set()
    for path, holder, keys in asked:
        own = _seen_from(str(path), form.schema) | {*COUNTER, "today"}
        for key in keys:
            text = holder.get(key) if isinstance(holder, dict) else None
            if isinstance(text, str):
                read |= names_in(text) - own
    return read


def _seen_from(path: str, schema: object) -> set[str]:
    """The fields an expression at that path sees: those at the top, and beside it in its row."""
    fields = _fields(schema)
    seen = set(fields)
    for part in path.split(".")[:-1]:
        fields = _fields(fields.get(part))
        seen |= fields.keys()
    return seen


def _fields(schema: object) -> dict[str, object]:
    """What a group, or each of its rows, consists of."""
    holder = schema.get("items", schema) if isinstance(schema, dict) else None
    listed = holder.get("properties") if isinstance(holder, dict) else None
    return listed if isinstance(listed, dict) else {}


def _table(subject: Subject, node: Node, found: Touch) -> None:
    table = subject.decisions.get(decision_of(node.element) or "")
    outputs = table.outputs if table else ()
    found.sets |= {name.partition(".")[0] for name in outputs if name}
    found.reads |= {name for text in (table.inputs if table else ()) for name in names_in(text)}


def _script(text: str, found: Touch) -> None:
    try:
        script: Script = compile_script(text)
    except BadExpression:
        return
    found.reads |= set(script.reads)
    found.sets |= set(script.writes)


def _service(subject: Subject, node: Node, found: Touch) -> None:
    asked = operator_of(node.element)
    if asked is None:
        return
    _, parameters, result = asked
    for value in parameters.values():
        found.reads |= names_in(value)
    if result:
        found.sets.add(result)


def _event(definition: Element, found: Touch) -> None:
    for part in definition:
        if local(part) in TIMES and not looks_like_iso(text_of(part)):
            found.reads |= names_in(text_of(part))


def _loop(loop: Element, found: Touch) -> None:
    items = (part for part in loop if local(part) == "inputDataItem")
    found.reads -= {INSTANCE, *(part.get("name") or part.get("id") or "" for part in items)}
    if local(loop) == "multiInstanceLoopCharacteristics":
        found.maybe |= found.sets  # the answers of each instance stay with its item
        found.sets.clear()
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


_OWN: Final[Mapping[str, Callable[[Subject, Node, Touch], None]]] = {
    **dict.fromkeys(HUMAN, _form),
    "scriptTask": lambda subject, node, found: _script(script_of(node.element), found),
    "serviceTask": _service,
    "businessRuleTask": _table,
}
