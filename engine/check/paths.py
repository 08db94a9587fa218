"""The check as designers call it: on a folder of packages, one package, a zip, or a single file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from engine.bpmn.finding import Finding
from engine.bpmn.findings import findings as diagram_findings
from engine.check.forms import loose_form
from engine.check.manifest import problems
from engine.check.rules import found
from engine.check.slips import broken
from engine.check.whole import check_files, guarded, ordered
from engine.errors import BadPackage
from engine.package import names, read_manifest
from engine.package.folder import folder_files
from engine.package.zipped import zip_files
from engine.slips import KINDS

MANIFEST = "procedure.toml"

Report = list[tuple[str, tuple[Finding, ...]]]


def check_path(path: Path | str) -> Report:
    """The findings of every file below a path, by the file as it is called there."""
    path = Path(path)
    if path.is_file():
        if path.suffix == ".zip":
            return by_file(f"{path}:", _zip(path.read_bytes()))
        return [(str(path), check_file(path))]
    if (path / MANIFEST).is_file():
        return _procedure(path.parent, path.name)
    if (path / "processes").is_dir():
        path = path / "processes"
    procedures = names(path)
    if procedures:
        return _together(row for name in procedures for row in _procedure(path, name))
    loose = sorted(p for p in path.rglob("*") if p.suffix in (".bpmn", ".dmn") and p.is_file())
    if not loose:
        return [(str(path), (found("package.unreadable", str(path), value=path.name, detail=""),))]
    known = {name for file in loose for name in _named(_DEFINED, file)}
    return [(str(file), _among(check_file(file), known)) for file in loose]


#: What files may say of one another; more is not looked for in them.
_DEFINED = re.compile(rb"<(?:[\w.-]+:)?(?:process|decision)\b[^>]*?\bid\s*=\s*[\"']([^\"']+)[\"']")
_CALLED = re.compile(rb"\b(?:calledElement|processId)\s*=\s*[\"']([^\"']+)[\"']")
MOST_LOOKED_AT = 5_000_000  # bytes of a file
MOST_NEAR = 200  # files beside one that calls others


def _named(pattern: re.Pattern[bytes], file: Path) -> set[str]:
    """The names a file defines, or calls: read off the text, so that it costs nothing."""
    if file.stat().st_size > MOST_LOOKED_AT:
        return set()
    found = {name.decode("utf-8", "replace") for name in pattern.findall(file.read_bytes())}
    return found | {name.rpartition(":")[2] for name in found}


def _among(findings: tuple[Finding, ...], known: set[str]) -> tuple[Finding, ...]:
    """Without those that miss what another file of the folder has."""
    return tuple(
        one
        for one in findings
        if one.rule not in ("bpmn.unknown-process", "bpmn.unknown-decision")
        or str(one.particulars.get("called") or one.particulars.get("decision")) not in known
    )


def companions(path: Path) -> dict[str, bytes]:
    """The diagrams and tables beside a diagram that it needs: called processes, all tables."""
    near = sorted(p for p in path.parent.glob("*.bpmn") if p.is_file() and p != path)[:MOST_NEAR]
    defined = {file: _named(_DEFINED, file) for file in near}
    found: dict[str, bytes] = {}
    wanted = _named(_CALLED, path) - _named(_DEFINED, path)
    while wanted:
        taken = [file for file, names in defined.items() if names & wanted]
        wanted = {name for file in taken for name in _named(_CALLED, file)}
        for file in taken:
            found[file.name] = file.read_bytes()
            del defined[file]
    for table in sorted(path.parent.glob("*.dmn"))[:MOST_NEAR]:
        found[table.name] = table.read_bytes()
    return found


def _together(rows: Iterable[tuple[str, tuple[Finding, ...]]]) -> Report:
    """One row a file, also for shared ones that several procedures reach."""
    merged: dict[str, tuple[Finding, ...]] = {}
    for file, findings in rows:
        merged[file] = ordered((*merged.get(file, ()), *findings))
    return list(merged.items())


def check_file(path: Path | str, data: bytes | None = None) -> tuple[Finding, ...]:
    """What can be said about one file by itself."""
    path = Path(path)
    content = path.read_bytes() if data is None else data
    name = path.name
    if name.endswith((".bpmn", ".dmn")):
        return ordered(guarded("diagram", lambda: diagram_findings({name: content})))
    if name == MANIFEST:
        return ordered(problems(read_manifest(content)[1]))
    if name.endswith((".schema.json", ".ui.json")):
        return ordered(loose_form(path, content))
    if name.endswith(".typ") and (kind := path.stem.partition("-")[0]) in KINDS:
        around = {p.name: p.read_bytes() for p in sorted(path.parent.glob("*.typ"))}
        cause = broken(kind, content, tuple(around.items()))
        return (found("slip.broken", name, value=kind, detail=cause),) if cause else ()
    return (found("file.unused", name, value=name),)


def _zip(data: bytes) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    try:
        files = zip_files(data)
    except BadPackage as fault:
        broken_zip = found(
            "package.unreadable", str(fault.path), value=fault.path, detail=fault.cause
        )
        return (broken_zip,), (str(fault.path),)
    return check_files(files), tuple(files)


def _procedure(processes: Path, name: str) -> Report:
    forms = processes.parent / "forms"
    try:
        files = folder_files(processes, forms, name)
    except BadPackage as fault:
        unread = found("package.unreadable", MANIFEST, value=fault.path, detail=fault.cause)
        return [(str(processes / name / MANIFEST), (unread,))]
    findings = check_files(files)
    manifest = read_manifest(files[MANIFEST])[0]
    if manifest is not None and manifest.name != name:
        findings += (found("manifest.folder-name", MANIFEST, value=manifest.name, folder=name),)
    rows = by_file("", (findings, tuple(files)))
    return [(_on_disk(processes, forms, name, file), told) for file, told in rows]


def by_file(prefix: str, told: tuple[tuple[Finding, ...], tuple[str, ...]]) -> Report:
    """One row for each file, also for those nothing is said about."""
    findings, files = told
    listed = sorted({*files, *(finding.file for finding in findings)})
    return [(prefix + file, tuple(f for f in findings if f.file == file)) for file in listed]


def _on_disk(processes: Path, forms: Path, name: str, file: str) -> str:
    """Where a file of a package lies among the designers' folders."""
    if file.startswith("forms/"):
        return str(forms / name / file.removeprefix("forms/"))
    if file.startswith("shared/"):
        parts = file.split("/")
        if len(parts) > 3 and parts[2] == "forms":
            return str(forms / "_shared" / parts[1] / "/".join(parts[3:]))
        return str(processes / "_shared" / file.removeprefix("shared/"))
    return str(processes / name / file)
