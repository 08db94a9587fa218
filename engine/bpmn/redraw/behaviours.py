"""Multi-instance activities that throw an event when instances complete.

The standard calls it the behaviour: None throws at every completion, One at the first, Complex
where a condition holds, All (the default) never.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal

from lxml import etree

from engine.bpmn.vocabulary import INSERTED, Element, children, is_bpmn, local, tag, text_of
from engine.bpmn.wording import expression

#: How the behaviour travels with the activity's specification: as its documentation.
BEHAVES = INSERTED + "behaves:"
REFERENCES = {"None": "noneBehaviorEventRef", "One": "oneBehaviorEventRef"}
THROWABLE = ("signal", "message", "error", "escalation")


@dataclass(frozen=True)
class Behaviour:
    """What is thrown when; ``condition`` only for ``if``, code only of errors and escalations."""

    when: Literal["each", "first", "if"]
    condition: str
    kind: str
    name: str
    code: str | None


def let_instances_throw(root: Element) -> None:
    """Write the behaviour of every multi-instance activity into its documentation."""
    for loop in list(root.iter(tag("multiInstanceLoopCharacteristics"))):
        told = list(behaviours(root, loop))
        for old in children(loop, "complexBehaviorDefinition"):
            loop.remove(old)
        for key in ("behavior", *REFERENCES.values()):
            loop.attrib.pop(key, None)
        if told:
            activity = loop.getparent()
            for old in children(activity, "documentation"):
                activity.remove(old)
            words = etree.Element(tag("documentation"))
            words.text = BEHAVES + json.dumps([asdict(one) for one in told])
            activity.insert(0, words)


def behaviours(root: Element, loop: Element) -> Iterator[Behaviour]:
    """What the instances throw; nothing for a behaviour that names no event (``unclear``)."""
    kind = loop.get("behavior") or "All"
    if kind in REFERENCES:
        definition = _definition(root, loop.get(REFERENCES[kind]))
        yield from _thrown(root, definition, "each" if kind == "None" else "first", "")
    elif kind == "Complex":
        for one in children(loop, "complexBehaviorDefinition"):
            condition = "".join(text_of(said) for said in children(one, "condition"))
            for event in children(one, "event"):
                for definition in _definitions(root, event):
                    yield from _thrown(root, definition, "if", expression(condition))


def unclear(root: Element, loop: Element) -> bool:
    """Whether a behaviour says something that :func:`behaviours` could not read."""
    kind = loop.get("behavior") or "All"
    if kind == "All":
        return bool(children(loop, "complexBehaviorDefinition"))
    told = list(behaviours(root, loop))
    wanted = len(children(loop, "complexBehaviorDefinition")) if kind == "Complex" else 1
    bare = any(one.when == "if" and not one.condition for one in told)
    undoes = loop.getparent().get("isForCompensation") == "true"
    return not told or len(told) < wanted or bare or undoes


def behaving(documentation: str | None) -> list[Behaviour]:
    """The behaviour of an activity's specification."""
    if documentation is None or not documentation.startswith(BEHAVES):
        return []
    return [Behaviour(**one) for one in json.loads(documentation.removeprefix(BEHAVES))]


def _definition(root: Element, reference: str | None) -> Element | None:
    """The event definition of that id, wherever it stands."""
    plain = (reference or "").rpartition(":")[2]
    for element in root.iter():
        defines = is_bpmn(element) and local(element).endswith("EventDefinition")
        if defines and plain and element.get("id") in (plain, reference):
            return element
    return None


def _definitions(root: Element, event: Element) -> Iterator[Element | None]:
    for child in event:
        if is_bpmn(child) and local(child).endswith("EventDefinition"):
            yield child
    for reference in children(event, "eventDefinitionRef"):
        yield _definition(root, text_of(reference))


def _thrown(
    root: Element,
    definition: Element | None,
    when: Literal["each", "first", "if"],
    condition: str,
) -> Iterator[Behaviour]:
    kind = "" if definition is None else local(definition).removesuffix("EventDefinition")
    if definition is None or kind not in THROWABLE:
        return
    reference = definition.get(f"{kind}Ref") or ""
    for one in children(root, kind):
        if one.get("id") in (reference, reference.rpartition(":")[2]):
            code = one.get(f"{kind}Code") if kind in ("error", "escalation") else None
            yield Behaviour(when, condition, kind, one.get("name") or one.get("id"), code)
