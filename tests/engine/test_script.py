"""What the safe language says, in expressions and in scripts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from engine.errors import BadExpression
from engine.script import compile_expression, compile_script

DOSSIER: dict[str, Any] = {
    "amount": 8000,
    "kind": "copy",
    "person": {"name": "Hồ sơ mẫu 07", "birth": {"year": 1980}},
    "rows": [{"pages": 2, "copies": 3}, {"pages": 1, "copies": 1}],
    "signed": date(2025, 7, 1),
    "nothing": None,
}


def value(text: str, **functions: Any) -> Any:
    return compile_expression(text).evaluate(DOSSIER, functions)


def cause(text: str, **functions: Any) -> str:
    with pytest.raises(BadExpression) as caught:
        value(text, **functions)
    return str(caught.value.particulars["cause"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount > 3", True),
        ("2 < amount < 9", False),
        ('kind in ["copy", "original"]', True),
        ('kind in {"copy", "original"}', True),
        ('kind not in ("original", "other")', True),
        ("not (amount == 8000 and kind == 'copy')", False),
        ("'cao' if amount >= 8000 else 'thấp'", "cao"),
        ("person.name", "Hồ sơ mẫu 07"),
        ("person['birth'].year", 1980),
        ("person.get('phone', 'không có')", "không có"),
        ("sum(row.pages * row.copies for row in rows)", 7),
        ("[row.pages for row in rows if row.copies > 1]", [2]),
        ("{key: 1 for key in ['a', 'b']}", {"a": 1, "b": 1}),
        ("[[a, b] for a in [1, 2] for b in [3]]", [[1, 3], [2, 3]]),
        ("any(row.pages > 1 for row in rows) and all(row.copies for row in rows)", True),
        ("len(rows) + min(3, 4) + max([1, 2]) + abs(-1)", 8),
        ("max([], default=0)", 0),
        ("sorted([3, 1, 2], reverse=True)", [3, 2, 1]),
        ("round(10 / 3, 2)", 3.33),
        ("int('12') + float('0.5')", 12.5),
        ("f'{amount} đ'", "8000 đ"),
        ("kind.upper().replace('C', 'K')", "KOPY"),
        ("', '.join(['a', 'b'])", "a, b"),
        ("'a,b'.split(',')[1]", "b"),
        ("kind[1:3]", "op"),
        ("rows[-1].pages", 1),
        ("nothing is None", True),
        ("'x' in nothing", False),
        ("signed.year", 2025),
        ("signed.isoformat()", "2025-07-01"),
        ("amount >\n 3 # đủ", True),
        ("amount % 7 + 2 ** 3 + (1 << 4) + 9 // 2", 34),
        ("[pair[0] for pair in person.birth.items()]", ["year"]),
        ("nothing or 'trống'", "trống"),
        ("amount == 8000 == True", False),
        ("-amount < 0", True),
    ],
)
def test_an_expression_says_what_a_designer_means(text: str, expected: object) -> None:
    assert value(text) == expected


def test_functions_are_the_callers() -> None:
    def due(days: int, *, unit: str = "working") -> str:
        return f"{days} {unit}"

    assert value("due(10, unit='calendar')", due=due) == "10 calendar"
    assert value("signed + days(3) > signed", days=lambda count: timedelta(days=count)) is True


def test_an_expression_tells_what_it_needs() -> None:
    expression = compile_expression("due(amount) and [row.n for row in rows if row.n > len(kind)]")
    assert expression.names == {"amount", "rows", "kind"}
    assert expression.calls == {"due", "len"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("unheard", "name:unheard"),
        ("unheard(1)", "call:unheard"),
        ("person.phone", "key:phone"),
        ("person['phone']", "key:phone"),
        ("rows[9]", "index"),
        ("amount / 0", "zero"),
        ("amount > 'a'", "type"),
        ("int('một')", "value"),
        ("amount >", "syntax"),
        ("", "syntax"),
    ],
)
def test_a_failure_has_a_word(text: str, expected: str) -> None:
    assert cause(text) == expected


def test_a_given_function_that_fails_is_named() -> None:
    def broken() -> None:
        raise RuntimeError

    assert cause("broken()", broken=broken) == "call:broken"


def test_a_script_gives_only_what_is_new_or_changed() -> None:
    script = compile_script("""
        total = 0
        for row in rows:
            if row.copies == 0:
                continue
            total += row.pages * row.copies
        kind = "copy"
        label, unit = ["phí", "đ"]
    """)
    assert script.execute(DOSSIER) == {"total": 7, "label": "phí", "unit": "đ"}
    assert script.reads == {"rows"}
    assert script.writes == {"total", "kind", "label", "unit"}


def test_a_script_leaves_its_input_as_it_was() -> None:
    data = {"a": {"list": [1]}, "b": [{"n": 1}]}
    script = compile_script(
        "a.list.append(2)\na['new'] = {'x': 1}\nfor row in b:\n    row.n += 1\nc = a.list"
    )
    changed = script.execute(data)
    assert data == {"a": {"list": [1]}, "b": [{"n": 1}]}
    assert changed == {
        "a": {"list": [1, 2], "new": {"x": 1}},
        "b": [{"n": 2}],
        "c": [1, 2],
    }
    assert changed["c"] is not changed["a"]["list"]
    assert script.writes == {"a", "c"}


def test_a_script_tells_true_from_one() -> None:
    assert compile_script("flag = 1").execute({"flag": True}) == {"flag": 1}


def test_a_loop_can_be_left() -> None:
    script = compile_script(
        "n = 0\nfor i in range(10):\n    if i == 3:\n        break\n    n = i\n"
    )
    assert script.execute({}) == {"n": 2}


def test_a_fault_in_a_script_has_its_line() -> None:
    with pytest.raises(BadExpression) as caught:
        compile_script("a = 1\nb = a / 0\n").execute({})
    assert caught.value.particulars["line"] == 2
    with pytest.raises(BadExpression) as caught:
        compile_script("a = 1\n\nwhile True:\n    pass\n")
    assert caught.value.particulars["line"] == 3
    assert caught.value.particulars["cause"] == "syntax:While"


def test_changing_methods_are_for_scripts_only() -> None:
    data = {"a": [1]}
    with pytest.raises(BadExpression):
        compile_expression("a.append(2)").evaluate(data)
    assert data == {"a": [1]}


def test_a_loop_over_a_list_that_grows_ends() -> None:
    script = compile_script("for x in a:\n    a.append(x)")
    assert script.execute({"a": [1, 2]}) == {"a": [1, 2, 1, 2]}


def test_an_empty_script_changes_nothing() -> None:
    assert compile_script("").execute({"a": 1}) == {}
    assert compile_script("# chỉ là ghi chú\npass").execute({}) == {}
