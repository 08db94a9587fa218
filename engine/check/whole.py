"""All rules over one package, in the order a designer mends things."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from threading import Lock

from engine.bpmn.finding import Finding
from engine.bpmn.findings import findings as diagram_findings
from engine.check.forms import load_forms
from engine.check.manifest import manifest, problems
from engine.check.names import names
from engine.check.people import forms, lanes
from engine.check.properties import limits_used, step_properties
from engine.check.rules import found
from engine.check.services import services
from engine.check.slips import slips
from engine.check.statuses import statuses
from engine.check.subject import Subject, leaf, read_subject
from engine.check.walks import walks
from engine.errors import BadPackage, Fault
from engine.package import Package, from_files, read_manifest
from engine.slips import FILE

MANIFEST = "procedure.toml"
#: Nobody reads more at once; what is left out is counted.
MOST = 500
KEPT = 16  # whoever uploads a package looks at its findings more than once
_checked: OrderedDict[str, tuple[Finding, ...]] = OrderedDict()
_lock = Lock()
ORDER = {"error": 0, "warning": 1, "info": 2}

PARTS: tuple[Callable[[Subject], Iterable[Finding]], ...] = (
    manifest,
    lanes,
    forms,
    step_properties,
    limits_used,
    services,
    slips,
    names,
    statuses,
    walks,
)


def check_package(package: Package) -> tuple[Finding, ...]:
    """Everything the rules say about a package: errors, then warnings, then notes, by file."""
    with _lock:
        if package.digest in _checked:
            return _checked[package.digest]
    said = _check(package)
    with _lock:
        _checked[package.digest] = said
        while len(_checked) > KEPT:
            _checked.popitem(last=False)
    return said


def _check(package: Package) -> tuple[Finding, ...]:
    subject = read_subject(package)
    listed = list(problems(read_manifest(package.files[MANIFEST])[1]))
    listed += guarded("diagram", lambda: diagram_findings(package.files))
    listed += guarded("forms", lambda: load_forms(subject))
    for part in PARTS:
        listed += guarded(part.__name__, partial(part, subject))
    listed += strangers(package)
    return ordered(listed)


def check_files(files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """The same for files of which it is not known whether they make a package at all."""
    try:
        package = from_files(files)
    except BadPackage as fault:
        return ordered(_unreadable(files, fault))
    return check_package(package)


def _unreadable(files: Mapping[str, bytes], fault: BadPackage) -> Iterator[Finding]:
    """Why the files make no package, and what can be said about them all the same."""
    if MANIFEST in files:
        given = tuple(problems(read_manifest(files[MANIFEST])[1]))
        yield from given
        if any(finding.severity == "error" for finding in given):
            yield from guarded("diagram", lambda: diagram_findings(files))
            return
    yield found(
        "package.unreadable", str(fault.path) or MANIFEST, value=fault.path, detail=fault.cause
    )


def guarded(part: str, rules: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """What a part of the rules says; a part that fails blocks the package instead of passing it."""
    try:
        return list(rules())
    except Fault as fault:
        return [found("check.failed", MANIFEST, part=part, detail=str(fault))]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        detail = f"{type(error).__name__}: {error}"
        return [found("check.failed", MANIFEST, part=part, detail=detail)]


def strangers(package: Package) -> Iterator[Finding]:
    """Files no rule and no run will ever look at."""
    for path in package.files:
        if not known(path):
            yield found("file.unused", path, value=path)


def known(path: str) -> bool:
    """Whether a path is one that a package has a use for."""
    folder, _, name = path.rpartition("/")
    if name.lower().endswith(".md") or path == MANIFEST:
        return True
    if folder == "forms" or (folder.startswith("shared/") and folder.endswith("/forms")):
        return name.endswith((".schema.json", ".ui.json"))
    if folder in ("slips", "shared/slips"):
        return name.endswith(".typ") or path == FILE
    if leaf(folder) == "walks":
        return name.endswith(".toml")
    return name.endswith((".bpmn", ".dmn"))


def ordered(listed: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, worst first, then as they stand in their files."""
    once: dict[tuple[object, ...], Finding] = {}
    for finding in listed:
        particulars = tuple(sorted((k, str(v)) for k, v in finding.particulars.items()))
        key = (finding.rule, finding.file, finding.element, finding.line, particulars)
        once.setdefault(key, finding)
    listed = sorted(once.values(), key=lambda f: (ORDER[f.severity], f.file, f.line or 0, f.rule))
    if len(listed) > MOST:
        listed[MOST:] = [found("check.more", MANIFEST, count=len(listed) - MOST)]
    return tuple(listed)
