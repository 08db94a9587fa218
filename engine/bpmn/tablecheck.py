"""Decision tables looked at before they run: one rule, one function."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.expressions import KNOWN
from engine.bpmn.finding import Finding, Severity
from engine.bpmn.vocabulary import Element, local, text_of
from engine.errors import BadExpression
from engine.script import compile_expression

HIT_POLICIES = ("UNIQUE", "FIRST", "ANY", "COLLECT")


def decision_ids(root: Element) -> set[str]:
    """The decisions of a file that are tables."""
    return {
        decision.get("id", "")
        for decision in root
        if local(decision) == "decision"
        and any(local(child) == "decisionTable" for child in decision)
    }


def table_findings(file: str, root: Element) -> Iterator[Finding]:
    """Everything about one file."""
    if local(root) != "definitions" or not decision_ids(root):
        yield Finding("dmn.no-table", "error", file, line=root.sourceline)
    for decision in root:
        if local(decision) != "decision":
            continue
        for table in decision:
            if local(table) == "decisionTable":
                yield from _hit_policy(file, decision, table)
                yield from _cells(file, decision, table)
            elif local(table) in ("literalExpression", "invocation", "context", "relation"):
                yield _about(file, decision, "dmn.not-a-table", element=local(table))


def _hit_policy(file: str, decision: Element, table: Element) -> Iterator[Finding]:
    policy = (table.get("hitPolicy") or "UNIQUE").upper()
    if policy not in HIT_POLICIES or table.get("aggregation"):
        given = f"{policy} {table.get('aggregation') or ''}".strip()
        yield _about(file, decision, "dmn.hit-policy", policy=given)


def _cells(file: str, decision: Element, table: Element) -> Iterator[Finding]:
    width_in = sum(local(child) == "input" for child in table)
    width_out = sum(local(child) == "output" for child in table)
    for child in table:
        kind = local(child)
        if kind == "input":
            text = text_of(next((e for e in child.iter() if local(e) == "text"), None))
            yield from _cell(file, decision, text or child.get("label", ""), child)
        elif kind == "output" and not (child.get("name") or child.get("label")):
            yield _about(file, decision, "dmn.output-without-name", child)
        elif kind == "rule":
            inputs = [e for e in child if local(e) == "inputEntry"]
            outputs = [e for e in child if local(e) == "outputEntry"]
            if len(inputs) != width_in or len(outputs) != width_out:
                yield _about(file, decision, "dmn.row-width", child)
            for entry in inputs:
                yield from _input(file, decision, entry)
            for entry in outputs:
                yield from _cell(file, decision, text_of(_text(entry)), entry)


def _input(file: str, decision: Element, entry: Element) -> Iterator[Finding]:
    """FEEL's ranges, lists and ``not`` would never match; they are written otherwise here."""
    text = text_of(_text(entry))
    if text in ("", "-"):
        return
    if text.startswith(("[", "]", "(")) and ".." in text:
        yield _about(file, decision, "dmn.feel", entry, text=text)
        return
    test = text.replace("?", "value") if "?" in text else text
    if not test.startswith(("<", ">", "=", "!", "in ", "not in ")):
        test = f"value == ({test})" if "value" not in test else test
    else:
        test = f"value {test}"
    if ("," in text and "(" not in text and "[" not in text) or text.startswith("not("):
        yield _about(file, decision, "dmn.feel", entry, text=text)
        return
    yield from _cell(file, decision, test, entry, shown=text)


def _cell(
    file: str, decision: Element, text: str, place: Element, shown: str | None = None
) -> Iterator[Finding]:
    if not text:
        return
    cause: object = None
    try:
        unknown = compile_expression(text).calls - KNOWN
        cause = f"call:{min(unknown)}" if unknown else None
    except BadExpression as fault:
        cause = fault.particulars.get("cause")
    if cause is not None:
        yield _about(file, decision, "dmn.bad-expression", place, text=shown or text, cause=cause)


def _text(entry: Element) -> Element | None:
    return next((child for child in entry if local(child) == "text"), None)


def _about(
    file: str,
    decision: Element,
    rule: str,
    place: Element | None = None,
    severity: Severity = "error",
    **particulars: object,
) -> Finding:
    line = (decision if place is None else place).sourceline
    name = decision.get("name") or ""
    return Finding(rule, severity, file, decision.get("id"), name, "decision", line, particulars)
