"""What other engines write in extensions of their own, spelled out as the standard has it.

Only what has a plain counterpart here is taken over, and leaves the file as it was read; the rest
stays where it is and the audit names it.
"""

from __future__ import annotations

from lxml import etree

from engine.bpmn.foreign import Unreadable, from_feel
from engine.bpmn.vocabulary import CAMUNDA, SPIFF, ZEEBE, Element, children, local, tag, text_of


def spell_out_vendors(root: Element) -> None:
    """Take over calls, decisions, scripts, repetitions, forms and groups of Zeebe's extensions."""
    for extensions in list(root.iter(tag("extensionElements"))):
        owner = extensions.getparent()
        for child in list(extensions):
            if isinstance(child.tag, str) and child.tag.startswith("{" + ZEEBE + "}"):
                spell = SPELLED.get(local(child))
                if spell is not None:
                    spell(owner, child)
                    if not child.attrib and not len(child) and not text_of(child):
                        extensions.remove(child)


def _called(owner: Element, told: Element) -> None:
    process = told.get("processId") or ""
    if process and not process.startswith("=") and not owner.get("calledElement"):
        owner.set("calledElement", told.attrib.pop("processId"))
    if told.get("propagateAllChildVariables") == "true":
        del told.attrib["propagateAllChildVariables"]  # what is called gives back all it changes


def _decision(owner: Element, told: Element) -> None:
    decision = told.get("decisionId") or ""
    if decision and not decision.startswith("="):
        _property(owner, "calledDecisionId", told.attrib.pop("decisionId"))


def _script(owner: Element, told: Element) -> None:
    text, name = told.get("expression") or "", told.get("resultVariable") or ""
    try:
        said = from_feel(text.removeprefix("="))
    except Unreadable:
        return
    if name.isidentifier() and not children(owner, "script"):
        etree.SubElement(owner, tag("script")).text = f"{name} = {said}"
        told.attrib.clear()


def _repeated(owner: Element, told: Element) -> None:
    collection = told.get("inputCollection")
    if collection and not children(owner, "loopDataInputRef", "loopCardinality"):
        etree.SubElement(owner, tag("loopDataInputRef")).text = told.attrib.pop("inputCollection")
        item = told.attrib.pop("inputElement", None)
        if item:
            etree.SubElement(owner, tag("inputDataItem"), id=item, name=item)


def _form(owner: Element, told: Element) -> None:
    for key in ("formId", "formKey"):
        if told.get(key):
            owner.set(f"{{{CAMUNDA}}}formKey", told.attrib.pop(key))
            return


def _assigned(owner: Element, told: Element) -> None:
    groups = told.get("candidateGroups") or ""
    if groups and not groups.startswith("="):
        owner.set(f"{{{CAMUNDA}}}candidateGroups", told.attrib.pop("candidateGroups"))


def _property(owner: Element, name: str, value: str) -> None:
    extensions = owner.find(tag("extensionElements"))
    told = etree.SubElement(extensions, f"{{{SPIFF}}}properties")
    etree.SubElement(told, f"{{{SPIFF}}}property", name=name, value=value)


SPELLED = {
    "calledElement": _called,
    "calledDecision": _decision,
    "script": _script,
    "loopCharacteristics": _repeated,
    "formDefinition": _form,
    "assignmentDefinition": _assigned,
}
