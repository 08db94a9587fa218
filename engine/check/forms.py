"""The forms of a package load and keep to the closed profile."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

from engine.bpmn.finding import Finding
from engine.check.rules import found
from engine.check.subject import Subject
from engine.errors import BadPackage
from engine.forms import Form, lint, load
from engine.forms.profile import UNREAD

SCHEMA = ".schema.json"
UI = ".ui.json"


def load_forms(subject: Subject) -> Iterator[Finding]:
    """Load every form into the subject; what does not load or is not of the profile is named."""
    files = subject.package.files
    for path in files:
        if not path.endswith(SCHEMA):
            continue
        ui = path.removesuffix(SCHEMA) + UI
        if ui not in files:
            continue  # the step that needs it has its finding
        form = yield from _loaded(path, files[path], files[ui])
        if form is not None:
            subject.forms[path] = form


def loose_form(path: Path, content: bytes) -> Iterator[Finding]:
    """One of the two files of a form, looked at together with the other."""
    stem = path.name.removesuffix(SCHEMA).removesuffix(UI)
    other = path.with_name(stem + (UI if path.name.endswith(SCHEMA) else SCHEMA))
    if not other.is_file():
        yield found("form.no-ui", path.name, value=other.name, schema=path.name)
        return
    pair = (content, other.read_bytes())
    schema, ui = pair if path.name.endswith(SCHEMA) else pair[::-1]
    yield from _loaded(stem + SCHEMA, schema, ui)


def _loaded(path: str, schema: bytes, ui: bytes) -> Generator[Finding, None, Form | None]:
    try:
        form = load(schema, ui)
    except BadPackage as fault:
        yield found("form.unreadable", path, value=path, detail=fault.cause)
        return None
    for rule, pointer, detail in lint(form):
        yield found("form.profile", path, fault=rule, pointer=pointer, detail=detail)
    told = [
        f"{name}.{key}"
        for name, one in form.ui.get("fields", {}).items()
        for key in UNREAD
        if key in one
    ]
    if told:
        yield found("form.unread", path, value=", ".join(told))
    return form
