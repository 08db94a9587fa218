"""Global tasks: a task that stands alone in the file becomes a process of one step."""

from __future__ import annotations

from lxml import etree

from engine.bpmn.vocabulary import Element, is_bpmn, local, tag

KINDS = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}


def spell_out_global_tasks(root: Element) -> None:
    """Let each be a process that call activities can call; the step keeps the drawn name."""
    for element in [child for child in root if is_bpmn(child) and local(child) in KINDS]:
        id = element.get("id")
        if not id:
            continue
        process = etree.SubElement(root, tag("process"), {"id": id, "isExecutable": "false"})
        if element.get("name"):
            process.set("name", element.get("name"))
        step = f"{id}.step"
        element.tag = tag(KINDS[local(element)])
        element.set("id", step)
        language = element.attrib.pop("scriptLanguage", None)
        if language:
            element.set("scriptFormat", language)
        process.append(element)
