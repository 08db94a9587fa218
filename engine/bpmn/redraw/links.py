"""Link events: a flow that was cut in two to keep the page tidy becomes one again."""

from __future__ import annotations

from engine.bpmn.diagram import link_of
from engine.bpmn.redraw import pencil
from engine.bpmn.vocabulary import Element, local


def join_links(root: Element) -> None:
    """Lead every link that is thrown to the one of the same name that is caught."""
    for scope in pencil.scopes(root):
        caught = {
            name: node
            for node in pencil.nodes(scope)
            if local(node) == "intermediateCatchEvent" and (name := link_of(node)) is not None
        }
        for node in pencil.nodes(scope):
            name = link_of(node)
            if name is None or local(node) != "intermediateThrowEvent" or name not in caught:
                continue
            pencil.strip(node)
            pencil.connect(scope, node.get("id"), caught[name].get("id"))
        for node in caught.values():
            pencil.strip(node)
            pencil.become(node, "intermediateThrowEvent")
