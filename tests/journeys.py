"""Land confirmation as people play it, one leg at a time; every leg begins where the last ended."""

from __future__ import annotations

from typing import Any

from tests.office import CHECKED, Office

ASKED = {
    **CHECKED,
    "inspected_on": "08/07/2025",
    "outcome": "supplement",
    "supplement_items": "Ý kiến của các hộ giáp ranh",
    "supplement_reason": "Giấy tờ đã nộp chưa đủ căn cứ xác định ranh giới.",
}
POSTED = {
    "posted_from": "16/07/2025",
    "posted_until": "31/07/2025",
    "posted_at": "Trụ sở UBND xã và nhà văn hoá Khu Chang Nà",
    "full_term": "true",
    "outcome": "ok",
}
BACK = {"receiver": "applicant", "originals_returned": "true"}


def ask_for_papers(office: Office, at: str = "2025-07-09T10:00") -> None:
    """The officer asks for papers: slip 02, the clock stands."""
    assert office.do("officer1.binhlieu", at, **ASKED) == 303


REFUSED = {
    "refusal_reason": "Đất đang có tranh chấp.",
    "refusal_basis": "Khoản 2 Điều 9",
}


def refuse(office: Office) -> None:
    """The officer proposes it, the leader signs slip 03."""
    refused = {**CHECKED, "inspected_on": "15/07/2025", "outcome": "refuse", **REFUSED}
    assert office.do("officer1.binhlieu", "2025-07-16T16:00", **refused) == 303
    signed = {"outcome": "sign", **REFUSED}
    assert office.do("leader.binhlieu", "2025-07-17T09:00", **signed) == 303


def settle(office: Office, **sealing: Any) -> None:
    """From the field check to the sealed result, without a supplement."""
    fine = {**CHECKED, "inspected_on": "15/07/2025", "outcome": "ok"}
    assert office.do("officer1.binhlieu", "2025-07-16T16:00", **fine) == 303
    assert office.do("officer1.binhlieu", "2025-08-01T08:30", **POSTED) == 303
    signed = {"outcome": "approve", "signed_how": "paper"}
    assert office.do("leader.binhlieu", "2025-08-04T09:00", **signed) == 303
    sealed = {"signed_on": "04/08/2025", "sealed_copies": "2", "sealed": "true", **sealing}
    assert office.do("clerk.binhlieu", "2025-08-05T10:30", **sealed) == 303
