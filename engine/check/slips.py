"""Every template of a package makes a slip out of sample data."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from engine.bpmn.finding import Finding
from engine.check.rules import found
from engine.check.subject import Subject, closest, leaf
from engine.errors import BadSlip
from engine.slips import KINDS, render, sample

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
        kind = leaf(path).removesuffix(".typ")
        if kind.startswith(HEAD):
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
    for kind in ALWAYS:
        if package.slip_file(kind) is None:
            yield found("slip.no-template", "procedure.toml", value=kind)


@lru_cache(maxsize=256)
def broken(kind: str, template: bytes, neighbours: tuple[tuple[str, bytes], ...]) -> str:
    """Why a template makes no slip of sample data; empty when it does."""
    try:
        render(template.decode("utf-8"), sample(kind), dict(neighbours))
    except UnicodeDecodeError:
        return "UTF-8"
    except BadSlip as fault:
        return str(fault.cause)[:500]
    return ""
