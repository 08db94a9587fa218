"""Ad-hoc sub-processes: everything inside may be done, in any order or one after the other."""

from __future__ import annotations

from itertools import pairwise

from lxml import etree

from engine.bpmn.redraw import pencil
from engine.bpmn.vocabulary import ACTIVITIES, Element, children, local, tag, text_of

ENOUGH = "enough."  # the event that ends an ad-hoc sub-process


def open_ad_hoc(root: Element) -> dict[str, str]:
    """Parallel: all at once; sequential: in the order of the file; until the condition holds.

    The condition stands beside the whole and is looked at whenever something inside is done; the
    answer maps its event to the sub-process that it ends.
    """
    ends: dict[str, str] = {}
    for scope in reversed(pencil.scopes(root)):
        if local(scope) == "adHocSubProcess":
            _open(scope, ends)
    return ends


def _open(scope: Element, ends: dict[str, str]) -> None:
    pencil.become(scope, "subProcess")
    sequential = scope.attrib.pop("ordering", "Parallel") == "Sequential"
    if sequential:
        _in_line(scope)
    # What has begun at once and may not be taken away has to be waited for in any case.
    keeps = scope.attrib.pop("cancelRemainingInstances", "true") == "false" and not sequential
    for condition in children(scope, "completionCondition"):
        scope.remove(condition)
        if text_of(condition) and not keeps:
            ends[_enough(scope, text_of(condition))] = scope.get("id")


def _in_line(scope: Element) -> None:
    led = {flow.get("targetRef") for flow in pencil.flows(scope)}
    first = [n for n in pencil.nodes(scope) if local(n) in ACTIVITIES and n.get("id") not in led]
    leads = {flow.get("sourceRef"): flow.get("targetRef") for flow in pencil.flows(scope)}
    for before, after in pairwise(first):
        last = before.get("id")
        seen = set()
        while last in leads and last not in seen:
            seen.add(last)
            last = leads[last]
        pencil.connect(scope, last, after.get("id"))


def _enough(scope: Element, text: str) -> str:
    """A border event that ends the whole and goes where its end would have gone.

    It is looked at each time something inside is done, not before (``conditional``).
    """
    around, id = scope.getparent(), scope.get("id")
    event = pencil.insert(around, "boundaryEvent", f"{ENOUGH}{id}", attachedToRef=id)
    definition = etree.SubElement(event, tag("conditionalEventDefinition"))
    etree.SubElement(definition, tag("condition")).text = text
    for flow in pencil.flows(around):
        if flow.get("sourceRef") == id:
            pencil.connect(around, event.get("id"), flow.get("targetRef"))
    return str(event.get("id"))
