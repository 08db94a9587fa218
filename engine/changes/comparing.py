"""Two packages of one procedure: manifest, diagrams, forms, tables, papers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.bpmn.reading import read_xml
from engine.bpmn.vocabulary import local, text_of
from engine.changes.change import Change, by_key, parts
from engine.changes.diagrams import compare_diagrams
from engine.errors import BadXml, Fault
from engine.forms import Field, Form, load
from engine.package import Manifest, Package

#: Folders of a package that are told file by file.
OTHER = {"slips/": "slip", "walks/": "walk", "shared/": "shared"}


def compare(old: Package | None, new: Package) -> tuple[Change, ...]:
    """Everything that differs, in the order an approver reads; without an old version nothing."""
    if old is None or old.digest == new.digest:
        return ()
    return (
        *_manifest(old.manifest, new.manifest),
        *compare_diagrams(old.files, new.files),
        *_forms(old.files, new.files),
        *_tables(old.files, new.files),
        *_others(old.files, new.files),
    )


def _manifest(old: Manifest, new: Manifest) -> Iterator[Change]:
    pairs = (
        ("title", old.title, new.title),
        ("summary", old.summary, new.summary),
        ("code", old.code, new.code),
        ("level", old.level, new.level),
        ("limit", old.limit, new.limit),
        ("restart_on_resume", old.restart_on_resume, new.restart_on_resume),
        ("instant", old.instant, new.instant),
        ("channels", old.channels, new.channels),
        ("legal_basis", old.legal_basis, new.legal_basis),
        ("supplement_rounds", old.supplement.max_rounds, new.supplement.max_rounds),
        ("supplement_days", old.supplement.days, new.supplement.days),
        ("territory_field", old.territory_field, new.territory_field),
        ("result", old.result, new.result),
    )
    yield from parts("procedure", new.name, new.title.vi, pairs)
    limits, now = old.named_limits, new.named_limits
    yield from by_key("limit", limits, now, lambda limit: limit.title.vi)
    for key in limits.keys() & now.keys():
        told = [("limit", limits[key].limit, now[key].limit)]
        yield from parts("limit", key, now[key].title.vi, told)
    yield from _keyed("paper", old.papers, new.papers, ("kind", "quantity", "required", "when"))
    asked = ("amount", "decision", "local", "when", "only", "each")
    yield from _keyed("fee", old.fees, new.fees, asked)
    yield from _posts(old, new)


def _keyed(
    what: str, old: tuple[Any, ...], new: tuple[Any, ...], names: tuple[str, ...]
) -> Iterator[Change]:
    before, after = {one.key: one for one in old}, {one.key: one for one in new}
    yield from by_key(what, before, after, lambda one: one.title.vi)
    for key, one in after.items():
        if key in before:
            was = before[key]
            told = [("title", was.title, one.title)]
            told += [(name, getattr(was, name), getattr(one, name)) for name in names]
            yield from parts(what, key, one.title.vi, told)


def _posts(old: Manifest, new: Manifest) -> Iterator[Change]:
    yield from by_key("lane", old.lanes, new.lanes, lambda post: f"{post.role}, {post.unit}")
    for key in old.lanes.keys() & new.lanes.keys():
        was, post = old.lanes[key], new.lanes[key]
        told = [("role", was.role, post.role), ("unit", was.unit, post.unit)]
        yield from parts("lane", key, key, told)
    models = sorted(old.deciding.keys() | new.deciding.keys())
    decides = [(model, old.deciding.get(model), new.deciding.get(model)) for model in models]
    yield from parts("deciding", new.name, new.title.vi, decides)


def _forms(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[Change]:
    before, after = _loaded(old), _loaded(new)
    yield from by_key("form", before, after, lambda form: "")
    for path, form in after.items():
        if path in before:
            yield from _fields(path, before[path], form)


def _loaded(files: Mapping[str, bytes]) -> dict[str, Form]:
    found = {}
    for path in sorted(files):
        ui = path.replace(".schema.json", ".ui.json")
        if path.endswith(".schema.json") and ui in files:
            try:
                found[path] = load(files[path], files[ui])
            except Fault:
                continue  # the check says what is wrong with it
    return found


def _fields(path: str, old: Form, new: Form) -> Iterator[Change]:
    before = {field.path: field for field in _all(old)}
    after = {field.path: field for field in _all(new)}
    yield from by_key("field", before, after, lambda field: field.label.vi, where=path)
    for key, field in after.items():
        was = before.get(key)
        if was is not None:
            pairs = (
                ("label", was.label, field.label),
                ("type", was.kind, field.kind),
                ("required", was.required, field.required),
                ("readonly", was.readonly, field.readonly),
                ("options", _options(was), _options(field)),
                ("hint", was.hint, field.hint),
                *((name, was.expression(name), field.expression(name)) for name in _RULES),
                ("rules", _rules(was), _rules(field)),
            )
            yield from parts("field", key, field.label.vi, pairs, where=path)


_RULES = ("visibleWhen", "compute", "default")


def _all(form: Form) -> Iterator[Field]:
    rest = [field for section in form.sections for field in section.fields]
    while rest:
        field = rest.pop(0)
        yield field
        rest = [*field.children, *rest]


def _options(field: Field) -> list[str]:
    return [f"{value}: {text.vi}" for value, text in field.options]


def _rules(field: Field) -> list[str]:
    """What the schema demands of a value, its own properties apart."""
    skip = ("properties", "items", "title", "description", "type", "required")
    return [f"{key} {value}" for key, value in sorted(field.schema.items()) if key not in skip]


def _tables(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[Change]:
    before, after = _rows(old), _rows(new)
    yield from by_key("table", before, after, lambda rows: "")
    for key in sorted(before.keys() & after.keys()):
        for row in before[key]:
            if row not in after[key]:
                yield Change("removed", "row", key, row, where=key)
        for row in after[key]:
            if row not in before[key]:
                yield Change("added", "row", key, row, where=key)
        same = [row for row in before[key] if row in after[key]]
        if same != [row for row in after[key] if row in before[key]]:
            yield Change("changed", "table", key, key, "order")


def _rows(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted(path for path in files if path.endswith(".dmn")):
        try:
            root = read_xml(path, files[path])
        except BadXml:
            continue
        for decision in root:
            rules = [rule for rule in decision.iter() if local(rule) == "rule"]
            if local(decision) == "decision":
                found[decision.get("id") or path] = [
                    " | ".join(text_of(entry) or "–" for entry in rule) for rule in rules
                ]
    return found


def _others(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[Change]:
    for path in sorted(old.keys() | new.keys()):
        what = next((word for folder, word in OTHER.items() if path.startswith(folder)), None)
        if what is None or old.get(path) == new.get(path):
            continue
        act = "changed" if path in old and path in new else "added" if path in new else "removed"
        yield Change(act, what, path, path.rpartition("/")[2])  # type: ignore[arg-type]
