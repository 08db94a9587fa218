"""A procedure as designers keep it: folders ``processes/`` and ``forms/`` side by side."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from engine.errors import BadPackage
from engine.package.bundle import MANIFEST, MAX_FILE, MAX_FILES, Package, from_files

SHARED = "_shared"
# The platform starts these shared processes itself (statutory duties), so no diagram names them.
DUTIES = ("apology", "stop", "withdrawal")

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def names(processes: Path) -> list[str]:
    """The procedures of a folder: every sub-folder with a ``procedure.toml``."""
    if not processes.is_dir():
        return []
    return sorted(path.parent.name for path in processes.glob(f"*/{MANIFEST}"))


def load_folder(processes: Path, forms: Path, name: str) -> Package:
    """The package ``processes/<name>`` with its forms and all it reaches in ``_shared``."""
    if not (processes / name / MANIFEST).is_file():
        raise BadPackage(path=f"{name}/{MANIFEST}", cause="missing")
    return from_files(folder_files(processes, forms, name))


def folder_files(processes: Path, forms: Path, name: str) -> dict[str, bytes]:
    """The files such a package would hold, by their paths in it."""
    files = _tree(processes / name, "")
    files |= _tree(forms / name, "forms/")
    shared = _tree(processes / SHARED, "")
    shared |= {_shared_form(path): data for path, data in _tree(forms / SHARED, "").items()}
    return files | reached(files, shared)


def _shared_form(path: str) -> str:
    """``apology/Draft.schema.json`` of ``forms/_shared`` rides beside its process."""
    process, _, leaf = path.partition("/")
    return f"{process}/forms/{leaf}"


def reached(files: Mapping[str, bytes], shared: Mapping[str, bytes]) -> dict[str, bytes]:
    """What of ``_shared`` a package needs, under ``shared/``: slips, duties, called processes."""
    homes: dict[str, str] = {}
    for path, data in shared.items():
        if path.endswith(".bpmn"):
            homes |= dict.fromkeys(_ids(data, "process", "id"), path.partition("/")[0])
    folders = {"slips", *DUTIES}
    todo = [data for path, data in files.items() if path.endswith(".bpmn")]
    todo += _diagrams(shared, folders)
    while todo:
        called = {homes[i] for i in _ids(todo.pop(), "callActivity", "calledElement") if i in homes}
        todo += _diagrams(shared, called - folders)
        folders |= called
    return {f"shared/{p}": data for p, data in shared.items() if p.partition("/")[0] in folders}


def _diagrams(shared: Mapping[str, bytes], folders: set[str]) -> list[bytes]:
    return [d for p, d in shared.items() if p.endswith(".bpmn") and p.partition("/")[0] in folders]


def _ids(data: bytes, tag: str, attribute: str) -> list[str]:
    """Attribute values of all such elements; none when the XML is broken (the check says so)."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return []
    return [e.get(attribute, "") for e in root.iter(_BPMN + tag)]


def _tree(root: Path, prefix: str) -> dict[str, bytes]:
    """All files below a folder; hidden ones and links stay out."""
    files: dict[str, bytes] = {}
    if not root.is_dir():
        return files
    for path in sorted(root.rglob("*")):
        inner = path.relative_to(root)
        if any(part.startswith(".") for part in inner.parts) or path.is_symlink():
            continue
        if path.is_file():
            if path.stat().st_size > MAX_FILE or len(files) >= MAX_FILES:
                raise BadPackage(path=inner.as_posix(), cause="too large")
            files[prefix + inner.as_posix()] = path.read_bytes()
    return files
