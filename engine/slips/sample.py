"""Sample data for every slip kind: long enough to show where a template overflows."""

from __future__ import annotations

from typing import Any


def sample(kind: str, *, papers: int = 5) -> dict[str, Any]:
    """Data every template of that kind must compile with; obviously a sample."""
    head: dict[str, Any] = {
        "parent": "Trung tâm Phục vụ hành chính công tỉnh Quảng Ninh",
        "centre": "Trung tâm Phục vụ hành chính công xã Bình Liêu",
        "place": "Bình Liêu",
        "issued_at": "2025-07-01T08:05:00+07:00",
        "number": "15/TTPVHCC",
        "code": "H49.99.01-250701-0001",
        "tracking_url": "https://motcua.example.vn/tra-cuu/H49.99.01-250701-0001?k=7QK4M2ZP9X",
        "trial": False,
        "procedure": {"code": "9.900014", "title": "Xác nhận tình trạng đất đai"},
        "applicant": {
            "name": "Người nộp mẫu 12",
            "organisation": None,
            "address": "Thôn Nà Phạ, xã Bình Liêu, tỉnh Quảng Ninh",
            "phone": "0912 345 678",
            "email": "nguoinop12@example.vn",
        },
        "officer": "Cán bộ tiếp nhận mẫu",
        "answers": {},
    }
    return head | _OWN.get(kind, {}) | ({"papers": _papers(papers)} if kind == "receipt" else {})


def _papers(count: int) -> list[dict[str, Any]]:
    titles = (
        ("Đơn đề nghị xác nhận tình trạng đất đai", "original"),
        ("Trích lục bản đồ địa chính thửa đất", "copy"),
        ("Văn bản lấy ý kiến của các hộ sử dụng đất liền kề", "original"),
        ("Giấy tờ về quyền sử dụng đất quy định tại Điều 137 Luật Đất đai (nếu có)", "copy"),
    )
    return [
        {"title": title, "kind": kind, "quantity": 1 + index % 2}
        for index in range(count)
        for title, kind in (titles[index % len(titles)],)
    ]


_OWN: dict[str, dict[str, Any]] = {
    "receipt": {
        "sets": 1,
        "limit": "10 ngày làm việc",
        "received_at": "2025-07-01T08:00:00+07:00",
        "promised_at": "2025-07-15T17:00:00+07:00",
        "explanation": [
            "10 ngày làm việc, tính từ ngày 02/07/2025 (không tính ngày tiếp nhận).",
            "Không tính 4 ngày nghỉ: 05/07, 06/07, 12/07, 13/07.",
        ],
        "channel": "Trực tiếp tại Trung tâm Phục vụ hành chính công xã Bình Liêu",
        "ledger_book": "01/2025",
        "ledger_serial": 12,
        "fees": None,
        "paid": False,
        "note": None,
    },
    "supplement": {
        "items": [
            "Trích lục bản đồ địa chính có chữ ký của người đo đạc.",
            "Văn bản lấy ý kiến của hộ liền kề phía Đông thửa đất.",
        ],
        "reason": "Hồ sơ chưa đủ thành phần theo quy định của thủ tục đã được công bố.",
        "stage": "trong quá trình giải quyết",
        "round": 1,
        "most": 2,
        "legal_basis": ["Luật Đất đai số 31/2024/QH15"],
        "deadline_at": "2025-08-04",
        "paused_at": "2025-07-03T09:30:00+07:00",
        "help_contact": "Bộ phận Hướng dẫn",
        "help_phone": "0203 3800 000",
    },
    "apology": {
        "received_at": "2025-07-01T08:00:00+07:00",
        "due_at": "2025-07-15T17:00:00+07:00",
        "promised_at": "2025-07-22T17:00:00+07:00",
        "reason": "Cần thêm thời gian đo đạc lại ranh giới thửa đất.",
        "round": 1,
    },
    "stop": {
        "received_at": "2025-07-01T08:00:00+07:00",
        "asked_by": "đề nghị của người nộp hồ sơ",
        "decider": "Uỷ ban nhân dân xã Bình Liêu",
        "reason": "Người nộp đề nghị dừng giải quyết hồ sơ.",
        "stage": "trong quá trình giải quyết",
        "decision": None,
        "fees": None,
        "note": None,
    },
    "control": {
        "decider": "Uỷ ban nhân dân xã Bình Liêu",
        "received_at": "2025-07-01T08:00:00+07:00",
        "due_at": "2025-07-15T17:00:00+07:00",
        "lines": [
            {
                "at": f"2025-07-0{day}T09:30:00+07:00",
                "from": "Trung tâm Phục vụ hành chính công xã Bình Liêu, reception1.binhlieu",
                "to": "Công chức chuyên môn, Uỷ ban nhân dân xã Bình Liêu",
                "name": "Kiểm tra thực địa",
                "result": result,
                "note": note,
            }
            for day, result, note in (
                (1, "early", ""),
                (2, "on time", "Chuyển mô hình chính quyền"),
                (3, "late", ""),
            )
        ],
    },
    "ledger": {
        "from": "2025-07-01",
        "until": "2025-07-31",
        "rows": [
            {
                "code": f"H49.99.01-250701-{number:04d}",
                "procedure": "Xác nhận tình trạng đất đai",
                "sets": 1,
                "applicant": f"Người nộp mẫu {number:02d}",
                "contact": "Thôn Nà Phạ, xã Bình Liêu, tỉnh Quảng Ninh · 0900000001",
                "decider": "Uỷ ban nhân dân xã Bình Liêu",
                "received_at": "2025-07-01",
                "promised_at": "2025-07-15",
                "returned_at": "2025-07-14" if number % 2 else None,
                "how": "tại quầy",
                "note": "",
            }
            for number in range(1, 6)
        ],
    },
    "refusal": {
        "reason": "Thửa đất đang có tranh chấp, Uỷ ban nhân dân xã đã thụ lý hoà giải.",
        "legal_basis": ["Điều 235 Luật Đất đai số 31/2024/QH15."],
        "redirect": None,
    },
}
