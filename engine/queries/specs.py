"""Releases read back: the package of a digest, its manifest alone, and the specification it runs.

A digest never means other bytes, so what was read once is kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from sqlalchemy import Connection, select

from engine.bpmn.beginnings import Beginning
from engine.bpmn.parse import Spec, compile
from engine.bpmn.steps import Step
from engine.errors import UnknownRelease
from engine.package import Manifest, Package, from_files, read_manifest
from engine.queries.path import course
from engine.store.tables import release_files

T = TypeVar("T")
_packages: OrderedDict[str, Package] = OrderedDict()
_manifests: OrderedDict[str, Manifest] = OrderedDict()
_beginnings: OrderedDict[str, tuple[tuple[Beginning, ...], bool]] = OrderedDict()
_lock = Lock()
_PACKAGES_KEPT, _MANIFESTS_KEPT = 64, 4096


def package_of(connection: Connection, digest: str) -> Package:
    """The files of a release; raises UnknownRelease."""

    def read() -> Package:
        rows = connection.execute(
            select(release_files.c.path, release_files.c.content).where(
                release_files.c.digest == digest
            )
        ).all()
        if not rows:
            raise UnknownRelease(release=digest)
        return from_files({row.path: bytes(row.content) for row in rows})

    return _kept(_packages, _PACKAGES_KEPT, digest, read)


def manifest_of(connection: Connection, digest: str) -> Manifest:
    """What a release's procedure.toml says, without its other files."""

    def read() -> Manifest:
        content = connection.scalar(
            select(release_files.c.content).where(
                release_files.c.digest == digest, release_files.c.path == "procedure.toml"
            )
        )
        manifest = read_manifest(bytes(content))[0] if content is not None else None
        if manifest is None:
            raise UnknownRelease(release=digest)
        return manifest

    return _kept(_manifests, _MANIFESTS_KEPT, digest, read)


def spec_of(connection: Connection, digest: str) -> Spec:
    """What a release runs."""
    package = package_of(connection, digest)
    return compile(package.files, digest, package.manifest.process)


def beginnings_of(connection: Connection, digest: str) -> tuple[Beginning, ...]:
    """The messages, signals and instants that open a dossier of a release."""
    return _begun(connection, digest)[0]


def begins_at_counter(connection: Connection, digest: str) -> bool:
    """Whether somebody can hand in a dossier of a release."""
    return _begun(connection, digest)[1]


def _begun(connection: Connection, digest: str) -> tuple[tuple[Beginning, ...], bool]:
    def read() -> tuple[tuple[Beginning, ...], bool]:
        spec = spec_of(connection, digest)
        return spec.beginnings, spec.plain

    return _kept(_beginnings, _MANIFESTS_KEPT, digest, read)


def counter_step(package: Package, spec: Spec) -> Step | None:
    """The step that is done in front of the citizen: the first one, where it is the reception's."""
    step = spec.step(spec.counter)
    lanes = package.manifest.lanes
    post = lanes.get(step.lane or step.pool or "") if step else None
    return step if post is not None and post.unit == "receiving" else None


def step_number(connection: Connection, digest: str, step: str) -> tuple[int, int]:
    """Which step of people on the plain path it is (from 1; 0: not on it), and of how many."""
    people = course(package_of(connection, digest)).people()
    return (people.index(step) + 1 if step in people else 0), len(people)


def _kept(kept: OrderedDict[str, T], bound: int, digest: str, read: Callable[[], T]) -> T:
    with _lock:
        if digest in kept:
            kept.move_to_end(digest)
            return kept[digest]
    found = read()
    with _lock:
        kept[digest] = found
        while len(kept) > bound:
            kept.popitem(last=False)
    return found
