"""``procedure.toml`` against its own rules, the diagram and the counter form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from engine.bpmn.finding import Finding
from engine.check.rules import found
from engine.check.subject import Subject, closest, lane_of, line_in
from engine.errors import BadExpression
from engine.forms import Form
from engine.package import Manifest, Problem, Text
from engine.script import compile_expression
from engine.store.organisation import KINDS, ROLES

FILE = "procedure.toml"
CODE = re.compile(r"\d\.\d{6}(\..+)?")
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
KEY = re.compile(r"[a-z][a-z0-9_-]*")
UNITS = ("receiving", "deciding", "province", "parent(deciding)")
LEVELS = ("commune", "district", "province")
CHANNELS = ("counter", "online", "post")
PAPER_KINDS = ("original", "copy", "electronic")
#: What the counter itself knows besides the form's answers.
COUNTER = ("represented",)
FEE_TIMES = ("receipt", "supplement", "return")


def problems(given: Iterable[Problem]) -> Iterator[Finding]:
    """What reading the manifest already complained about."""
    for problem in given:
        yield found(problem.rule, FILE, line=problem.line, key=problem.key, detail=problem.detail)


def manifest(subject: Subject) -> Iterator[Finding]:
    """All rules about the manifest."""
    text = subject.package.files[FILE].decode("utf-8")
    given = subject.package.manifest
    for key, value, allowed in _closed(given):
        if value not in allowed:
            yield _bad(text, key, value, allowed)
    if not CODE.fullmatch(given.code):
        yield found("manifest.bad-code", FILE, line=line_in(text, given.code), value=given.code)
    yield from _names(given, text)
    yield from _twins(given, text)
    yield from _translations(given)
    if not given.legal_basis:
        yield found("manifest.no-legal-basis", FILE)
    if not given.deciding:
        yield found("manifest.no-deciding", FILE)
    if subject.main() is None:
        ids = [scope.id for diagram in subject.diagrams for scope in diagram.processes()]
        line = line_in(text, given.process)
        meant = closest(given.process, tuple(ids))
        yield found("manifest.no-process", FILE, line=line, value=given.process, meant=meant)
    yield from _lanes(subject, text)
    yield from _fees(subject, text)
    yield from _counter_answers(subject, text)


def _closed(given: Manifest) -> Iterator[tuple[str, object, tuple[str, ...]]]:
    """Every value that must come from a closed list."""
    yield "level", given.level, LEVELS
    for channel in given.channels:
        yield "channels", channel, CHANNELS
    for model, kind in given.deciding.items():
        yield f"deciding.{model}", kind, KINDS
    for paper in given.papers:
        yield f"papers.{paper.key}.kind", paper.kind, PAPER_KINDS
    for fee in given.fees:
        yield f"fees.{fee.key}.when", fee.when, FEE_TIMES


def _bad(text: str, key: str, value: object, allowed: tuple[str, ...]) -> Finding:
    line = line_in(text, str(value)) if value else None
    return found(
        "manifest.bad-value", FILE, line=line, key=key, value=value, allowed=", ".join(allowed)
    )


def _names(given: Manifest, text: str) -> Iterator[Finding]:
    if not NAME.fullmatch(given.name):
        yield _bad(text, "name", given.name, ("a-z 0-9 -",))
    keys = [paper.key for paper in given.papers] + [fee.key for fee in given.fees]
    for key in (*keys, *given.named_limits, *given.registers):
        if key and not KEY.fullmatch(key):
            yield _bad(text, "key", key, ("a-z 0-9 - _",))
    for paper in given.papers:
        if paper.quantity < 1 or paper.quantity > 99:
            yield _bad(text, f"papers.{paper.key}.quantity", paper.quantity, ("1–99",))
    if given.supplement.days < 1:
        yield _bad(text, "supplement.days", given.supplement.days, ("≥ 1",))


def _twins(given: Manifest, text: str) -> Iterator[Finding]:
    for kind, keys in (
        ("papers", [paper.key for paper in given.papers]),
        ("fees", [fee.key for fee in given.fees]),
    ):
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield found("manifest.duplicate", FILE, line=line_in(text, key), key=kind, value=key)


def _translations(given: Manifest) -> Iterator[Finding]:
    texts: list[tuple[str, Text]] = [
        ("title", given.title),
        ("summary", given.summary),
        ("result", given.result),
    ]
    texts += [(f"papers.{paper.key}", paper.title) for paper in given.papers]
    texts += [(f"fees.{fee.key}", fee.title) for fee in given.fees]
    texts += [(f"limits.{key}", limit.title) for key, limit in given.named_limits.items()]
    texts += [(f"registers.{key}", title) for key, title in given.registers.items()]
    texts += [(f"legal_basis.{i}", said) for i, said in enumerate(given.legal_basis, start=1)]
    for key, said in texts:
        if said.vi and not said.en:
            yield found("manifest.no-english", FILE, key=key, value=said.vi)


def _lanes(subject: Subject, text: str) -> Iterator[Finding]:
    drawn = {lane_of(diagram, node) for diagram, node in subject.nodes()}
    drawn |= {lane for diagram in subject.diagrams for lane in diagram.lanes.values()}
    drawn |= {pool for diagram in subject.diagrams for pool in diagram.pools.values()}
    for lane, post in subject.package.manifest.lanes.items():
        line = line_in(text, lane)
        if post.role not in ROLES:
            meant = closest(post.role, ROLES)
            roles = ", ".join(ROLES)
            yield found(
                "manifest.unknown-role", FILE, line=line,
                lane=lane, value=post.role, meant=meant, allowed=roles,
            )  # fmt: skip
        if not unit_rule(post.unit):
            yield found("manifest.unknown-unit", FILE, line=line, lane=lane, value=post.unit)
        if lane not in drawn:
            meant = closest(lane, tuple(name for name in drawn if name))
            yield found("manifest.unused-lane", FILE, line=line, lane=lane, meant=meant)


def unit_rule(text: str) -> bool:
    """Whether this is a rule that finds a unit, such as ``deciding`` or ``partner:tax``."""
    word, colon, rest = text.partition(":")
    if not colon:
        return text in UNITS
    return (word == "partner" and rest in KINDS) or (word == "fixed" and bool(rest.strip()))


def _fees(subject: Subject, text: str) -> Iterator[Finding]:
    for fee in subject.package.manifest.fees:
        line = line_in(text, fee.key) if fee.key else None
        if sum((fee.amount is not None, fee.decision is not None, fee.local)) != 1:
            yield found("manifest.fee-amount", FILE, line=line, key=fee.key)
        if fee.decision is not None and fee.decision not in subject.decisions:
            meant = closest(fee.decision, subject.decisions)
            yield found(
                "manifest.unknown-decision", FILE, line=line,
                key=fee.key, value=fee.decision, meant=meant,
            )  # fmt: skip
        if (fee.only or fee.each) and fee.when != FEE_TIMES[0]:
            # What the counter was told decides, so it is charged there.
            yield _bad(text, f"fees.{fee.key}.when", fee.when, FEE_TIMES[:1])


def _counter_answers(subject: Subject, text: str) -> Iterator[Finding]:
    """Conditions of papers and fees, and the territory, read the counter form."""
    counter = subject.counter()
    form = subject.form(counter) if counter else None
    fields = field_names(form) if form else None
    territory = subject.package.manifest.territory_field
    if territory and fields is not None and territory.partition(".")[0] not in fields:
        line = line_in(text, territory)
        yield _unknown_field("territory_field", territory, fields, line)
    given = subject.package.manifest
    asked = [(f"papers.{paper.key}.when", paper.when) for paper in given.papers]
    asked += [(f"fees.{fee.key}.only", fee.only) for fee in given.fees]
    asked += [(f"fees.{fee.key}.each", fee.each) for fee in given.fees]
    for key, expression in asked:
        if expression is not None:
            yield from _condition(key, expression, fields, line_in(text, expression))


def _condition(
    key: str, expression: str, fields: tuple[str, ...] | None, line: int | None
) -> Iterator[Finding]:
    try:
        names = compile_expression(expression).names
    except BadExpression as fault:
        yield found(
            "manifest.bad-expression", FILE, line=line,
            key=key, value=expression, detail=fault.cause,
        )  # fmt: skip
        return
    for name in sorted(names - set(COUNTER)):
        if fields is not None and name not in fields:
            yield _unknown_field(key, name, fields, line)


def _unknown_field(key: str, name: str, fields: tuple[str, ...], line: int | None) -> Finding:
    meant = closest(name, fields)
    return found("manifest.unknown-field", FILE, line=line, key=key, value=name, meant=meant)


def field_names(form: Form) -> tuple[str, ...]:
    """The names a form's answers have at the top."""
    listed = form.schema.get("properties", {})
    return tuple(listed) if isinstance(listed, dict) else ()
