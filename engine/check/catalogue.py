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
            ),
            Service(
                "take_number",
                Text("Lấy số văn bản", "Take a register's next number"),
                {"register": True},
                ("number", "text"),
            ),
            Service(
                "charge_fee",
                Text("Tính phí, lệ phí", "Charge a fee"),
                {"fee": True, "amount": True},
                ("amount", "reference"),
            ),
        )
    }
)
