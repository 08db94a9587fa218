"""The statutory slips by kind, and the data they need."""

from __future__ import annotations

from dataclasses import dataclass

HEAD = ("parent", "centre", "place", "issued_at", "procedure", "applicant")
#: What every slip of a dossier is told, whatever its kind.
ALWAYS_TOLD = (*HEAD, "officer", "number", "code", "tracking_url", "trial", "round")


@dataclass(frozen=True)
class Kind:
    """A slip kind with its number and title of 2025; other sets of forms are data (``sets``).

    ``told``: what the platform tells of itself where a diagram draws the slip; the rest is for the
    diagram to say. None: no diagram can draw it.
    """

    name: str
    form: str
    title: str
    needs: tuple[str, ...]
    told: tuple[str, ...] | None = None


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "receipt",
            "01",
            "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
            (*HEAD, "papers", "limit", "received_at", "promised_at"),
            ("papers", "limit", "received_at", "promised_at", "explanation", "channel"),
        ),
        Kind(
            "supplement",
            "02",
            "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
            (*HEAD, "items", "reason"),
            ("items", "reason", "legal_basis", "most", "stage", "deadline_at", "paused_at"),
        ),
        Kind(
            "refusal",
            "03",
            "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
            (*HEAD, "reason"),
            (),
        ),
        Kind(
            "apology",
            "04",
            "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết",
            HEAD,
            ("received_at", "due_at", "promised_at", "decider"),
        ),
        Kind(
            "stop",
            "05",
            "Thông báo dừng giải quyết hồ sơ",
            HEAD,
            ("received_at", "stage", "asked_by", "decider", "fees"),
        ),
        Kind("control", "06", "Phiếu kiểm soát quá trình giải quyết hồ sơ", HEAD),
        Kind("ledger", "07", "Sổ theo dõi hồ sơ", ("centre",)),
    )
}
#: The kinds that a diagram may draw; the others are sheets of the books.
DRAWN = tuple(kind.name for kind in KINDS.values() if kind.told is not None)
