"""How a result reaches the applicant: asked for at receipt, proven and noted when it is handed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.authority import require
from engine.commands.case import Case, in_progress, open_case
from engine.commands.desks import handed
from engine.commands.payments import settle_at_desk
from engine.commands.readdressing import readdress
from engine.commands.stepping import duties
from engine.commands.telling import readdress_notices
from engine.errors import BadAnswers, BadReturn
from engine.forms import FieldFault, Text
from engine.queries.sheets import APPLICANT
from engine.store import dossiers as rows
from engine.store.concerned import unconcern
from engine.store.database import Transaction
from engine.store.organisation import unit
from engine.store.papers import RESULT, documents_under

if TYPE_CHECKING:
    from sqlalchemy import Connection

WAYS = ("counter", "post", "electronic")  # what an applicant may ask for
# What a return step's form says in `receiver`, and the state of the handing over it makes.
HANDED = {
    "applicant": "handed",
    "representative": "representative",
    "post": "posted",
    "electronic": "electronic",
}
# What a return step's form asks of the papers that the applicant had handed in.
ORIGINALS = "originals_returned"
# The same in the words of the control slip.
WORDS = {
    "applicant": "người nộp hồ sơ nhận",
    "representative": "người được uỷ quyền nhận",
    "post": "gửi qua bưu chính công ích",
    "electronic": "trả bản điện tử",
}
_NO_FILE = Text(
    "Chưa có bản điện tử của kết quả: đính kèm bản quét ở bước đóng dấu, hoặc chọn cách trả khác",
    "There is no electronic result: attach its scan at the sealing step, or return it otherwise",
)
_NO_AUTHORISATION = Text(
    "Hồ sơ không có giấy uỷ quyền cho người mang số định danh này: phải nộp giấy uỷ quyền mới",
    "The dossier holds no authorisation for the person of that id: a new one is needed",
)


def wish(
    connection: Connection, now: datetime, by: str, at: str | None, receiving: str
) -> dict[str, Any]:
    """The columns of how and where the result is wanted; raises BadReturn, UnknownUnit."""
    if by not in WAYS:
        raise BadReturn(way=by)
    if at in (None, "", receiving):
        return {"return_by": by, "return_at": None}
    office = unit(connection, str(at))
    if not office.series or not office.valid(now):
        raise BadReturn(way=office.name_vi)
    return {"return_by": by, "return_at": office.code}


def choose(tx: Transaction, dossier: int, by: str, at: str | None = None) -> None:
    """Another way, or another centre, than was asked for; a return step that waits goes there."""
    case = open_case(dossier, tx)
    case.act_by(require(tx.actor, "correct", case.concern))
    in_progress(case)
    told = wish(tx.connection, tx.now, by, at, case.row["receiving"])
    before = case.row["return_at"]
    case.row |= told
    if told["return_at"]:
        rows.concern(tx.connection, case.id, [told["return_at"]])
    case.note("return_wish", told)
    readdress_notices(case, "ready", "uncollected")
    readdress(case, "")
    if before not in (None, told["return_at"]):
        unconcern(tx.connection, case.id, before)  # it was only going to hand over the result
    main = rows.main_run(tx.connection, case.id)
    if case.row["status"] == 9 and main is not None:
        duties(case, main)  # who fetches it at a counter is reminded, nobody else
    case.save()


def prove(case: Case, answers: Mapping[str, Any]) -> None:
    """Refuse (BadAnswers) to hand over what is not there, or to whom nobody authorised."""
    receiver = answers.get("receiver")
    if receiver == "electronic" and not documents_under(case.tx.connection, case.id, RESULT):
        raise BadAnswers(faults=(FieldFault("receiver", "result", _NO_FILE),))
    applicant = case.row["applicant"]
    named = (applicant.get("representative") or {}).get("citizen_id")
    mine = bool(named) and named == answers.get("receiver_id")
    if receiver == "representative" and answers.get("authorised_by") == "filed" and not mine:
        fault = FieldFault("authorised_by", "authorisation", _NO_AUTHORISATION)
        raise BadAnswers(faults=(fault,))


def hand(case: Case, answers: Mapping[str, Any]) -> None:
    """Note how the result left the house."""
    receiver = str(answers.get("receiver") or "")
    if receiver in HANDED:
        case.row["handover"] = HANDED[receiver]
        # A form that does not ask, as one that was not ticked, has not said that papers went back.
        originals = answers.get(ORIGINALS) is True
        case.note("handed", {"receiver": receiver, "originals": originals})
        office = case.desk or case.row["receiving"]
        handed(case, "", "Trả kết quả", APPLICANT, office, office, WORDS[receiver])
    if answers.get("paid_how"):
        settle_at_desk(case, answers)
