"""Correlation: which of several waiting runs a message is meant for.

A message carries the values of its correlation properties by key; a run keeps those of the
conversation it is in: the first message sent or received says them, a binding of the process to
its own data (``correlationSubscription``) may say them before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from engine.bpmn.vocabulary import SPIFF, Element, children, local, tag, text_of
from engine.bpmn.wording import expression

CATCHING = ("startEvent", "intermediateCatchEvent", "boundaryEvent")


def fits(said: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
    """Whether a message is meant for a run: every key that both know says the same."""
    return all(expected[key] == value for key, value in said.items() if key in expected)


def retrievals(root: Element) -> Iterator[tuple[Element, Element, str]]:
    """(property, retrieval, its expression; empty where it has none) of a file."""
    for one in children(root, "correlationProperty"):
        for retrieval in children(one, "correlationPropertyRetrievalExpression"):
            paths = children(retrieval, "messagePath")
            yield one, retrieval, "".join(text_of(path) for path in paths)


def bindings(root: Element) -> Iterator[tuple[Element, str, str]]:
    """(binding, property, expression over the process's data) of a file."""
    for binding in root.iter(tag("correlationPropertyBinding")):
        paths = children(binding, "dataPath")
        yield (
            binding,
            _plain(binding.get("correlationPropertyRef")),
            text_of(next(iter(paths), None)),
        )


def tidy_correlations(root: Element) -> None:
    """Leave of collaborations and correlations what SpiffWorkflow reads, as it reads it."""
    for collaboration in children(root, "collaboration"):
        _only_keys(root, collaboration)
    of_message: dict[str, set[str]] = {}
    for one, retrieval, text in list(retrievals(root)):
        message = _plain(retrieval.get("messageRef"))
        if not message or not text:
            one.remove(retrieval)
            continue
        retrieval.set("messageRef", message)
        for child in list(retrieval):
            retrieval.remove(child)
        etree.SubElement(retrieval, tag("messagePath")).text = expression(text)
        of_message.setdefault(message, set()).add(one.get("id"))
    for one in children(root, "correlationProperty"):
        if not children(one, "correlationPropertyRetrievalExpression"):
            root.remove(one)
    for subscription in list(root.iter(tag("correlationSubscription"))):
        _bind(subscription, of_message)


def _only_keys(root: Element, collaboration: Element) -> None:
    for child in list(collaboration):
        if local(child) != "correlationKey":
            collaboration.remove(child)
    for key in collaboration:
        key.set("name", key.get("name") or key.get("id") or "key")
        for reference in children(key, "correlationPropertyRef"):
            reference.text = _plain(text_of(reference))
    if not len(collaboration):
        root.remove(collaboration)


def _bind(subscription: Element, of_message: Mapping[str, set[str]]) -> None:
    """Let every catcher of a bound message say what the process's data make of it."""
    process = subscription.getparent()
    bound = {name: text for _, name, text in bindings(subscription) if text}
    process.remove(subscription)
    for place in process.iter(tag("messageEventDefinition"), tag("receiveTask")):
        if local(place) != "receiveTask" and local(place.getparent()) not in CATCHING:
            continue
        for name in sorted(of_message.get(place.get("messageRef") or "", set()) & bound.keys()):
            extensions = place.find(tag("extensionElements"))
            if extensions is None:
                extensions = etree.Element(tag("extensionElements"))
                place.insert(0, extensions)
            told = etree.SubElement(extensions, f"{{{SPIFF}}}processVariableCorrelation")
            etree.SubElement(told, f"{{{SPIFF}}}propertyId").text = name
            etree.SubElement(told, f"{{{SPIFF}}}expression").text = expression(bound[name])


def _plain(reference: str | None) -> str:
    return (reference or "").strip().rpartition(":")[2]
