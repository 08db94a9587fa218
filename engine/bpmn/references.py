"""References as the standard lets tools write them: qualified, or to what stands alone."""

from __future__ import annotations

from copy import deepcopy

from engine.bpmn.vocabulary import Element, is_bpmn, local, tag, text_of

#: Attributes that may say ``tns:Message_1`` where the file means its own ``Message_1``.
QUALIFIED = (
    "messageRef", "signalRef", "errorRef", "escalationRef", "calledElement", "attachedToRef",
    "processRef", "activityRef", "correlationPropertyRef", "oneBehaviorEventRef",
    "noneBehaviorEventRef",
)  # fmt: skip


def plain_references(root: Element) -> None:
    """Take the prefix from references to what the file itself defines."""
    known = {element.get("id") for element in root.iter() if element.get("id")}
    for element in root.iter():
        for key in QUALIFIED:
            value = element.get(key) or ""
            if ":" in value and value not in known and value.partition(":")[2] in known:
                element.set(key, value.partition(":")[2])


def spell_out_references(root: Element) -> None:
    """Replace each ``eventDefinitionRef`` by what it refers to; what leads nowhere stays."""
    alone = {e.get("id"): e for e in root if is_bpmn(e) and local(e).endswith("EventDefinition")}
    for reference in list(root.iter(tag("eventDefinitionRef"))):
        name = text_of(reference)
        meant = alone.get(name)
        if meant is None:
            meant = alone.get(name.rpartition(":")[2])
        if meant is None:
            continue
        copy = deepcopy(meant)
        copy.attrib.pop("id", None)
        copy.tail = None
        reference.addprevious(copy)
        reference.getparent().remove(reference)
