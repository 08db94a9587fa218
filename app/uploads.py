"""Files that ride on a form: put first, so that a fault in the form loses none of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import segno
from flask import current_app, request
from werkzeug.datastructures import FileStorage, MultiDict

from app.database import transaction
from app.i18n import language, t
from engine.commands import brought, documents, links
from engine.errors import BadDocument, UnknownDocument
from engine.forms import file_text
from engine.scans import MOST_BYTES as LARGEST
from engine.words import sentence

if TYPE_CHECKING:
    from engine.store.database import Transaction

# The hidden field that keeps a file already put: upload:<field> = <token>|<name>.
_KEPT = "upload:"
_CHOSEN = re.compile(r"[^/]+/[0-9]{1,18}")


@dataclass(frozen=True)
class Taken:
    """Files by field, as (token, name), and what was wrong with others, by field."""

    files: Mapping[str, tuple[tuple[str, str], ...]]
    faults: Mapping[str, str]
    fresh: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # as a form's fields say it

    @property
    def came(self) -> int:
        """How many files were put just now."""
        return sum(map(len, self.fresh.values()))

    def sent(self) -> MultiDict[str, str]:
        """What was posted, the files put just now among it: a form reads both alike."""
        found = MultiDict(request.form)
        for name, texts in self.fresh.items():
            for text in texts:
                found.add(name, text)
        return found


def several(name: str, most: int) -> list[tuple[str, bytes]]:
    """The files of a field as (name, bytes): one more, and one byte more, than is taken.

    What is too much is told by whoever takes them, not read here.
    """
    sent = [file for file in request.files.getlist(name) if file.filename]
    found = [(file.filename or "", file.stream.read(LARGEST + 1)) for file in sent[: most + 1]]
    for file in sent:
        file.close()
    return found


def refusal(fault: BadDocument) -> str:
    """Why a file was not taken, with its name: whoever sent several looks for that one."""
    why = sentence(fault, language())
    name = str(fault.name)
    return t("needs.file", name=name, why=why) if name else why


def with_earlier(taken: Taken, chosen: Mapping[str, str]) -> Taken:
    """The same with scans of earlier dossiers, chosen as ``code/number`` by paper: all or none.

    Raises ReasonMissing without a reason, UnknownDocument for one that may not be used.
    """
    files = dict(taken.files)
    reason = request.form.get("reuse_reason", "")
    named = {key: one.rpartition("/") for key, one in chosen.items() if _CHOSEN.fullmatch(one)}
    wanted = {key: (code, int(id)) for key, (code, _, id) in named.items()}
    if not wanted:
        return taken
    with transaction() as tx:
        for key, (code, id) in sorted(wanted.items(), key=lambda one: one[1]):
            again = documents.reuse(tx, code, id, reason)
            at = f"paper.{key}.file"
            files[at] = (*files.get(at, ()), (again.token, again.name))
    return replace(taken, files=files)


@dataclass(frozen=True)
class Joined:
    """The uploads of one paper and the file they were joined into, not put yet."""

    tokens: tuple[str, ...]
    file: brought.Brought

    def put(self, tx: Transaction) -> tuple[str, str]:
        """Put it in their place; its token and name."""
        upload = documents.put_joined(tx, self.tokens, self.file)
        return upload.token, upload.name


def joined(kept: Sequence[tuple[str, str]]) -> Joined | None:
    """Several pictures of a paper as one file; None for one, and for files that are gone.

    What is gone is told by whoever takes the form, or the form has been taken with it already.
    Raises BadDocument for what cannot be joined.
    """
    if len(kept) < 2:
        return None
    tokens = tuple(token for token, _ in kept)
    try:
        with transaction() as tx:
            files = documents.opened(tx, tokens)
    except UnknownDocument:
        return None
    return Joined(tokens, brought.join(files))


@dataclass(frozen=True)
class Phone:
    """A page for a telephone: for which field, where it is, and its QR code as a data address."""

    field: str
    address: str
    qr: str


def take(form: str) -> Taken:
    """Put every file of this request in the store, beside those kept from the posting before.

    ``form``: the one-time key of the form or its task; what a telephone sent for it comes along.
    """
    files: dict[str, list[tuple[str, str]]] = {}
    fresh: dict[str, list[str]] = {}
    faults: dict[str, str] = {}
    for name in request.form:
        if name.startswith(_KEPT):
            kept = [_split(one) for one in request.form.getlist(name)]
            dropped = request.form.get("_remove_file")
            files[name.removeprefix(_KEPT)] = [one for one in kept if one[0] != dropped]
    for at, upload in _arrived(form):
        files.setdefault(at, []).append((upload.token, upload.name))
        told = {"token": upload.token, "name": upload.name, "size": upload.size}
        fresh.setdefault(at, []).append(file_text(told | {"sha256": upload.sha256}))
    for at, sent in request.files.items(multi=True):
        if not sent.filename:
            continue
        try:
            upload = put(sent)
            files.setdefault(at, []).append((upload.token, upload.name))
            fresh.setdefault(at, []).append(file_text(asdict(upload)))
        except BadDocument as fault:
            faults[at] = refusal(fault)
    return Taken(
        {at: tuple(kept) for at, kept in files.items()},
        faults,
        {at: tuple(texts) for at, texts in fresh.items()},
    )


def _arrived(form: str) -> list[tuple[str, Any]]:
    """What a telephone sent meanwhile, where the form says that it has asked one."""
    if not request.form.get("_linked"):
        return []
    with transaction() as tx:
        return links.fetch_linked(tx, form)


def put(sent: FileStorage) -> documents.Upload:
    """Store one file."""
    data = sent.stream.read(LARGEST + 1)
    sent.close()
    if len(data) > LARGEST:
        raise BadDocument(name=sent.filename, cause="too_big")
    file = brought.look(sent.filename or "", data)
    with transaction() as tx:
        return documents.put_upload(tx, file)


def news(came: int) -> str:
    """What the button that fetches from a telephone has brought; empty where none was pressed."""
    if not request.form.get("_fetch"):
        return ""
    return t("uploads.fetched", n=came) if came else t("uploads.fetched_none")


def phone(form: str, field: str) -> Phone | None:
    """A page for a telephone that takes files for the field; None where none is asked for."""
    if not field:
        return None
    with transaction() as tx:
        secret = links.open_link(tx, form, field)
    address = f"{current_app.config['MOTCUA_BASE_URL']}/phone/{secret}"
    return Phone(field, address, segno.make(address, error="m").svg_data_uri(scale=4, border=2))


def _split(kept: str) -> tuple[str, str]:
    token, _, name = kept.partition("|")
    return token, name
