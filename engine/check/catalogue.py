"""The closed catalogue of what a service task may ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from engine.package import Text


@dataclass(frozen=True)
class Service:
    """One operator: its parameters (True where one is needed) and what its result holds."""

    name: str
    title: Text
    parameters: Mapping[str, bool]
    result: tuple[str, ...]
    inside: bool  # within the transaction; otherwise through the outbox


SERVICES: Final[Mapping[str, Service]] = MappingProxyType(
    {
        service.name: service
        for service in (
            Service(
                "issue_slip",
                Text("Phát hành mẫu phiếu", "Issue a slip"),
                {
                    "kind": True,
                    "reason": False,
                    "items": False,
                    "legal_basis": False,
                    "note": False,
                },
                ("slip", "number"),
                inside=True,
            ),
            Service(
                "take_number",
                Text("Lấy số văn bản", "Take a register's next number"),
                {"register": True},
                ("number", "text"),
                inside=True,
            ),
            Service(
                "charge_fee",
                Text("Thu phí, lệ phí", "Charge a fee"),
                {"fee": True, "amount": False},
                ("amount", "reference"),
                inside=True,
            ),
            Service(
                "notify",
                Text("Thông báo cho người nộp", "Tell the applicant"),
                {"message": True, "channel": False},
                ("sent",),
                inside=False,
            ),
            Service(
                "ask_opinion",
                Text("Xin ý kiến cơ quan khác", "Ask another unit's opinion"),
                {"unit": True, "question": True, "days": False},
                ("opinion", "answered_at"),
                inside=False,
            ),
        )
    }
)
