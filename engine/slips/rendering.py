"""A slip template and its data, made one PDF whose bytes never vary."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Any

import segno

from engine.errors import BadSlip
from engine.letters import boxed
from engine.package import Package
from engine.slips import press
from engine.slips.kinds import KINDS
from engine.slips.sets import Form, in_force, sets_of

MAX_DATA = 256 * 1024
MAX_TEMPLATE = 256 * 1024

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
# A template reads its neighbours and nothing else: no packages from the network, no computed paths.
_FOREIGN = re.compile(r'\b(?:import|include)\b(?!\s*"[\w.-]+\.typ")|\b(?:eval|plugin)\s*\(')
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def issue(
    package: Package,
    kind: str,
    data: Mapping[str, Any],
    house: Package | None = None,
    tagged: bool = True,
) -> bytes:
    """The slip of that kind by the procedure's own template or the shared one.

    The day in ``issued_at`` decides the set of forms. ``house`` is the newest package there is: a
    set that the procedure's release was too early for is taken from there.
    """
    needed(kind, data)
    try:
        day = date.fromisoformat(str(data.get("issued_at") or data.get("until"))[:10])
    except ValueError as error:
        raise BadSlip(slip=kind, cause="missing: issued_at") from error
    chosen = in_force(sets_of(house or package), day)
    known = {one.name for one in sets_of(package)}
    form, source = chosen.form(kind), package if chosen.name in known else house or package
    template, shared = templates(package, kind, form, source)
    own = f"slips/{kind}.typ" in package.files  # which says itself what it is called
    told = {
        "form_number": form.number,
        "form_title": None if own else form.title,
        "form_basis": chosen.basis,
        "copies": list(form.copies),
    }
    try:
        return render(template, told | KINDS[kind].fill(data), shared, tagged)
    except BadSlip as fault:
        raise BadSlip(slip=kind, cause=fault.cause) from fault


def needed(kind: str, data: Mapping[str, Any]) -> None:
    """Refuse data in which a key that kind needs is missing, and kinds that nobody knows."""
    if kind not in KINDS:
        raise BadSlip(slip=kind, cause="no template")
    missing = [key for key in KINDS[kind].needs if key not in data]
    if missing:
        raise BadSlip(slip=kind, cause="missing: " + ", ".join(missing))


def templates(
    package: Package, kind: str, form: Form | None = None, source: Package | None = None
) -> tuple[str, dict[str, bytes]]:
    """The template of a kind and the files it may import, by name.

    The procedure's own template goes before the form's, that before the shared one; ``source`` is
    the package whose shared files are meant.
    """
    neighbours = (source or package).under("shared/slips", ".typ") | package.under("slips", ".typ")
    shared = {p.rpartition("/")[2]: data for p, data in neighbours.items()}
    own = f"slips/{kind}.typ" in package.files
    name = form.template if form and form.template and not own else f"{kind}.typ"
    if kind not in KINDS or name not in shared:
        raise BadSlip(slip=kind, cause="no template")
    return _text(shared[name], name), shared


def render(
    template: str, data: dict[str, Any], shared: Mapping[str, bytes], tagged: bool = True
) -> bytes:
    """The PDF of a template; ``tracking_url`` in the data becomes its QR, and the ``secret``
    in it the words below; raises BadSlip.

    ``tagged``: screen readers are told what is a heading, a table, a cell.
    """
    return press.PRESS.typeset(sources(template, shared), inputs(data), tagged=tagged)[0]


def pictures(template: str, data: dict[str, Any], shared: Mapping[str, bytes]) -> list[bytes]:
    """The same slip as one PNG a page, for previews."""
    return press.PRESS.typeset(sources(template, shared), inputs(data), "png")


def sources(template: str, shared: Mapping[str, bytes]) -> dict[str, str]:
    """What Typst may read: the template as ``main.typ`` and its neighbours; raises BadSlip."""
    files = {name: _text(data, name) for name, data in shared.items()} | {"main.typ": template}
    for name, text in files.items():
        if len(text) > MAX_TEMPLATE:
            raise BadSlip(slip=name, cause="too large")
        if foreign := _FOREIGN.search(_COMMENT.sub(" ", text)):
            raise BadSlip(slip=name, cause=f"not allowed: {foreign[0].strip()}")
    return files


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadSlip(slip=name, cause="not UTF-8") from error


def inputs(data: dict[str, Any]) -> str:
    """The data as Typst gets them: JSON with the QR drawn; raises BadSlip."""
    url = str(data.get("tracking_url") or "")
    drawn = {"qr": _qr(url) if url else None, "secret": url.partition("?s=")[2] or None}
    try:
        text = json.dumps(_printable(data | drawn), ensure_ascii=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadSlip(slip="", cause=f"data: {error}") from error
    if len(text) > MAX_DATA:
        raise BadSlip(slip="", cause="data too large")
    return text


def _printable(value: Any) -> Any:
    """The value without control, direction and surrogate characters, which could disguise text.

    A letter without a shape becomes a box: what is typed now is refused before, what an older
    dossier or another system says must not vanish from a slip or a ledger unseen.
    """
    if isinstance(value, str):
        return boxed(_UNPRINTABLE.sub("", value))
    if isinstance(value, Mapping):
        return {str(key): _printable(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_printable(inner) for inner in value]
    return value


def _qr(url: str) -> str:
    target = BytesIO()
    try:
        segno.make(url, error="m", micro=False).save(target, kind="svg", border=2, xmldecl=False)
    except segno.DataOverflowError as error:
        raise BadSlip(slip="", cause="tracking_url too long") from error
    return target.getvalue().decode("ascii")
