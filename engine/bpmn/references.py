"""Event definitions that stand alone in the file, written into the events that refer to them."""

from __future__ import annotations

from copy import deepcopy

from engine.bpmn.vocabulary import Element, is_bpmn, local, tag, text_of


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
