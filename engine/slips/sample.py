"""Sample data for every slip kind: long enough to show where a template overflows."""

from __future__ import annotations

from typing import Any

from engine.package import Manifest
from engine.slips.kinds import KINDS


def sample(kind: str, *, papers: int = 5) -> dict[str, Any]:
    """Data every template of that kind must compile with; obviously a sample."""
    head: dict[str, Any] = {
        "parent": "Trung tâm Phục vụ hành chính công tỉnh Quảng Ninh",
        "centre": "Trung tâm Phục vụ hành chính công xã Bình Liêu",
        "place": "Bình Liêu",
        "issued_at": "2025-07-01T08:05:00+07:00",
        "number": "15/TTPVHCC",
        "code": "H49.99.01-250701-0001",
        "tracking_url": "https://motcua.example.vn/track/H49.99.01-250701-0001",
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
        "phone": "0203 3800 000",
    }
    rich = head | _OWN[kind] | ({"papers": _papers(papers)} if kind == "receipt" else {})
    return KINDS[kind].fill(rich)


def sample_of(manifest: Manifest, kind: str) -> dict[str, Any]:
    """Sample data as that procedure's slips would say them: its title, papers, limit, basis."""
    data = sample(kind)
    own: dict[str, Any] = {
        "procedure": {"code": manifest.code, "title": manifest.title.vi},
        "papers": [
            {"title": paper.title.vi, "kind": paper.kind, "quantity": paper.quantity}
            for paper in manifest.papers
        ],
        "limit": manifest.limit.words("vi"),
        "legal_basis": [basis.vi for basis in manifest.legal_basis],
    }
    return data | {key: value for key, value in own.items() if key in data}


def bare(kind: str) -> dict[str, Any]:
    """The least a slip of that kind may say: whatever may be missing is missing."""
    rich, known = sample(kind, papers=0), KINDS[kind]
    least = {key: rich[key] for key in known.needs}
    if "applicant" in least:
        least["applicant"] = {
            "name": "Mẫu", "organisation": None, "address": "", "phone": None, "email": None,
        }  # fmt: skip
    empty: dict[str, Any] = {
        key: [] for key in ("papers", "items", "lines", "rows") if key in least
    }
    return known.fill(least | empty | {"issued_at": rich["issued_at"], "place": rich["place"]})


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
        "tracking_url": "https://motcua.example.vn/track/H49.99.01-250701-0001?s=7QK4-M2ZP-9XAB-CD12",
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
        "due_at": "2025-07-15T17:00:00+07:00",
        "decider": "Uỷ ban nhân dân xã Bình Liêu",
        "stage": None,
        "round": 1,
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
        "received_at": "2025-07-01T08:00:00+07:00",
        "due_at": None,
        "promised_at": "2025-07-15T17:00:00+07:00",
        "decider": "Uỷ ban nhân dân xã Bình Liêu",
        "note": None,
    },
    "apology": {
        "received_at": "2025-07-01T08:00:00+07:00",
        "due_at": "2025-07-15T17:00:00+07:00",
        "promised_at": "2025-07-22T17:00:00+07:00",
        "reason": "Cần thêm thời gian đo đạc lại ranh giới thửa đất.",
        "decider": "Uỷ ban nhân dân xã Bình Liêu",
        "stage": "trong quá trình giải quyết",
        "note": None,
        "round": 1,
    },
    "stop": {
        "received_at": "2025-07-01T08:00:00+07:00",
        "asked_by": "đề nghị của người nộp hồ sơ",
        "decider": "Uỷ ban nhân dân xã Bình Liêu",
        "reason": "Người nộp đề nghị dừng giải quyết hồ sơ.",
        "stage": "trong quá trình giải quyết",
        "decision": None,
        "collect": "Trung tâm Phục vụ hành chính công xã mẫu",
        "signed_as": "Người đứng đầu cơ quan giải quyết",
        "fees": "Lệ phí mẫu 8.000 đồng: hoàn trả",
        "note": None,
        "due_at": "2025-07-15T17:00:00+07:00",
        "promised_at": "2025-07-15T17:00:00+07:00",
        "legal_basis": ["Văn bản mẫu số 01"],
        "round": 1,
    },
    "control": {
        "number": None,
        "decider": "Uỷ ban nhân dân xã Bình Liêu",
        "stopped": None,
        "coordinating": "Chi nhánh Văn phòng Đăng ký đất đai mẫu",
        "stage": None,
        "round": None,
        "note": None,
        "promised_at": "2025-07-15T17:00:00+07:00",
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
                "serial": 100 + number,
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
        "redirect": "Cơ quan mẫu có thẩm quyền",
        "received_at": "2025-07-01T08:00:00+07:00",
        "due_at": "2025-07-15T17:00:00+07:00",
        "promised_at": "2025-07-15T17:00:00+07:00",
        "decider": "Uỷ ban nhân dân xã Bình Liêu",
        "stage": "trong quá trình giải quyết",
        "round": 1,
        "note": None,
    },
}
