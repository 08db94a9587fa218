"""Every template of a package makes a slip out of sample data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from functools import lru_cache

from engine.bpmn.finding import Finding
from engine.check.rules import found
from engine.check.subject import Subject, closest, leaf
from engine.errors import BadSlip
from engine.package import Package
from engine.slips import (
    ALWAYS_TOLD,
    FILE,
    KINDS,
    read_sets,
    render,
    sample,
    sets_of,
    templates,
)  # fmt: skip

#: What templates share; no slip of its own.
HEAD = "head"
#: What the counter may issue for any procedure.
ALWAYS = ("receipt", "supplement", "refusal")


def slips(subject: Subject) -> Iterator[Finding]:
    """All rules about slip templates."""
    package = subject.package
    shared = package.under("shared/slips", ".typ")
    own = package.under("slips", ".typ")
    neighbours = {leaf(path): data for path, data in (shared | own).items()}
    for path, data in (shared | own).items():
        # A set of forms may bring its own: apology-2018.typ.
        kind = leaf(path).removesuffix(".typ").partition("-")[0]
        if kind == HEAD:
            continue
        if kind not in KINDS:
            meant = closest(kind, KINDS)
            yield found("slip.unknown", path, value=kind, meant=meant, allowed=", ".join(KINDS))
            continue
        if path in shared and f"slips/{kind}.typ" in own:
            continue  # the procedure has its own
        cause = broken(kind, data, tuple(sorted(neighbours.items())))
        if cause:
            yield found("slip.broken", path, value=kind, detail=cause)
    yield from _sets(package, neighbours)
    for kind in ALWAYS:
        if package.slip_file(kind) is None:
            yield found("slip.no-template", "procedure.toml", value=kind)


def _sets(package: Package, neighbours: Mapping[str, bytes]) -> Iterator[Finding]:
    """The file of the sets can be read, and the templates it names are there."""
    data = package.files.get(FILE)
    if data is None:
        return
    try:
        sets = read_sets(data)
    except BadSlip as fault:
        yield found("slip.bad-sets", FILE, detail=str(fault.cause))
        return
    for one in sets:
        for form in one.forms.values():
            if form.template and form.template not in neighbours:
                yield found("slip.bad-sets", FILE, detail=form.template)


#: What a diagram may say on a slip that its kind has no sample of.
SAID = {"reason": "Lý do mẫu.", "note": "Ghi chú mẫu.", "items": ["Giấy tờ mẫu"]}
SAID |= {"legal_basis": ["Căn cứ mẫu"]}


def untold(package: Package, kind: str, said: Set[str]) -> str:
    """Why a template cannot be printed from what is told where a diagram draws the slip.

    ``said``: the parameters the diagram gives. Empty where it can be; also where the template is
    broken anyway, which is another finding.
    """
    known = frozenset({*ALWAYS_TOLD, *(KINDS[kind].told or ()), *said})
    try:
        forms = [one.form(kind) for one in sets_of(package)]
        found = [templates(package, kind, form) for form in forms]
    except BadSlip:
        return ""
    for template, shared in found:
        told = (kind, template.encode(), tuple(sorted(shared.items())))
        if not broken(*told) and (cause := broken(*told, known)):
            return cause
    return ""


@lru_cache(maxsize=256)
def broken(
    kind: str,
    template: bytes,
    neighbours: tuple[tuple[str, bytes], ...],
    known: frozenset[str] | None = None,
) -> str:
    """Why a template makes no slip of sample data, or of these keys alone; empty when it does."""
    data = sample(kind)
    if known is not None:
        data = {key: value for key, value in (SAID | data).items() if key in known}
    try:
        render(template.decode("utf-8"), data, dict(neighbours))
    except UnicodeDecodeError:
        return "UTF-8"
    except BadSlip as fault:
        return str(fault.cause)[:500]
    return ""
