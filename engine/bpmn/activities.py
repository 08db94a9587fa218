"""How drawn activities are rewritten before SpiffWorkflow reads them."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.bpmn.diagram import Node, properties
from engine.bpmn.vocabulary import ENGINES, SPIFF, Element, children, local, tag, text_of
from engine.bpmn.wording import expression

#: The variable of a service whose answer nobody wants to keep.
UNKEPT = "."


def rewrite(node: Node) -> None:
    """Rewrite one activity in place; other nodes are left alone."""
    element = node.element
    if node.kind == "serviceTask":
        _operator(element)
    elif node.kind == "businessRuleTask" and decision_of(element) is None:
        element.tag = tag("serviceTask")  # only where it is played alone: nobody is asked
        _operator(element)
    elif node.kind == "businessRuleTask":
        _decision(element)
    elif node.kind == "scriptTask":
        _script(element)
    for loop in element.iterchildren(tag("multiInstanceLoopCharacteristics")):
        _many(loop)
    for loop in element.iterchildren(tag("standardLoopCharacteristics")):
        for condition in children(loop, "loopCondition"):
            condition.text = expression(text_of(condition))


def operator_of(element: Element) -> tuple[str, Mapping[str, str], str] | None:
    """Operator, parameters (name → expression) and result variable of a service task."""
    for extensions in element.iterchildren(tag("extensionElements")):
        for found in extensions.iterchildren(f"{{{SPIFF}}}serviceTaskOperator"):
            parameters = {
                parameter.get("id", ""): parameter.get("value", "None")
                for parameter in found.iter(f"{{{SPIFF}}}parameter")
            }
            return found.get("id", ""), parameters, found.get("resultVariable", "")
    named = properties(element)
    if "operator" not in named:
        return None
    parameters = {
        key.removeprefix("param."): value
        for key, value in named.items()
        if key.startswith("param.")
    }
    return named["operator"], parameters, named.get("resultVariable", "")


def decision_of(element: Element) -> str | None:
    """The id of the decision a business rule task asks."""
    named = properties(element)
    return named.get("calledDecisionId") or named.get("decisionRef") or named.get("decision")


def script_of(element: Element) -> str:
    """The text of a script task."""
    return "\n".join(text_of(child) for child in children(element, "script"))


def _extensions(element: Element) -> Element:
    found = element.find(tag("extensionElements"))
    if found is None:
        found = etree.Element(tag("extensionElements"))
        element.insert(0, found)
    return found


def _operator(element: Element) -> None:
    name, parameters, result = operator_of(element) or ("", {}, "")
    extensions = _extensions(element)
    for old in list(extensions.iterchildren(f"{{{SPIFF}}}serviceTaskOperator")):
        extensions.remove(old)
    operator = etree.SubElement(extensions, f"{{{SPIFF}}}serviceTaskOperator", id=name)
    operator.set("resultVariable", result or UNKEPT)
    listed = etree.SubElement(operator, f"{{{SPIFF}}}parameters")
    for key, value in parameters.items():
        etree.SubElement(
            listed, f"{{{SPIFF}}}parameter", id=key, type="any", value=expression(value)
        )


def _decision(element: Element) -> None:
    decision = decision_of(element)
    if decision is None:
        return
    extensions = _extensions(element)
    for old in list(extensions.iterchildren(f"{{{SPIFF}}}calledDecisionId")):
        extensions.remove(old)
    etree.SubElement(extensions, f"{{{SPIFF}}}calledDecisionId").text = decision


def _script(element: Element) -> None:
    text = script_of(element)
    for old in children(element, "script"):
        element.remove(old)
    etree.SubElement(element, tag("script")).text = text


def _many(loop: Element) -> None:
    """Vendors name collection and item in attributes; the standard has elements for both."""
    for space in ENGINES:
        collection = loop.attrib.pop(f"{{{space}}}collection", None)
        item = loop.attrib.pop(f"{{{space}}}elementVariable", None)
        if collection and not children(loop, "loopDataInputRef"):
            etree.SubElement(loop, tag("loopDataInputRef")).text = expression(collection)
        if item and not children(loop, "inputDataItem"):
            etree.SubElement(loop, tag("inputDataItem"), id=item, name=item)
    for child in loop:
        if local(child) in ("loopCardinality", "completionCondition", "loopDataInputRef"):
            child.text = expression(text_of(child))
