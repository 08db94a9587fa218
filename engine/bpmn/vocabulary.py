"""The names of BPMN 2.0 and of the vendors' extensions that the platform reads."""

from __future__ import annotations

from typing import Any, TypeAlias

from lxml import etree

Element: TypeAlias = Any  # lxml's element; its stubs are not installed everywhere

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
ACTIVITI = "http://activiti.org/bpmn"
FLOWABLE = "http://flowable.org/bpmn"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

VENDORS = {CAMUNDA: "camunda", ZEEBE: "zeebe", ACTIVITI: "activiti", FLOWABLE: "flowable"}
ENGINES = (CAMUNDA, ACTIVITI, FLOWABLE)  # these three share the names of their attributes

HUMAN = frozenset({"userTask", "manualTask", "task"})
TASKS = HUMAN | {
    "scriptTask",
    "serviceTask",
    "businessRuleTask",
    "sendTask",
    "receiveTask",
}
SCOPES = frozenset({"process", "subProcess", "transaction", "adHocSubProcess"})
SUBPROCESSES = SCOPES - {"process"}
ACTIVITIES = TASKS | SUBPROCESSES | {"callActivity"}
GATEWAYS = frozenset(
    {
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "eventBasedGateway",
        "complexGateway",
    }
)
EVENTS = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
    }
)
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS

#: Ids that SpiffWorkflow gives to specs of its own; a drawn one must step aside.
RESERVED = frozenset({"Start", "End", "Root", "StartEventSplit", "StartEventJoin"})
#: What the platform inserts into a diagram begins so; nothing drawn may.
INSERTED = "inserted."


def tag(name: str) -> str:
    """The full name of a BPMN element."""
    return f"{{{BPMN}}}{name}"


def local(element: Element) -> str:
    """The name without its namespace; empty for comments and instructions."""
    if not isinstance(element.tag, str):
        return ""
    return str(etree.QName(element).localname)


def is_bpmn(element: Element) -> bool:
    """Whether the element belongs to BPMN itself."""
    return isinstance(element.tag, str) and element.tag.startswith("{" + BPMN + "}")


def children(element: Element, *names: str) -> list[Element]:
    """The BPMN children of these names, in the file's order."""
    return [child for child in element if is_bpmn(child) and local(child) in names]


def text_of(element: Element | None) -> str:
    """All text inside, without surrounding space."""
    return "" if element is None else "".join(element.itertext()).strip()
