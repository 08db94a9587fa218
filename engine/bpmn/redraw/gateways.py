"""Complex gateways: inclusive ones that are told when enough tokens have come."""

from __future__ import annotations

from lxml import etree

from engine.bpmn.redraw import pencil
from engine.bpmn.vocabulary import INSERTED, Element, children, local, tag, text_of
from engine.bpmn.wording import expression

#: How the condition travels with the gateway's specification: as its documentation.
ENOUGH = INSERTED + "enough:"


def plain_gateways(root: Element) -> None:
    """Complex gateways become inclusive ones with a condition in their documentation; event
    gateways that want all their events, parallel ones."""
    for scope in pencil.scopes(root):
        for node in pencil.nodes(scope):
            if local(node) == "complexGateway":
                _plain(scope, node)
            elif node.get("eventGatewayType") == "Parallel":
                pencil.become(node, "parallelGateway")  # all its events must happen


def enough(documentation: str | None) -> str | None:
    """The activation condition of a gateway that was complex."""
    if documentation is None or not documentation.startswith(ENOUGH):
        return None
    return documentation.removeprefix(ENOUGH)


def _plain(scope: Element, node: Element) -> None:
    pencil.become(node, "inclusiveGateway")
    given = [text_of(one) for one in children(node, "activationCondition")]
    for old in children(node, "activationCondition", "documentation"):
        node.remove(old)
    comes = [flow for flow in pencil.flows(scope) if flow.get("targetRef") == node.get("id")]
    if len(comes) > 1 and given and given[0]:
        told = etree.Element(tag("documentation"))
        told.text = ENOUGH + expression(given[0])
        node.insert(0, told)
