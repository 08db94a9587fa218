"""The statutory slips by kind, and the data they need."""

from __future__ import annotations

from dataclasses import dataclass

HEAD = ("parent", "centre", "place", "issued_at", "procedure", "applicant")


@dataclass(frozen=True)
class Kind:
    """A slip kind with its number and title of 2025; other sets of forms are data (``sets``)."""

    name: str
    form: str
    title: str
    needs: tuple[str, ...]


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "receipt",
            "01",
            "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
            (*HEAD, "papers", "limit", "received_at", "promised_at"),
        ),
        Kind(
            "supplement",
            "02",
            "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
            (*HEAD, "items", "reason"),
        ),
        Kind(
            "refusal",
            "03",
            "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
            (*HEAD, "reason"),
        ),
        Kind(
            "apology",
            "04",
            "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết",
            HEAD,
        ),
        Kind("stop", "05", "Thông báo dừng giải quyết hồ sơ", HEAD),
        Kind("control", "06", "Phiếu kiểm soát quá trình giải quyết hồ sơ", HEAD),
        Kind("ledger", "07", "Sổ theo dõi hồ sơ", ("centre",)),
    )
}
