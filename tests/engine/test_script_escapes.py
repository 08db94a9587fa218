"""Ways out of the safe language and ways to exhaust the machine: each ends in BadExpression."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadExpression
from engine.script import compile_expression, compile_script
from engine.script.bounds import BUDGET

SECONDS = 2.0  # generous for a busy machine; each takes milliseconds

ESCAPES = [
    "().__class__.__base__.__subclasses__()",
    "().__class__",
    "''.__class__.__mro__[1]",
    "__import__('os').system('true')",
    "import os",
    "eval('1')",
    "exec('1')",
    "compile('1', '', 'eval')",
    "open('/etc/passwd').read()",
    "globals()",
    "locals()",
    "vars(a)",
    "dir(a)",
    "getattr(a, '__class__')",
    "setattr(a, 'x', 1)",
    "type(a)",
    "a['get'].__globals__",
    "a.get.__self__",
    "a.get",
    "f.__globals__",
    "f",
    "f.__closure__[0]",
    "[].append.__self__",
    "'{0.__class__}'.format(a)",
    "'{a.__class__}'.format_map(a)",
    "'%s' % a",
    "'%(x)s' % a",
    "f'{a!r}'",
    "f'{1:{9}}'",
    "f'{1:>999999999}'",
    "f'{a.__class__}'",
    "lambda: 1",
    "(lambda: 1)()",
    "(x := 1)",
    "(yield 1)",
    "await f()",
    "(x for x in [1]).gi_frame",
    "(x for x in [1]).send(None)",
    "[x for x in [1]].__class__",
    "[__class__ for __class__ in [1]]",
    "[_ for _ in [1]]",
    "{**a}",
    "f(*[1])",
    "f(**a)",
    "f(__x=1)",
    "_x",
    "__builtins__",
    "a._private",
    "a.ｅval('x')",  # full-width letters read as plain ones
    "＿＿import＿＿('os')",
    "().＿＿class＿＿",
    "str(a)",
    "str(f)",
    "b'x'",
    "1j",
    "...",
    "(-1) ** 0.5",
    "1e999",
    "float('inf')",
    "float('nan')",
    "int.from_bytes",
    "a.items().mapping",
    "''.join(f)",
    "'x'.translate(a)",
    "'x'.encode()",
    "'x'.maketrans('a', 'b')",
    "sorted([1], key=f)",
    "min([1], key=f)",
    "map(f, [1])",
    "print(1)",
    "input()",
    "breakpoint()",
    "help()",
    "object()",
    "super()",
    "f()()",
    "a[f]",
    "{1: 2}",
    "{[]: 1}",
    "{1, 2}",
    "1 if True",
    "\x00",
    "\ud800",
    "a\u202eb",
]

BOMBS = [
    "10**10**10",
    "2 ** 5000",
    "2.0 ** 9999999",
    "(10**1000) ** 1000",
    "1 << 10**9",
    "1 << 99999",
    "10**1200 * 10**1200",
    "'a' * 10**10",
    "10**10 * 'a'",
    "[0] * 10**10",
    "[[0] * 100000] * 100000",
    "range(10**10)",
    "range(10**30)",
    "list(range(99999)) + list(range(99999))",
    "sum([x for x in range(99999)])",
    "[x for x in range(300) for y in range(300) for z in range(300)]",
    "[[x for x in range(99999)] for y in range(99999)]",
    "sorted(range(99999))",
    "'a'.replace('a', 'b' * 99999).replace('b', 'c' * 99999)",
    "'x'.join(['y' * 99999 for i in range(100)])",
    "','.join(['a' * 1000 for i in range(1000)])",
    "'1'.zfill(10**9)",
    "'1'.rjust(10**9, ' ')",
    "'1'.ljust(10**9)",
    "['a' * 99999 for i in range(1000)]",
    "int('9' * 99999)",
    "round(10**300, -10**9)",
    "round(1.5, 10**9)",
    "[1, 2] == [[0] * 99999 for i in range(9999)]",
    "[x for x in range(9000) if x in range(9000)]",
    "any(x == list(range(9000)) for x in range(9000))",
    "9" * 3_999,
    "(" * 300 + "1" + ")" * 300,
    "(" * 90 + "1" + ")" * 90 + "+1" * 200,
    "-" * 3_999 + "1",
    "not " * 900 + "a",
    "a+" * 1_900 + "a",
    "[" * 150 + "]" * 150,
    "a" + ".b" * 1_500,
    "a" + "[0]" * 1_200,
    "f(" * 150 + ")" * 150,
    "1 if a else " * 300 + "1",
    "a" * 4_001,
    "x " * 100_000,
    "{'a': " * 100 + "1" + "}" * 100,
    "f'" + "{a}" * 1_000 + "x" * 4_000 + "'",
]

SCRIPT_BOMBS = [
    "a = [1]\nfor i in range(99999):\n    a = [a, a]",
    "a = [1]\nfor i in range(64):\n    a = [a, a]\nb = a == [a, a]",
    "a = [1]\nfor i in range(40):\n    a = [a, a]",
    "a = [1]\nfor i in range(64):\n    a = a + a",
    "a = 'x'\nfor i in range(64):\n    a += a",
    "a = 'x'\nfor i in range(64):\n    a = f'{a}{a}'",
    "a = 2\nfor i in range(64):\n    a = a * a",
    "a = 2\nfor i in range(64):\n    a **= 2",
    "a = []\na.append(a)",
    "a = []\na.append(a)\nb = a == a",
    "a = {}\na['a'] = a",
    "a = [1]\nfor i in range(64):\n    a.extend(a)",
    "for i in range(99999):\n    for j in range(99999):\n        pass",
    "a = [0]\nfor i in range(9999):\n    a = [a]",
    "while True:\n    pass",
    "def f():\n    f()",
    "class A:\n    pass",
    "import os",
    "from os import system",
    "try:\n    pass\nexcept Exception:\n    pass",
    "with a:\n    pass",
    "del a",
    "global a",
    "raise a",
    "assert a",
    "return 1",
    "async def f():\n    pass",
    "__builtins__ = 1",
    "a = 1\na.__class__ = 2",
    "_a = 1",
    "for _x in [1]:\n    pass",
    "a: int = 1",
    "a[0:1] = [1]",
    "f.x = 1",
    "break",
    "for i in [1]:\n    pass\nelse:\n    pass",
    "match a:\n    case 1:\n        pass",
    "@f\ndef g():\n    pass",
    "a = b = c = [1]\na[10**9] = 1",
    "a = {}\na.update([[1, 2]])",
    "a = {}\na[1] = 2",
    "a, b = [1]",
    "*a, b = [1, 2]",
    "x = 1\n" * 4_000,
    "if a:\n " + "\n ".join([" " * i + "if 1:" for i in range(90)]) + " pass",
]

DATA: dict[str, Any] = {"a": {"x": 1}}


def given_function(*values: Any) -> int:
    return len(values)


@pytest.mark.parametrize("text", ESCAPES)
def test_there_is_no_way_out(text: str) -> None:
    with pytest.raises(BadExpression):
        compile_expression(text).evaluate(DATA, {"f": given_function})


@pytest.mark.parametrize("text", BOMBS)
def test_a_bomb_is_stopped_soon(text: str) -> None:
    began = time.process_time()
    with pytest.raises(BadExpression):
        compile_expression(text).evaluate(DATA, {"f": given_function})
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("text", SCRIPT_BOMBS)
def test_a_script_cannot_run_away(text: str) -> None:
    began = time.process_time()
    with pytest.raises(BadExpression):
        compile_script(text).execute({}, {"f": given_function})
    assert time.process_time() - began < SECONDS


def test_functions_are_not_values() -> None:
    with pytest.raises(BadExpression) as caught:
        compile_expression("[f]").evaluate({}, {"f": given_function})
    assert caught.value.particulars["cause"] == "name:f"


def test_a_key_with_the_sign_of_pythons_insides_is_only_a_key() -> None:
    assert compile_expression("a['__class__']").evaluate({"a": {"__class__": 1}}) == 1


# whatever is written, it ends within the bounds
# ----------------------------------------------

LEAVES = st.sampled_from(
    ["0", "1", "-7", "9" * 30, "2.5", "'x'", "'a' * 999", "None", "True", "a", "b", "rows", "zz"]
)


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = ["+", "-", "*", "/", "//", "%", "**", "<<", ">>", "<", "==", "in", "is", "and", "or"]
    two = st.tuples(inner, st.sampled_from(signs), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
    functions = ["len", "sum", "sorted", "range", "str", "int", "round", "max", "list", "f", "eval"]
    call = st.tuples(st.sampled_from(functions), inner).map(lambda t: f"{t[0]}({t[1]})")
    listed = st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]")
    loop = st.tuples(inner, inner, inner).map(lambda t: f"[{t[0]} for b in {t[1]} if {t[2]}]")
    entry = st.tuples(inner, inner).map(lambda t: f"({t[0]})[{t[1]}]")
    methods = ["append", "get", "items", "join", "format", "__class__", "upper", "pop", "replace"]
    method = st.tuples(inner, st.sampled_from(methods), inner).map(
        lambda t: f"({t[0]}).{t[1]}({t[2]})"
    )
    said = inner.map(lambda text: "f'{" + text.replace("'", '"') + "}'")
    return st.one_of(two, call, listed, loop, entry, method, said)


EXPRESSIONS = st.recursive(LEAVES, grown, max_leaves=25)
PLAIN = (str, int, float, bool, type(None))


def is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(is_plain(item) for item in value.values())
    if isinstance(value, list):
        return all(is_plain(item) for item in value)
    return isinstance(value, PLAIN)


@given(EXPRESSIONS)
def test_whatever_is_written_ends_within_the_bounds(text: str) -> None:
    data = {"a": {"x": [1, 2]}, "b": "chữ", "rows": [{"n": 1}, {"n": 2}]}
    began = time.process_time()
    try:
        result = compile_expression(text).evaluate(data, {"f": given_function})
    except BadExpression:
        result = None
    assert time.process_time() - began < SECONDS
    assert is_plain(result)
    assert data == {"a": {"x": [1, 2]}, "b": "chữ", "rows": [{"n": 1}, {"n": 2}]}


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (compile_expression, compile_script):
        try:
            read(text)
        except BadExpression:
            continue


@given(st.lists(EXPRESSIONS, min_size=1, max_size=4), st.sampled_from(["a", "b.x", "rows[0]"]))
def test_any_script_leaves_its_input_alone(texts: list[str], target: str) -> None:
    lines = [f"{target} = {text}" for text in texts]
    source = "for b in rows:\n    " + "\n    ".join(lines)
    data = {"a": {"x": [1, 2]}, "b": {"x": 1}, "rows": [{"n": 1}, {"n": 2}]}
    try:
        changed = compile_script(source).execute(data, {"f": given_function})
    except BadExpression:
        changed = {}
    assert is_plain(changed)
    assert data == {"a": {"x": [1, 2]}, "b": {"x": 1}, "rows": [{"n": 1}, {"n": 2}]}


def test_the_budget_is_the_same_every_time() -> None:
    rounds = []
    for _ in range(3):
        count = 0

        def tick() -> int:
            nonlocal count
            count += 1
            return count

        with pytest.raises(BadExpression) as caught:
            compile_expression("[tick() for x in range(90000)]").evaluate({}, {"tick": tick})
        assert caught.value.particulars["cause"] == "budget"
        rounds.append(count)
    assert len(set(rounds)) == 1
    assert rounds[0] < BUDGET
