"""Whatever is posted: it is read, it is kept or told what is wrong, and it comes back as typed."""

from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.errors import BadAnswers, BadPackage
from engine.forms import Form, lint, load
from engine.forms.patterns import LONGEST_TYPED, Unbounded, check_pattern
from engine.forms.posted import file_text
from engine.forms.typed import tidy, typed_value, value_key

TODAY = date(2025, 7, 20)


def form_of(properties: dict[str, Any], fields: dict[str, Any], **ui: Any) -> Form:
    schema = {"type": "object", "properties": properties, "required": list(properties)[:3]}
    return load(json.dumps(schema).encode(), json.dumps({"fields": fields, **ui}).encode())


PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 40},
        "born": {"type": "string", "format": "date"},
        "share": {"type": "number", "minimum": 0},
        "adult": {"type": "boolean"},
    },
    "required": ["name"],
}
FORM = form_of(
    {
        "name": {"type": "string", "maxLength": 100},
        "area": {"type": "number"},
        "on": {"type": "string", "format": "date"},
        "fee": {"type": "integer", "format": "money"},
        "count": {"type": "integer"},
        "sure": {"type": "boolean"},
        "kind": {"type": "string", "enum": ["a", "b"]},
        "level": {"type": "integer", "enum": [1, 2, 3]},
        "story": {"type": "string"},
        "items": {"type": "array", "items": {"type": "string", "pattern": "^[a-z]{1,9}$"}},
        "some": {"type": "array", "items": {"type": "string", "enum": ["x", "y"]}},
        "files": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
        "people": {"type": "array", "items": PERSON, "minItems": 1, "maxItems": 5},
        "place": PERSON,
        "total": {"type": "number"},
    },
    {
        "story": {"widget": "textarea", "visibleWhen": "kind == 'a'"},
        "files": {"widget": "file"},
        "people.share": {"visibleWhen": "adult"},
        "place": {"visibleWhen": "len(people) > 1"},
        "total": {"compute": "sum(person.share for person in people if person.share) + area"},
    },
    checks=[{"when": "on > today", "field": "on", "message": {"vi": "Quá", "en": "Late"}}],
)


def typed(form: Form, answers: dict[str, Any]) -> dict[str, list[str]]:
    """What a page that shows these answers posts when nothing is touched."""
    posted: dict[str, list[str]] = {}

    def put(fields: Any, given: dict[str, Any], above: str) -> None:
        for field in fields:
            name, value = f"{above}{field.name}", given.get(field.name)
            if field.kind == "group":
                put(field.children, value or {}, f"{name}.")
            elif field.kind == "rows":
                for number, row in enumerate(value or [{}]):
                    put(field.children, row, f"{name}.{number}.")
            elif field.kind == "file":
                posted[name] = [file_text(file) for file in value or []]
            elif field.kind == "choices":
                posted[name] = [value_key(one) for one in value or []]
            elif field.kind == "lines":
                posted[name] = ["\r\n".join(value or [])]
            elif field.kind == "checkbox":
                posted[name] = [""] * (value is not None) + ["true"] * bool(value)
            else:
                posted[name] = [typed_value(field, value).replace("\n", "\r\n")]

    put(form.fields, answers, "")
    return posted


WORDS = st.text(st.characters(codec="utf-8"), max_size=30).map(tidy).filter(bool)
PARAGRAPHS = st.text(max_size=60).map(lambda text: tidy(text, lines=True)).filter(bool)
DAYS = st.dates(date(1800, 1, 1), date(2199, 12, 31)).map(date.isoformat)
NUMBERS = st.integers(-(10**12), 10**12) | st.integers(-(10**12), 10**12).map(lambda n: n / 1000)
FILES = st.builds(
    dict,
    token=st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True),
    name=WORDS,
    sha256=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    size=st.integers(0, 10**9),
)
PEOPLE = st.fixed_dictionaries(
    {"name": WORDS}, optional={"born": DAYS, "share": NUMBERS, "adult": st.booleans()}
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "name": WORDS,
        "area": NUMBERS,
        "on": DAYS,
        "story": PARAGRAPHS,
        "fee": st.integers(0, 10**12),
        "count": st.integers(-(10**9), 10**9),
        "sure": st.booleans(),
        "kind": st.sampled_from("ab"),
        "level": st.integers(1, 3),
        "items": st.lists(WORDS, min_size=1, max_size=4),
        "some": st.lists(st.sampled_from("xy"), min_size=1, max_size=2),
        "files": st.lists(FILES, min_size=1, max_size=3),
        "people": st.lists(PEOPLE, min_size=1, max_size=4),
        "place": PEOPLE,
    },
)


@given(ANSWERS)
def test_what_is_shown_is_read_back_the_same(answers: dict[str, Any]) -> None:
    read = FORM.read(typed(FORM, answers))
    assert read == answers
    assert json.dumps(read, sort_keys=True) == json.dumps(answers, sort_keys=True)  # 1 is not 1.0


NAMES = st.sampled_from(
    ["name", "area", "on", "sure", "kind", "items", "files", "people", "place", "total", "typename"]
)
POINTERS = st.lists(
    st.sampled_from(["people", "0", "7", "name", "x", "", "born", "place"]), max_size=4
)
POSTED = st.dictionaries(
    NAMES | POINTERS.map(".".join) | st.text(max_size=9),
    st.lists(st.text(max_size=40), max_size=3),
    max_size=12,
)


