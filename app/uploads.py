"""Files that ride on a form: put first, so that a fault in the form loses none of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from flask import request
from werkzeug.datastructures import FileStorage, MultiDict

from app.database import transaction
from app.i18n import language, t
from engine.commands import documents
from engine.errors import BadDocument
from engine.forms import file_text
from engine.words import sentence

LARGEST = 10 * 1024 * 1024
# The hidden field that keeps a file already put: upload:<field> = <token>|<name>.
_KEPT = "upload:"


@dataclass(frozen=True)
class Taken:
    """Files by field, as (token, name), and what was wrong with others, by field."""

    files: Mapping[str, tuple[tuple[str, str], ...]]
    faults: Mapping[str, str]
    fresh: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # as a form's fields say it

    def sent(self) -> MultiDict[str, str]:
        """What was posted, the files put just now among it: a form reads both alike."""
        found = MultiDict(request.form)
        for name, texts in self.fresh.items():
            for text in texts:
                found.add(name, text)
        return found


def take() -> Taken:
    """Put every file of this request in the store, beside those kept from the posting before."""
    files: dict[str, list[tuple[str, str]]] = {}
    fresh: dict[str, list[str]] = {}
    faults: dict[str, str] = {}
    for name in request.form:
        if name.startswith(_KEPT):
            files[name.removeprefix(_KEPT)] = [_split(kept) for kept in request.form.getlist(name)]
    for at, sent in request.files.items(multi=True):
        if not sent.filename:
            continue
        try:
            upload = put(sent)
            files.setdefault(at, []).append((upload.token, upload.name))
            fresh.setdefault(at, []).append(file_text(asdict(upload)))
        except BadDocument as fault:
            faults[at] = t("needs.file", name=sent.filename, why=sentence(fault, language()))
    return Taken(
        {at: tuple(kept) for at, kept in files.items()},
        faults,
        {at: tuple(texts) for at, texts in fresh.items()},
    )


def put(sent: FileStorage) -> documents.Upload:
    """Store one file."""
    data = sent.stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise BadDocument(name=sent.filename, cause="too_big")
    with transaction() as tx:
        return documents.put_upload(tx, sent.filename or "", data)


def _split(kept: str) -> tuple[str, str]:
    token, _, name = kept.partition("|")
    return token, name
