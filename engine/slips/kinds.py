"""The statutory slips by kind, and the data they need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

HEAD = ("parent", "centre", "place", "issued_at", "procedure", "applicant")
# What any slip may know besides; None where it does not.
ALSO = ("number", "code", "tracking_url", "trial", "officer", "phone")
# What a slip of a dossier knows of it, whoever issues it.
DOSSIER = ("received_at", "due_at", "promised_at", "decider", "stage", "round", "note")


@dataclass(frozen=True)
class Kind:
    """A slip kind with its number and title of 2025; other sets of forms are data (``sets``).

    ``needs`` must be in the data, ``may`` may be: what is not is None. A template may read these
    and nothing else, so that what the check prints is what the office prints.
    """

    name: str
    form: str
    title: str
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """Every key a template of this kind may read."""
        return frozenset((*self.needs, *ALSO, *self.may))

    def fill(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """What a template may read of the data, with None for whatever is not known."""
        return {key: data.get(key) for key in sorted(self.keys)}


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "receipt",
            "01",
            "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
            (*HEAD, "papers", "limit", "received_at", "promised_at"),
            (
                *DOSSIER[3:],
                "due_at",
                "sets",
                "explanation",
                "channel",
                "ledger_book",
                "ledger_serial",
                "fees",
                "paid",
            ),
        ),
        Kind(
            "supplement",
            "02",
            "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
            (*HEAD, "items", "reason"),
            (*DOSSIER, "most", "legal_basis", "deadline_at", "paused_at"),
        ),
        Kind(
            "refusal",
            "03",
            "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
            (*HEAD, "reason"),
            (*DOSSIER, "legal_basis", "redirect"),
        ),
        Kind(
            "apology",
            "04",
            "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết",
            (*HEAD, "received_at", "due_at", "promised_at", "reason"),
            DOSSIER[3:],
        ),
        Kind(
            "stop",
            "05",
            "Thông báo dừng giải quyết hồ sơ",
            (*HEAD, "received_at", "reason"),
            (*DOSSIER[1:], "asked_by", "legal_basis", "decision", "fees", "signed_as", "collect"),
        ),
        Kind(
            "control",
            "06",
            "Phiếu kiểm soát quá trình giải quyết hồ sơ",
            (*HEAD, "received_at", "lines"),
            (*DOSSIER[1:], "coordinating", "stopped"),
        ),
        Kind(
            "ledger",
            "07",
            "Sổ theo dõi hồ sơ",
            (*HEAD[:4], "from", "until", "rows"),
            ("part", "first", "page"),
        ),
    )
}
#: The kinds that a diagram may draw; the others are sheets of the books.
DRAWN = tuple(kind for kind in KINDS if kind not in ("control", "ledger"))
