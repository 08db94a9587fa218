"""A package: the files of one procedure under fixed paths, their manifest and their digest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from engine.errors import BadPackage
from engine.package.manifest import Manifest
from engine.package.reading import read_manifest

MANIFEST = "procedure.toml"
MAX_FILES = 400
MAX_FILE = 2 * 1024 * 1024
MAX_TOTAL = 20 * 1024 * 1024
MAX_PATH = 200

_PATH = re.compile(r"[^\x00-\x1f\x7f\\:*?\"<>|]+")


@dataclass(frozen=True)
class Package:
    """One procedure's files by path, the manifest read from them, and their content hash."""

    name: str
    files: Mapping[str, bytes]
    digest: str
    manifest: Manifest

    def under(self, folder: str, ending: str) -> dict[str, bytes]:
        """The files of a folder (``""`` is the root itself) whose names end so, sorted by path."""
        found = {}
        for path in sorted(self.files):
            parent, _, leaf = path.rpartition("/")
            if parent == folder and leaf.endswith(ending):
                found[path] = self.files[path]
        return found

    def form_of(self, step: str, properties: Mapping[str, str]) -> tuple[str, str] | None:
        """Paths of the schema and the UI schema of a step, whether or not they are there.

        The step's properties name them; without properties ``<step>.schema.json`` is taken, if it
        exists; None means the step has no form.
        """
        schema = properties.get("formJsonSchemaFilename", "").strip()
        if not schema and (key := properties.get("formKey", "").strip()):
            schema = key if key.endswith(".json") else f"{key}.schema.json"
        ui = properties.get("formUiSchemaFilename", "").strip()
        if not schema:
            schema = f"{step}.schema.json"
            if self._form_path(schema) not in self.files:
                return None
        if not ui:
            ui = schema.removesuffix(".json").removesuffix(".schema") + ".ui.json"
        return self._form_path(schema), self._form_path(ui)

    def _form_path(self, filename: str) -> str:
        """The procedure's own form of that name, else a shared process's."""
        leaf = filename.rpartition("/")[2]
        own = f"forms/{leaf}"
        if own in self.files:
            return own
        shared = [p for p in self.files if p.startswith("shared/") and p.endswith(f"/forms/{leaf}")]
        return min(shared, default=own)

    def slip_file(self, kind: str) -> str | None:
        """The template of a slip: the procedure's own, else the shared one."""
        for path in (f"slips/{kind}.typ", f"shared/slips/{kind}.typ"):
            if path in self.files:
                return path
        return None


def from_files(files: Mapping[str, bytes]) -> Package:
    """The package those files make; raises BadPackage where it cannot be read at all."""
    check_bounds(files)
    kept = {path: bytes(files[path]) for path in sorted(files)}
    if MANIFEST not in kept:
        raise BadPackage(path=MANIFEST, cause="missing")
    manifest, problems = read_manifest(kept[MANIFEST])
    if manifest is None:
        first = next(p for p in problems if p.fatal)
        raise BadPackage(path=MANIFEST, cause=f"{first.rule}: {first.key or first.detail}")
    return Package(manifest.name, kept, digest_of(kept), manifest)


def digest_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 over the sorted lines ``path NUL sha256``: the same bytes give the same release."""
    total = sha256()
    for path in sorted(files):
        total.update(f"{path}\0{sha256(files[path]).hexdigest()}\n".encode())
    return total.hexdigest()


def check_bounds(files: Mapping[str, bytes]) -> None:
    """Refuse too many, too large or wrongly named files (also twins that differ in case only)."""
    if len(files) > MAX_FILES:
        raise BadPackage(path="", cause="too many files")
    seen: set[str] = set()
    total = 0
    for path, data in files.items():
        check_path(path)
        if path.casefold() in seen:
            raise BadPackage(path=path, cause="duplicate")
        seen.add(path.casefold())
        total += len(data)
        if len(data) > MAX_FILE or total > MAX_TOTAL:
            raise BadPackage(path=path, cause="too large")


def check_path(path: str) -> None:
    """Refuse absolute, climbing, hidden or unprintable paths."""
    parts = path.split("/")
    if (
        len(path) > MAX_PATH
        or not _PATH.fullmatch(path)
        or any(part in ("", ".", "..") or part != part.strip() for part in parts)
        or any(0xD800 <= ord(letter) <= 0xDFFF for letter in path)
    ):
        raise BadPackage(path=path[:MAX_PATH].encode("utf-8", "replace").decode(), cause="bad path")
