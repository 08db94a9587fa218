"""``procedure.toml`` read into a Manifest, with every problem on the way named."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Any, TypeVar

from engine.calendar import Limit
from engine.errors import BadLimit
from engine.package.manifest import MODELS, Fee, Manifest, NamedLimit, Paper, Post, Supplement, Text

T = TypeVar("T")
_MISSING = object()
_EMPTY = Text("")
IDLE = Limit(8, "working hours")


@dataclass(frozen=True)
class Problem:
    """One thing wrong in the manifest; ``fatal`` when no Manifest can be made of it."""

    rule: str
    key: str
    detail: str = ""
    fatal: bool = False
    line: int = 0


class Table:
    """One TOML table being read: what is taken is known, what stays behind is a problem."""

    def __init__(self, values: dict[str, Any], path: str, problems: list[Problem]) -> None:
        self._values = dict(values)
        self._path = path
        self._problems = problems

    def problem(self, rule: str, key: str, detail: str = "", *, fatal: bool = False) -> None:
        """Note a problem of the key ``key`` of this table."""
        self._problems.append(Problem(rule, self._path + key, detail, fatal))

    def take(self, key: str, kind: type[T], default: T, *, need: bool = False) -> T:
        """The value of a key, or the default; a wrong type or a missing needed key is a problem."""
        value = self._values.pop(key, _MISSING)
        if value is _MISSING:
            if need:
                self.problem("manifest.missing-key", key)
            return default
        if type(value) is not kind:
            self.problem("manifest.wrong-type", key, _NAMES[kind])
            return default
        return value

    def has(self, key: str) -> bool:
        """Whether the key is there and not taken yet."""
        return key in self._values

    def text(self, key: str, *, need: bool = False) -> Text:
        """A ``{vi, en}`` table; a bare string is Vietnamese."""
        if isinstance(self._values.get(key), str):
            return Text(self.take(key, str, ""))
        if key not in self._values and not need:
            return _EMPTY
        return self.table(key, need=need).as_text()

    def as_text(self) -> Text:
        """This table as a Text; without Vietnamese it is a problem."""
        said = Text(self.take("vi", str, "", need=True), self.take("en", str, ""))
        self.done()
        return said

    def table(self, key: str, *, need: bool = False) -> Table:
        """A sub-table, empty where it is missing."""
        return Table(self.take(key, dict, {}, need=need), f"{self._path}{key}.", self._problems)

    def tables(self, key: str) -> list[Table]:
        """The tables of an array (``[[papers]]``)."""
        rows: list[Any] = self.take(key, list, [])
        found = []
        for index, row in enumerate(rows):
            if isinstance(row, dict):
                found.append(Table(row, f"{self._path}{key}.{index}.", self._problems))
            else:
                self.problem("manifest.wrong-type", f"{key}.{index}", "table")
        return found

    def texts(self, key: str) -> tuple[Text, ...]:
        """An array of ``{vi, en}`` tables or bare Vietnamese strings."""
        found = []
        for index, row in enumerate(self.take(key, list, [])):
            said = Table({str(index): row}, f"{self._path}{key}.", self._problems)
            found.append(said.text(str(index), need=True))
        return tuple(found)

    def named(self, key: str) -> dict[str, Table]:
        """The sub-tables of a table by name (``[lanes."Tiếp nhận"]``)."""
        outer = self.table(key)
        return {name: outer.table(name) for name in list(outer._values)}

    def strings(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """A list of strings."""
        if key not in self._values:
            return default
        values: list[Any] = self.take(key, list, [])
        if not all(isinstance(value, str) for value in values):
            self.problem("manifest.wrong-type", key, "strings")
        return tuple(value for value in values if isinstance(value, str))

    def limit(self, key: str) -> Limit | None:
        """A limit such as ``10 working days``; one that cannot be read is fatal: it is the law."""
        text = self.take(key, str, "", need=True)
        try:
            return Limit.parse(text)
        except BadLimit:
            self.problem("manifest.bad-limit", key, text, fatal=True)
            return None

    def hours(self, key: str, default: Limit) -> Limit:
        """A number of working hours such as ``8 working hours``; anything else is a problem."""
        text = self.take(key, str, default.text())
        try:
            limit = Limit.parse(text)
        except BadLimit:
            limit = None
        if limit is None or limit.unit != default.unit:
            self.problem("manifest.bad-hours", key, text)
            return default
        return limit

    def done(self) -> None:
        """Every key not taken is unknown."""
        for key in self._values:
            self.problem("manifest.unknown-key", key)
        self._values.clear()


_NAMES: dict[type, str] = {
    str: "string",
    int: "integer",
    bool: "boolean",
    list: "array",
    dict: "table",
}


def read_manifest(data: bytes) -> tuple[Manifest | None, tuple[Problem, ...]]:
    """The manifest, or None where it cannot be used at all, and the problems found."""
    try:
        text = data.decode("utf-8")
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        return None, (Problem("manifest.unreadable", "", str(error), fatal=True, line=line),)
    problems: list[Problem] = []
    manifest = _manifest(Table(values, "", problems))
    lines = text.splitlines()
    placed = tuple(
        Problem(p.rule, p.key, p.detail, p.fatal, line_of(p.key, lines)) for p in problems
    )
    return (None if any(p.fatal for p in placed) else manifest), placed


def line_of(key: str, lines: list[str]) -> int:
    """The line of ``lanes.Tiếp nhận.role``: after its header the key itself; 0 when not found."""
    *parents, leaf = key.split(".")
    headers = {".".join(parents), *parents}
    inside = not parents
    best = 0
    for number, line in enumerate(lines, start=1):
        bare = line.strip().replace('"', "").replace("'", "")
        if bare.startswith("["):
            name = bare.strip("[] ")
            if name == key:
                return number
            inside = name in headers
            if name == ".".join(parents):
                best = number
        elif inside and bare.partition("=")[0].strip() == leaf:
            return number
        elif parents and bare.partition("=")[0].strip() == parents[-1]:
            best = best or number
    return best


def _manifest(root: Table) -> Manifest | None:
    code = _needed(root, "code")
    name = _needed(root, "name")
    process = _needed(root, "process")
    limit = root.limit("limit")
    told = root.has("supplement")
    supplement = root.table("supplement")
    rounds = supplement.take("max_rounds", int, -1)
    days = supplement.take("days", int, 30)
    supplement.done()
    deciding = root.table("deciding", need=True)
    models = {m: deciding.take(m, str, "") for m in MODELS}
    deciding.done()
    territory = root.take("territory_field", str, "")
    limits = [_limit(key, table) for key, table in root.named("limits").items()]
    fields: dict[str, Any] = {
        "title": root.text("title", need=True),
        "summary": root.text("summary"),
        "level": root.take("level", str, "commune"),
        "legal_basis": root.texts("legal_basis"),
        "restart_on_resume": root.take("restart_on_resume", bool, False),
        "papers": tuple(_paper(table) for table in root.tables("papers")),
        "fees": tuple(_fee(table) for table in root.tables("fees")),
        "channels": root.strings("channels", ("counter",)),
        "lanes": {key: _post(table) for key, table in root.named("lanes").items()},
        "registers": {key: _register(table) for key, table in root.named("registers").items()},
        "keywords": root.text("keywords"),
        "result": root.text("result"),
        "instant": root.take("instant", bool, False),
        "idle": root.hours("idle", IDLE),
    }
    root.done()
    if limit is None or not all((code, name, process)):
        return None
    return Manifest(
        code=code,
        name=name,
        process=process,
        limit=limit,
        named_limits={named.name: named for named in limits if named is not None},
        deciding={model: unit for model, unit in models.items() if unit},
        territory_field=territory or None,
        supplement=Supplement(None if rounds < 0 else rounds, days, told),
        **fields,
    )


def _needed(root: Table, key: str) -> str:
    """A key no manifest can do without."""
    value = root.take(key, str, "")
    if not value.strip():
        root.problem("manifest.missing-key", key, fatal=True)
    return value.strip()


def _limit(name: str, table: Table) -> NamedLimit | None:
    title = table.text("title", need=True)
    limit = table.limit("limit")
    table.done()
    return None if limit is None else NamedLimit(name, title, limit)


def _register(table: Table) -> Text:
    title = table.text("title", need=True)
    table.done()
    return title


def _paper(table: Table) -> Paper:
    paper = Paper(
        key=table.take("key", str, "", need=True),
        title=table.text("title", need=True),
        kind=table.take("kind", str, "original"),
        quantity=table.take("quantity", int, 1),
        required=table.take("required", bool, True),
        when=table.take("when", str, "") or None,
    )
    table.done()
    return paper


def _fee(table: Table) -> Fee:
    amount = table.take("amount", int, -1)
    fee = Fee(
        key=table.take("key", str, "", need=True),
        title=table.text("title", need=True),
        amount=None if amount < 0 else amount,
        decision=table.take("decision", str, "") or None,
        when=table.take("when", str, "receipt"),
        local=table.take("local", bool, False),
        only=table.take("only", str, "") or None,
        each=table.take("each", str, "") or None,
    )
    table.done()
    return fee


def _post(table: Table) -> Post:
    post = Post(table.take("role", str, "", need=True), table.take("unit", str, "", need=True))
    table.done()
    return post
