"""Files that ride on a form: put first, so that a fault in the form loses none of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import FileStorage

from app.database import transaction
from app.i18n import language, t
from engine.commands import documents
from engine.errors import BadDocument
from engine.words import sentence

LARGEST = 10 * 1024 * 1024
# The hidden field that keeps a file already put: upload:<field> = <token>|<name>.
_KEPT = "upload:"


@dataclass(frozen=True)
class Taken:
    """Files by field, as (token, name), and what was wrong with others, by field."""

    files: Mapping[str, tuple[tuple[str, str], ...]]
    faults: Mapping[str, str]

    def tokens(self) -> dict[str, list[str]]:
        """What the commands take."""
        return {field: [token for token, _ in kept] for field, kept in self.files.items() if kept}


def take() -> Taken:
    """Put every file of this request in the store, beside those kept from the posting before."""
    files: dict[str, list[tuple[str, str]]] = {}
    faults: dict[str, str] = {}
    for name in request.form:
        if name.startswith(_KEPT):
            field = name.removeprefix(_KEPT)
            files[field] = [_split(kept) for kept in request.form.getlist(name)]
    for field, sent in request.files.items(multi=True):
        if not sent.filename:
            continue
        try:
            files.setdefault(field, []).append(put(sent))
        except BadDocument as fault:
            faults[field] = t("needs.file", name=sent.filename, why=sentence(fault, language()))
    return Taken({field: tuple(kept) for field, kept in files.items()}, faults)


def put(sent: FileStorage) -> tuple[str, str]:
    """Store one file; its token and name."""
    data = sent.stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise BadDocument(name=sent.filename, cause="too_big")
    with transaction() as tx:
        upload = documents.put_upload(tx, sent.filename or "", data)
    return upload.token, upload.name


def _split(kept: str) -> tuple[str, str]:
    token, _, name = kept.partition("|")
    return token, name
