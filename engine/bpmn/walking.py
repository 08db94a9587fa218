"""SpiffWorkflow's parser, walked from the end: its recursion would not survive long diagrams."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.parser import event_parsers as library
from SpiffWorkflow.spiff.parser.event_parsers import SpiffEventDefinitionParser

from engine.bpmn.vocabulary import FLOW_NODES, Element, children, is_bpmn, local


class EndParser(SpiffEventDefinitionParser, library.EndEventParser):
    """Reads end events, those that throw a signal among them, which the library overlooks."""

    def create_task(self) -> Any:
        definition = self.get_event_definition(
            [
                library.MESSAGE_EVENT_XPATH,
                library.SIGNAL_EVENT_XPATH,
                library.CANCEL_EVENT_XPATH,
                library.ERROR_EVENT_XPATH,
                library.ESCALATION_EVENT_XPATH,
                library.TERMINATION_EVENT_XPATH,
            ]
        )
        task = self._create_task(definition)
        task.connect(self.spec.end)
        return task


def parse_from_the_end(parser: Any) -> None:
    """Parse every node after what follows it, so that no call goes deeper than a loop is long."""
    nodes = {
        child.get("id"): child
        for child in parser.node
        if is_bpmn(child) and local(child) in FLOW_NODES
    }
    after: dict[str, list[str]] = {name: [] for name in nodes}
    for flow in children(parser.node, "sequenceFlow"):
        source, target = flow.get("sourceRef"), flow.get("targetRef")
        if source in nodes and target in nodes:
            after[source].append(target)
    for node in nodes.values():
        host = node.get("attachedToRef")
        if host in nodes:
            after[host].append(node.get("id"))
    for start in children(parser.node, "startEvent"):
        for name in _finished_first(start.get("id"), after):
            _parse(parser, nodes[name])


def _parse(parser: Any, node: Element) -> None:
    if local(node) not in ("startEvent", "boundaryEvent"):  # these are made with their host
        parser.parse_node(node)


def _finished_first(start: str, after: dict[str, list[str]]) -> list[str]:
    order: list[str] = []
    seen = {start}
    stack = [(start, iter(after[start]))]
    while stack:
        name, rest = stack[-1]
        step = next((target for target in rest if target not in seen), None)
        if step is None:
            order.append(name)
            stack.pop()
        else:
            seen.add(step)
            stack.append((step, iter(after[step])))
    return order
