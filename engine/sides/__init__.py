"""Steps beside the diagram: what every dossier may need wherever it is, asked with a form.

One step at one post, the same for all procedures, so no diagram draws them
(docs/decisions/0029). The forms lie beside this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from engine.forms import Form, load

APOLOGY: Final = "side.apology"
OPINION: Final = "side.opinion"


@dataclass(frozen=True)
class Side:
    """A step beside the diagram: its id is that of its tasks, its name what the inbox shows."""

    id: str
    name: str
    documentation: str

    def file(self, ending: str) -> bytes:
        """One of the two files of its form."""
        return Path(__file__).with_name(f"{self.id.split('.')[1]}.{ending}.json").read_bytes()


SIDES: Final[Mapping[str, Side]] = MappingProxyType(
    {
        APOLOGY: Side(
            APOLOGY,
            "Ký phiếu xin lỗi và hẹn lại",
            "Hồ sơ sắp đến hạn trả mà chưa xong. Ký thì hạn trả được dời một lần, in phiếu xin lỗi "
            "(mẫu 04) và báo cho người nộp; không ký thì hạn trả giữ nguyên.",
        ),
        OPINION: Side(
            OPINION,
            "Cho ý kiến",
            "Cơ quan giải quyết hỏi ý kiến. Câu trả lời ghi vào hồ sơ; hạn trả không dừng để chờ.",
        ),
    }
)


@cache
def side_form(id: str) -> Form:
    """The form of a step beside the diagram; raises KeyError."""
    side = SIDES[id]
    return load(side.file("schema"), side.file("ui"))
