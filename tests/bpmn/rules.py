"""docs/findings.md: every rule of the check with its sentence and its advice in both languages."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "findings.md"
HEAD = """# What the check may say

*Mỗi quy tắc kiểm tra một dòng: điều sai và cách sửa. Chữ trong ngoặc nhọn là tên bước, biểu thức
hoặc giá trị thật khi kiểm tra.*

Written from `engine/words` by `make support`; a test keeps it true. `motcua check PATH… --json`
tells the rule, how severe it is, where it is, and both sentences.
"""


def page() -> str:
    """The whole page."""
    vi, en = (_words(language) for language in ("vi", "en"))
    parts, group = [HEAD], ""
    for rule in sorted(en):
        if rule.partition(".")[0] != group:
            group = rule.partition(".")[0]
            parts.append(f"## {group}\n\n| rule | | |\n|---|---|---|")
        parts.append(f"| `{rule}` | {_cell(vi[rule])} | {_cell(en[rule])} |")
    text = "\n".join(parts) + "\n"
    return re.sub(r"\n(## )", r"\n\n\1", text)


def _words(language: str) -> dict[str, Any]:
    file = ROOT / "engine" / "words" / f"findings_{language}.toml"
    told = tomllib.loads(file.read_text(encoding="utf-8"))
    return {rule: words for rule, words in told.items() if "message" in words}


def _cell(told: dict[str, str]) -> str:
    text = f"**{told['message']}** {told['advice']}"
    return " ".join(text.replace("|", "\\|").replace(":statuses}", "}").split())
