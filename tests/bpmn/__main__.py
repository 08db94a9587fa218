"""``python -m tests.bpmn`` writes docs/bpmn-support.md and docs/findings.md."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from tests.bpmn import Case, cases, rules

PAGE = Path(__file__).parents[2] / "docs" / "bpmn-support.md"
HEAD = """# What is run, and what is refused

*Trang này được viết từ bộ sơ đồ thử trong `tests/bpmn`: mỗi dòng là một sơ đồ nhỏ, chạy thật ở
mỗi lần kiểm thử.*

Written from the conformance suite by `make support`; a test keeps it true. Each line is a diagram
in `tests/bpmn`, played on the real runtime; its state is written down and read back after every
step. *Runs* means that the elements are passed in exactly the order the suite names; *refused*
means that the check names the element and the rule. How a package is written is told in
[bpmn-profile.md](bpmn-profile.md).

{total} diagrams: {run} run, {refused} are refused by name.
"""


def page() -> str:
    """The whole page."""
    listed = list(cases())
    refused = sum(1 for case in listed if case.refused)
    parts = [HEAD.format(total=len(listed), run=len(listed) - refused, refused=refused)]
    for category, group in groupby(listed, key=lambda case: case.category):
        parts.append(f"## {category.replace('-', ' ').capitalize()}\n")
        parts.append("| diagram | what must happen | |\n|---|---|---|")
        parts += [_row(case) for case in group]
        parts.append("")
    return "\n".join(parts)


def _row(case: Case) -> str:
    link = f"[{case.name}](../tests/bpmn/{case.category}/{case.name}.bpmn)"
    if case.refused:
        rules = ", ".join(dict.fromkeys(f"`{one.split()[0]}`" for one in case.expected["refused"]))
        return f"| {link} | {case.expected['says']} | refused: {rules} |"
    found = ", ".join(f"`{one.split()[0]}`" for one in case.expected.get("found", []))
    runs = f"runs by itself; not published: {found}" if found else "runs"
    return f"| {link} | {case.expected['says']} | {runs} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    rules.PAGE.write_text(rules.page(), encoding="utf-8")
