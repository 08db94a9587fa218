"""Decision tables (DMN), given to SpiffWorkflow one decision at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from engine.bpmn.reading import read_xml
from engine.bpmn.vocabulary import Element, local


def decisions(root: Element) -> Iterator[tuple[str, Element]]:
    """Each decision that is a table, alone in a copy of its file: the library reads only one."""
    for decision in root:
        if local(decision) != "decision" or _table(decision) is None:
            continue
        alone = deepcopy(root)
        for child in list(alone):
            if local(child) == "decision" and child.get("id") == decision.get("id"):
                _only_the_table(child)
            else:
                alone.remove(child)
        yield decision.get("id", ""), alone


def add_tables(parser: Any, files: Mapping[str, bytes]) -> None:
    """Give all tables of a package to the parser."""
    for name in sorted(name for name in files if name.endswith(".dmn")):
        for _, alone in decisions(read_xml(name, files[name])):
            parser.add_dmn_xml(alone, name)


def _table(decision: Element) -> Element | None:
    return next((child for child in decision if local(child) == "decisionTable"), None)


def _only_the_table(decision: Element) -> None:
    for child in list(decision):
        if local(child) != "decisionTable":
            decision.remove(child)
            continue
        for part in list(child):
            if local(part) not in ("input", "output", "rule"):
                child.remove(part)
