"""Service tasks against the catalogue, and what their parameters name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from engine.bpmn.activities import operator_of
from engine.bpmn.diagram import Node
from engine.bpmn.finding import Finding
from engine.check.catalogue import SERVICES
from engine.check.rules import found
from engine.check.subject import Subject, closest
from engine.errors import BadExpression
from engine.script import compile_expression
from engine.slips import DRAWN

#: What a slip cannot be printed without, and only the diagram knows.
SLIP_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "supplement": ("items", "reason"),
    "refusal": ("reason",),
    "stop": ("reason",),
    "apology": ("reason",),
}
#: Operators that are asked for the sake of their result.
RESULT_MATTERS = ("take_number",)


def services(subject: Subject) -> Iterator[Finding]:
    """All rules about service tasks."""
    registers: set[str] = set()
    slips: set[str] = set()
    for diagram, node in subject.nodes():
        if node.kind != "serviceTask":
            continue
        operator, parameters, result = operator_of(node.element) or ("", {}, "")
        if not operator:
            continue  # the diagram's own findings say so
        given = {name: literal(value) for name, value in parameters.items()}
        registers.add(given.get("register") or "")
        slips.add(given.get("kind") or "")
        yield from _asked(diagram.file, node, operator, parameters)
        if operator in RESULT_MATTERS and not result:
            yield found("service.result-lost", diagram.file, node, operator=operator)
        yield from _named(subject, diagram.file, node, operator, given)
    for key in subject.package.manifest.registers:
        if key not in registers:
            yield found("manifest.unused-register", "procedure.toml", value=key)
    if subject.package.manifest.supplement.told and "supplement" not in slips:
        yield found("manifest.unused-supplement", "procedure.toml")


def _asked(
    file: str, node: Node, operator: str, parameters: Mapping[str, str]
) -> Iterator[Finding]:
    """The operator and its parameters are those of the catalogue."""
    allowed = ", ".join(SERVICES)
    service = SERVICES.get(operator)
    if service is None:
        meant = closest(operator, SERVICES)
        yield found("service.unknown", file, node, value=operator, meant=meant, allowed=allowed)
    else:
        needed = [name for name, must in service.parameters.items() if must]
        for name in (name for name in needed if name not in parameters):
            yield found("service.missing-parameter", file, node, operator=operator, value=name)
        allowed = ", ".join(service.parameters)
        for name in (name for name in parameters if name not in service.parameters):
            yield found(
                "service.unknown-parameter", file, node,
                operator=operator, value=name, allowed=allowed,
            )  # fmt: skip


def literal(text: str) -> str | None:
    """The text of a parameter that is written out; None when it depends on data."""
    try:
        expression = compile_expression(text)
        if expression.names or expression.calls:
            return None
        return str(expression.evaluate({}))
    except BadExpression:
        return None  # the diagram's own findings name the broken expression


def _named(
    subject: Subject, file: str, node: Node, operator: str, given: Mapping[str, str | None]
) -> Iterator[Finding]:
    """Registers and slips that a parameter names exist."""
    manifest = subject.package.manifest
    register, kind = given.get("register"), given.get("kind")
    if operator == "take_number" and register is not None and register not in manifest.registers:
        meant = closest(register, manifest.registers)
        yield found("service.unknown-register", file, node, value=register, meant=meant)
    fees = [fee.key for fee in manifest.fees]
    if operator == "charge_fee" and given.get("fee") not in (None, *fees):
        meant = closest(str(given["fee"]), fees)
        yield found("service.unknown-fee", file, node, value=given["fee"], meant=meant)
    if operator == "issue_slip" and kind is not None:
        for name in (name for name in SLIP_NEEDS.get(kind, ()) if name not in given):
            yield found("service.missing-parameter", file, node, operator=operator, value=name)
        if kind not in DRAWN:
            meant = closest(kind, DRAWN)
            allowed = ", ".join(DRAWN)
            yield found("slip.unknown", file, node, value=kind, meant=meant, allowed=allowed)
        elif subject.package.slip_file(kind) is None:
            yield found("slip.no-template", file, node, value=kind)
