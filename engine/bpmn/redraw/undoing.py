"""Compensation and transactions: what undoes a completed activity is drawn where it is asked for.

In front of an event that asks for compensation comes a choice that leads to the handler of the
activity completed last, and back, until nothing is left; the run remembers what was completed.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from engine.bpmn.redraw import pencil
from engine.bpmn.vocabulary import INSERTED, SUBPROCESSES, Element, children, is_bpmn, local, tag

UNDO = INSERTED + "undo."
UPWARDS = UNDO + "up."  # in an event sub-process: what was done around it is undone
HANDLES = INSERTED + "handles:"
CANCEL = INSERTED + "cancel."  # the error that a cancelled transaction is
ASKING = ("intermediateThrowEvent", "endEvent")


def undo(root: Element) -> dict[str, str]:
    """Redraw compensation in place; the answer maps ids of copied handlers to the drawn ones."""
    handlers = handlers_of(root)
    copies: dict[str, str] = {}
    used: set[str] = set()
    for scope in pencil.scopes(root):
        for node in pencil.nodes(scope):
            for definition in pencil.definitions(node):
                kind = local(definition)
                if kind == "compensateEventDefinition" and local(node) in ASKING:
                    wanted = _wanted(scope, definition.get("activityRef"), handlers)
                elif kind == "cancelEventDefinition" and local(node) == "endEvent":
                    wanted = _wanted(scope, None, handlers)
                    _cancel(root, scope, node)
                else:
                    continue
                _ask(scope, node, wanted, used, copies)
                node.remove(definition)
    _clear_away(root)
    return copies


def _clear_away(root: Element) -> None:
    """Take out what only undoing was drawn for; a transaction is a sub-process from here on."""
    for element in [e for e in root.iter() if is_bpmn(e) and _only_for_undoing(e)]:
        element.getparent().remove(element)
    for scope in pencil.scopes(root):
        if local(scope) == "transaction":
            pencil.become(scope, "subProcess")
        for event in pencil.nodes(scope):
            if local(event) == "boundaryEvent" and children(event, "cancelEventDefinition"):
                _let_catch(root, event, event.get("attachedToRef"))  # nothing inside cancels


def handlers_of(root: Element) -> dict[str, Element]:
    """Activity id → the activity or event sub-process that undoes it."""
    elements = {e.get("id"): e for e in root.iter() if is_bpmn(e) and e.get("id")}
    found: dict[str, Element] = {}
    for association in root.iter(tag("association")):
        event = elements.get(association.get("sourceRef"))
        handler = elements.get(association.get("targetRef"))
        if event is None or handler is None or local(event) != "boundaryEvent":
            continue
        if children(event, "compensateEventDefinition"):
            found[event.get("attachedToRef") or ""] = handler
    for scope in pencil.scopes(root):
        for node in pencil.nodes(scope):
            if pencil.is_event_sub_process(node) and _begins_by_undoing(node):
                found.setdefault(scope.get("id") or "", node)
    return found


def handled(documentation: str | None) -> str | None:
    """The activity that a handler's specification undoes."""
    if documentation is None or not documentation.startswith(HANDLES):
        return None
    return documentation.removeprefix(HANDLES)


def _begins_by_undoing(node: Element) -> bool:
    return any(children(start, "compensateEventDefinition") for start in pencil.starts(node))


def _only_for_undoing(element: Element) -> bool:
    if element.get("isForCompensation") == "true":
        return True
    if pencil.is_event_sub_process(element) and _begins_by_undoing(element):
        return True
    return local(element) == "boundaryEvent" and bool(
        children(element, "compensateEventDefinition")
    )