def kept_or_told(answers: Any, known: dict[str, Any]) -> None:
    try:
        kept = FORM.check(answers, known, TODAY)
    except BadAnswers as fault:
        faults = fault.particulars["faults"]
        assert isinstance(faults, tuple)
        assert faults
        assert len({one.pointer for one in faults}) == len(faults)
        assert all(one.message.vi and one.message.en for one in faults)
    else:
        assert "typename" not in json.dumps(kept)
        assert FORM.check(kept, known, TODAY) == kept


@given(POSTED)
def test_any_posting_is_kept_or_told_what_is_wrong(posted: dict[str, list[str]]) -> None:
    answers = FORM.read(posted)
    json.dumps(answers)
    kept_or_told(answers, {})
    assert FORM.visible(answers, {}) is not None
    for lang in ("vi", "en"):
        FORM.show(answers, lang)
    FORM.settled(answers, {})


GARBAGE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**300, 10**301)
    | st.floats()
    | st.text(max_size=20)
    | st.binary(max_size=4)
    | st.dates()
    | st.just(object()),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner)
        | st.dictionaries(NAMES | st.text(max_size=5) | st.integers(), inner, max_size=5)
    ),
    max_leaves=30,
)


@example(answers={"²": None}, known={})  # a digit that int() does not read
@given(GARBAGE, st.dictionaries(NAMES, GARBAGE, max_size=3))
def test_any_object_is_kept_or_told_what_is_wrong(answers: Any, known: dict[str, Any]) -> None:
    kept_or_told(answers, known)


@given(ANSWERS)
def test_what_is_kept_stays_as_it_is(answers: dict[str, Any]) -> None:
    before = json.dumps(answers)
    kept_or_told(answers, {"area": 1})
    assert json.dumps(answers) == before


def test_depth_and_size_are_bounded() -> None:
    deep: Any = "x"
    for _ in range(5_000):
        deep = [deep]
    for answers in ({"name": deep}, {"items": deep}, {"people": deep}, {"place": deep}):
        kept_or_told(answers, {})
    began = time.process_time()
    kept_or_told({"story": "x" * 5_000_000, "kind": "a"}, {})
    kept_or_told({"items": ["x"] * 100_000}, {})
    kept_or_told({"people": [{"name": "x"}] * 100_000}, {})
    kept_or_told({str(number): 1 for number in range(50_000)}, {})
    FORM.read({f"people.{number}.name": ["x"] for number in range(9_999)})
    assert time.process_time() - began < 5


# the files themselves
# --------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
KEYS = st.sampled_from(
    [
        "type",
        "enum",
        "const",
        "items",
        "pattern",
        "format",
        "required",
        "minimum",
        "minItems",
        "$ref",
    ]
)
LOOKS = st.sampled_from(
    [
        "label",
        "widget",
        "options",
        "visibleWhen",
        "compute",
        "default",
        "messages",
        "width",
        "order",
    ]
)
TYPES = st.sampled_from(["string", "number", "array", "object", "boolean"])


@given(
    st.dictionaries(st.sampled_from("abc"), st.dictionaries(KEYS, TYPES | JSON), max_size=3),
    st.dictionaries(st.sampled_from("abcd"), st.dictionaries(LOOKS, JSON), max_size=3),
    st.dictionaries(st.sampled_from(["sections", "checks", "fields", "other"]), JSON, max_size=3),
)
def test_any_two_files_are_a_form_or_refused(
    properties: dict[str, Any], fields: dict[str, Any], ui: dict[str, Any]
) -> None:
    schema = json.dumps({"type": "object", "properties": properties}).encode()
    try:
        form = load(schema, json.dumps({"fields": fields, **ui}).encode())
    except BadPackage:
        return
    assert all(len(told) == 3 for told in lint(form))
    with suppress(BadAnswers):
        form.check(form.read({"a": ["1"], "b.0.c": ["2"]}), {}, TODAY)
    form.show({"a": 1, "b": [1]}, "vi")


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_bytes_are_refused_or_a_form(schema: bytes, ui: bytes) -> None:
    try:
        load(schema, ui)
    except BadPackage:
        return


# patterns
# --------


@pytest.mark.parametrize(
    "pattern",
    [
        "^[0-9]{1,4}$",
        "^[A-Z]+-[0-9]+$",
        "^(?:[0-9]{3}){1,3}$",
        "^[^@]+@[^@]+$",
        "^(?:một|hai)$",
        r"^\d{4}/QĐ-UBND$",
        "^[a-z]{1,9}(?:-[a-z]{1,9})?$",
    ],
)
def test_a_simple_pattern_may_be_used(pattern: str) -> None:
    check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "^(a|a)*$",
        "^(a|ab)*c$",
        "^(a?){30}a{30}$",
        "^" + "a?" * 30 + "a" * 30 + "$",
        ".*.*.*=.*",
        "(?=a)b",
        r"(a)\1",
        "(?P<n>a)",
        "(?i)a",
        "^a{0,400}a{0,400}a{0,400}$",
        "x" * 400,
        "[",
        "(",
        ")",
        "a**",
        "\\",
        "a{99999}",
    ],
)
def test_a_pattern_that_may_run_away_is_refused(pattern: str) -> None:
    with pytest.raises((Unbounded, re.error, IndexError)):
        check_pattern(pattern)


PIECES = st.lists(
    st.sampled_from(
        ["a", "b", "[ab]", ".", "a*", "b+", "a?", "(a|b)", "(ab)?", "a{0,9}", "^", "$"]
    ),
    max_size=8,
).map("".join)


@given(PIECES)
def test_whatever_pattern_is_allowed_ends_soon(pattern: str) -> None:
    try:
        check_pattern(pattern)
    except (Unbounded, re.error, IndexError):
        return
    began = time.process_time()
    re.search(pattern, "a" * (LONGEST_TYPED - 1) + "!")
    assert time.process_time() - began < 2
