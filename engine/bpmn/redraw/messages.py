"""Messages without a name get that of their message flow, else that of the element itself."""

from __future__ import annotations

from lxml import etree

from engine.bpmn.vocabulary import INSERTED, Element, children, is_bpmn, local, tag

TALKING = ("sendTask", "receiveTask")


def name_messages(root: Element) -> None:
    """Let every sender and receiver of a message refer to one."""
    named = _along_flows(root)
    known: dict[str, str] = {}
    for element in list(root.iter()):
        if not is_bpmn(element):
            continue
        for place in _places(element):
            if place.get("messageRef"):
                continue
            told = named.get(element.get("id")) or element.get("name") or element.get("id")
            name = " ".join(str(told).split())
            if name not in known:
                known[name] = _message(root, name)
            place.set("messageRef", known[name])


def name_what_is_thrown(root: Element) -> None:
    """Signals, errors and escalations without name or code get their id for it.

    SpiffWorkflow would take two nameless ones for the same.
    """
    for element in children(root, "message", "signal", "error", "escalation"):
        kind, id = local(element), element.get("id")
        if id and not element.get("name"):
            element.set("name", id)
        if kind in ("error", "escalation") and not element.get(f"{kind}Code"):
            element.set(f"{kind}Code", element.get("name") or "")


def nameless(node: Element) -> bool:
    """Whether a sender or receiver refers to no message."""
    return any(not place.get("messageRef") for place in _places(node))


def on_a_flow(root: Element) -> set[str]:
    """The elements at either end of a message flow."""
    return set(_along_flows(root))


def _places(node: Element) -> list[Element]:
    """Where a node says which message it means."""
    definitions = children(node, "messageEventDefinition")
    if local(node) in TALKING and not node.get("messageRef"):
        return definitions or [node]
    return [] if local(node) == "definitions" else definitions


def _along_flows(root: Element) -> dict[str, str]:
    """Element id → what the message on its message flow is called."""
    messages = {m.get("id"): m.get("name") or m.get("id") for m in children(root, "message")}
    elements = {e.get("id"): e for e in root.iter() if is_bpmn(e) and e.get("id")}
    found: dict[str, str] = {}
    for flow in root.iter(tag("messageFlow")):
        ends = [flow.get("sourceRef") or "", flow.get("targetRef") or ""]
        said = [flow.get("messageRef")]
        for end in ends:
            node = elements.get(end)
            if node is not None:
                said += [node.get("messageRef")] if local(node) in TALKING else []
                said += [d.get("messageRef") for d in children(node, "messageEventDefinition")]
        plain = [(one or "").rpartition(":")[2] for one in said]
        name = next((messages[one] for one in plain if one in messages), None)
        for end in ends:
            found.setdefault(end, name or flow.get("name") or flow.get("id") or end)
    return found


def _message(root: Element, name: str) -> str:
    """The id of the message of that name; drawn in front of everything where there is none."""
    for message in children(root, "message"):
        if message.get("name") == name:
            return str(message.get("id"))
    id = f"{INSERTED}message.{name}"
    root.insert(0, etree.Element(tag("message"), id=id, name=name))
    return id