def _wanted(
    scope: Element, activity: str | None, handlers: dict[str, Element]
) -> dict[str, Element]:
    """The handlers of what may have been completed in the scope, or in one activity."""
    around = scope
    if pencil.is_event_sub_process(scope) and scope.getparent() is not None:
        around = scope.getparent()
    inside = {node.get("id"): node for node in _all_nodes(around)}
    if activity is not None and activity in inside:
        if activity in handlers:
            return {activity: handlers[activity]}
        inside = {node.get("id"): node for node in _all_nodes(inside[activity])}
    # A sub-process that has a handler of its own is undone by it as a whole.
    hidden = {
        inner.get("id")
        for name, node in inside.items()
        if name in handlers and local(node) in SUBPROCESSES
        for inner in _all_nodes(node)
    }
    return {
        name: handler for name, handler in handlers.items() if name in inside and name not in hidden
    }


def _all_nodes(scope: Element) -> Iterator[Element]:
    for node in pencil.nodes(scope):
        yield node
        if local(node) in SUBPROCESSES:
            yield from _all_nodes(node)


def _ask(
    scope: Element,
    node: Element,
    wanted: dict[str, Element],
    used: set[str],
    copies: dict[str, str],
) -> None:
    id = node.get("id")
    above = "up." if pencil.is_event_sub_process(scope) else ""
    choice = pencil.insert(scope, "exclusiveGateway", f"undo.{above}{id}")
    pencil.lead(scope, "targetRef", id, choice.get("id"))
    onwards = pencil.connect(scope, choice.get("id"), id)
    choice.set("default", onwards.get("id"))
    for activity, drawn in wanted.items():
        handler = _handler(scope, drawn, used, copies)
        _mark(handler, activity)
        way = pencil.connect(scope, choice.get("id"), handler.get("id"))
        pencil.condition(way, "False")  # the run knows what is left to be undone
        pencil.connect(scope, handler.get("id"), choice.get("id"))


def _handler(scope: Element, drawn: Element, used: set[str], copies: dict[str, str]) -> Element:
    """The handler drawn into the scope: itself the first time, afterwards copies."""
    name = drawn.get("id")
    handler = drawn if name not in used else deepcopy(drawn)
    if name in used:
        for element in handler.iter():
            old = element.get("id") if is_bpmn(element) else None
            if old:
                new = f"{INSERTED}copy.{len(copies)}.{old}"
                copies[new] = copies.get(old, old)
                _rename(handler, old, new)
    used.add(str(name))
    handler.attrib.pop("isForCompensation", None)
    handler.attrib.pop("triggeredByEvent", None)
    for start in pencil.starts(handler):
        pencil.strip(start)
    scope.append(handler)
    return handler


def _rename(tree: Element, old: str, new: str) -> None:
    for element in tree.iter():
        for key in ("id", "sourceRef", "targetRef", "attachedToRef", "default"):
            if element.get(key) == old:
                element.set(key, new)


def _mark(handler: Element, activity: str) -> None:
    for old in children(handler, "documentation"):
        handler.remove(old)
    told = etree.Element(tag("documentation"))
    told.text = HANDLES + activity
    handler.insert(0, told)


def _cancel(root: Element, scope: Element, node: Element) -> None:
    """A cancelled transaction is an error that only its own border event catches."""
    around, id = scope.getparent(), scope.get("id")
    code = CANCEL + str(id)
    caught = False
    for event in pencil.nodes(around):
        if event.get("attachedToRef") == id and children(event, "cancelEventDefinition"):
            _let_catch(root, event, id)
        caught |= any(
            one.get("errorRef") == code for one in children(event, "errorEventDefinition")
        )
    if caught:
        etree.SubElement(node, tag("errorEventDefinition"), errorRef=code)
    else:
        etree.SubElement(node, tag("terminateEventDefinition"))


def _let_catch(root: Element, event: Element, transaction: str | None) -> None:
    code = CANCEL + str(transaction)
    if all(error.get("id") != code for error in children(root, "error")):
        error = etree.Element(tag("error"), {"id": code, "name": code, "errorCode": code})
        root.insert(0, error)
    pencil.strip(event)
    etree.SubElement(event, tag("errorEventDefinition"), errorRef=code)
