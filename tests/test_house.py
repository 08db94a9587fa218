"""The house's own rules: what the import contracts cannot say, kept by reading the source."""

from __future__ import annotations

import ast
import doctest
import importlib
import json
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from string import Formatter

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import MetaData, create_engine

import engine.commands
from app import accounts, create_app, navigation
from app.settings import Settings
from engine import errors, words
from engine.check import check_package
from engine.errors import Fault
from engine.package import load_folder, names
from engine.store import tables

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 320  # lines of a module; what is longer is split along a noun
# Every table, and every fact that can go wrong, on one page: by design.
ONE_PAGE = {"engine/store/tables.py", "engine/errors.py"}
NAMELESS = {"utils", "util", "helpers", "helper", "common", "base", "misc", "manager", "service"}
PROCESSES, FORMS = ROOT / "processes", ROOT / "forms"
PROCEDURES = names(PROCESSES)


@dataclass(frozen=True)
class Source:
    """One module of ours, parsed."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)


@cache
def sources(*rooms: str) -> list[Source]:
    """Every Python file of the rooms, by path from the root."""
    return [
        Source(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))
        for room in rooms
        for file in sorted((ROOT / room).rglob("*.py"))
    ]


def dotted(node: ast.expr) -> str:
    """``a.b.c`` as it is written, ``?`` for what is no plain name."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def calls(source: Source, *ends: str) -> list[str]:
    """Where something is called whose dotted name ends with one of ``ends``."""
    return [
        f"{source.path}:{node.lineno}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and ("." + dotted(node.func)).endswith(ends)
    ]


def mentions(source: Source, *named: str) -> list[str]:
    """Where one of the dotted names is read, called or not."""
    return [
        f"{source.path}:{node.lineno}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and dotted(node) in named
    ]


CLOCKS = (".datetime.now", ".datetime.utcnow", ".datetime.today", ".date.today", ".time.time")
ENVIRONMENT = ("os.environ", "os.getenv", "os.environb", "os.putenv")


# ---- one home for each --------------------------------------------------------------------------


def test_the_readers_of_source_see_what_they_look_for() -> None:
    bad = Source("bad.py", "import os\nx = os.environ['A']\ntx.commit()\ny = datetime.now(zone)\n")
    assert mentions(bad, *ENVIRONMENT) == ["bad.py:2"]
    assert calls(bad, ".commit") == ["bad.py:3"]
    assert calls(bad, *CLOCKS) == ["bad.py:4"]


def test_commit_is_written_once() -> None:
    found = [place for source in sources("app", "engine") for place in calls(source, ".commit")]
    assert len(found) == 1, found
    assert found[0].startswith("engine/store/"), found


def test_the_environment_is_read_in_one_place() -> None:
    found = [place for s in sources("app", "engine") for place in mentions(s, *ENVIRONMENT)]
    assert len(found) == 1, found
    assert found[0].startswith("app/settings.py:"), found


def test_the_machine_is_asked_for_the_time_in_one_place() -> None:
    found = [place for s in sources("app", "engine") for place in calls(s, *CLOCKS)]
    assert len(found) == 1, found
    assert found[0].startswith("app/database.py:"), found


def test_a_child_process_is_bounded_in_one_place() -> None:
    found = {s.path for s in sources("app", "engine") if calls(s, ".setrlimit")}
    assert found == {"engine/framed.py"}, "use engine.framed.serve"


def test_no_fault_is_named_twice_where_a_page_catches_them() -> None:
    tuples = [
        (f"{source.path}:{node.lineno}", [dotted(one) for one in node.elts])
        for source in sources("app")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load)
    ]
    faults = [(place, [n for n in names if n in vars(errors)]) for place, names in tuples]
    assert [place for place, names in faults if len(set(names)) < len(names)] == []


# ---- modules and imports ------------------------------------------------------------------------


def test_a_files_name_goes_into_a_header_in_one_place() -> None:
    found = [source.path for source in sources("app") if "Content-Disposition" in source.text]
    assert found == ["app/downloads.py"], "use app.downloads.file_answer"


def test_imports_go_down_the_floors() -> None:
    # A process of its own: the tool's logging would silence every logger there is in ours.
    lint = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    told = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr


def test_no_module_is_called_as_if_it_had_no_name() -> None:
    paths = [Path(source.path) for source in sources("app", "engine", "tests")]
    nameless = [str(p) for p in paths if NAMELESS & {p.stem.strip("_"), *p.parts[:-1]}]
    assert nameless == []


def test_a_module_is_read_at_one_sitting() -> None:
    long = {
        s.path: s.text.count("\n")
        for s in sources("app", "engine")
        if s.path not in ONE_PAGE and "versions" not in Path(s.path).parts
    }
    assert {path: lines for path, lines in long.items() if lines > LONGEST} == {}


def test_every_module_says_what_lives_there() -> None:
    silent = [s.path for s in sources("app", "engine") if s.text and not ast.get_docstring(s.tree)]
    assert silent == []


def test_nothing_is_left_for_later_and_no_test_is_skipped() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    skipped = re.compile(r"pytest\.(skip|mark\.(skip|skipif|xfail)|xfail|importorskip)\b")
    all_of_them = [s for s in sources("app", "engine", "tests") if s.path != "tests/test_house.py"]
    found = [s.path for s in all_of_them if later.search(s.text)]
    found += [s.path for s in all_of_them if s.path.startswith("tests/") and skipped.search(s.text)]
    assert found == []


def test_the_examples_in_docstrings_are_true() -> None:
    tried = 0
    found = [module.name for module in pkgutil.walk_packages([str(ROOT / "engine")], "engine.")]
    for name in (*found, "app.downloads"):
        if name != "engine.__main__":
            result = doctest.testmod(importlib.import_module(name))
            assert result.failed == 0, name
            tried += result.attempted
    assert tried > 0, "no docstring has an example any more"


# ---- settings, words, locks ---------------------------------------------------------------------


def test_every_setting_is_in_the_readme_and_nothing_else() -> None:
    text = (ROOT / "app" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r"\"(MOTCUA_[A-Z_]+)\"", text))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(MOTCUA_[A-Z_]+)` \|", readme, re.MULTILINE))
    assert read == told
    assert len(read) == len(Settings.__dataclass_fields__)


def test_links_between_documents_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def faults(root: type[Fault] = Fault) -> Iterator[type[Fault]]:
    """Every class of fault below ``root``."""
    for child in root.__subclasses__():
        yield child
        yield from faults(child)


def test_every_fault_has_a_sentence_in_both_languages() -> None:
    for module in pkgutil.walk_packages([str(ROOT / "engine")], "engine."):
        if module.name != "engine.__main__":
            importlib.import_module(module.name)
    known = {fault.__name__ for fault in faults() if fault.__module__.startswith("engine.")}
    assert len(known) > 20
    for language in ("vi", "en"):
        told = tomllib.loads((ROOT / f"engine/words/{language}.toml").read_text(encoding="utf-8"))
        assert known - _keys(told) == set(), language
    same = [n for n in known if words.sentence(n, "vi") == words.sentence(n, "en")]
    assert same == []


def _keys(table: dict[str, object]) -> set[str]:
    inner = [_keys(value) for value in table.values() if isinstance(value, dict)]
    return set(table).union(*inner)


def _places(sentence: str) -> set[str]:
    """The names in braces of a sentence."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def silent_raises(source: Source, places: dict[str, set[str]]) -> list[str]:
    """Where a fault is made without a particular that its sentence names."""
    return [
        f"{source.path}:{node.lineno} {made}: {', '.join(sorted(gone))}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and (made := dotted(node.func).split(".")[-1]) in places
        if (gone := places[made] - {keyword.arg for keyword in node.keywords})
    ]


def test_a_fault_without_what_its_sentence_names_would_be_found() -> None:
    bad = Source("bad.py", "raise BadCode(text=x)\nraise errors.BadCode(word=x)\nraise BadXml()\n")
    assert silent_raises(bad, {"BadCode": {"text"}}) == ["bad.py:2 BadCode: text"]


def test_a_fault_is_raised_with_all_that_its_sentence_names() -> None:
    told = {lang: words.sentences(lang) for lang in words.LANGUAGES}
    assert told["vi"].keys() == told["en"].keys()
    unlike = [key for key in told["vi"] if _places(told["vi"][key]) != _places(told["en"][key])]
    assert unlike == []
    known = {fault.__name__: fault for fault in faults()}
    assert {key.split(".")[0] for key in told["vi"]} - known.keys() == {"Fault"}
    places: dict[str, set[str]] = {name: set() for name in known}
    for key, said in told["vi"].items():
        places.setdefault(key.split(".")[0], set()).update(_places(said))
    undocumented = [
        f"{name}: {place}"
        for name, fault in known.items()
        for place in sorted(places[name])
        if not re.search(rf"Particulars:.*\b{place}\b", fault.__doc__ or "", re.DOTALL)
    ]
    assert undocumented == []
    assert [one for s in sources("app", "engine") for one in silent_raises(s, places)] == []


def test_locks_hold_hashes_and_no_addresses() -> None:
    for lock in sorted(ROOT.glob("requirements*.lock")):
        text = lock.read_text(encoding="utf-8")
        assert not re.search(r"://|^--|@ file|--index|--find-links", text, re.MULTILINE), lock.name
        pins = len(re.findall(r"^[a-zA-Z0-9._-]+(?:\[.*?\])?==", text, re.MULTILINE))
        hashed = len(re.findall(r"^\S.*\\\n\s+--hash=sha256:", text, re.MULTILINE))
        assert pins == hashed > 0, lock.name
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    bare = [n for n, entry in packages.items() if n and "sha512-" not in entry.get("integrity", "")]
    assert bare == []


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed, dev = project["dependencies"], project["optional-dependencies"]["dev"]
    for lock, wanted in (("requirements.lock", needed), ("requirements-dev.lock", needed + dev)):
        text = (ROOT / lock).read_text(encoding="utf-8").lower()
        for one in wanted:
            name = re.split(r"[\[=<>]", one.lower())[0]
            assert re.search(rf"^{re.escape(name)}(\[.*?\])?==", text, re.MULTILINE), (lock, one)


# ---- routes, commands, menu ---------------------------------------------------------------------


@pytest.fixture
def application(sqlite_url: str, tmp_path: Path) -> Flask:
    """The whole application, to be looked at."""
    given = {"MOTCUA_DATABASE_URL": sqlite_url, "MOTCUA_DATA_DIR": str(tmp_path / "files")}
    return create_app(Settings.from_env(given))


def test_every_route_declares_who_may(application: Flask) -> None:
    open_doors = [
        rule.endpoint
        for rule in application.url_map.iter_rules()
        if not getattr(application.view_functions[rule.endpoint], "__may__", ())
    ]
    assert open_doors == []


def test_every_endpoint_is_in_the_menu_or_excused(application: Flask) -> None:
    listed = {e.endpoint for e in navigation.MENU}.union(*(e.covers for e in navigation.MENU))
    there = {rule.endpoint for rule in application.url_map.iter_rules()}
    assert there - listed - set(navigation.EXCUSED) == set(), "neither in a menu nor excused"
    assert (listed | set(navigation.EXCUSED)) - there == set(), "listed, but there is no such page"
    assert listed & set(navigation.EXCUSED) == set()


JUDGE = {"require", "may"}  # of engine.authority


def unjudged(modules: dict[str, str]) -> list[str]:
    """Public functions taking ``tx`` from which no call leads to authority's require or may."""
    functions: dict[str, ast.FunctionDef] = {}
    for module, text in modules.items():
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef):
                functions[f"{module}.{node.name}"] = node

    def reached(name: str) -> set[str]:
        module = name.split(".")[0]
        found = set()
        for node in ast.walk(functions[name]):
            if isinstance(node, ast.Call):
                last = dotted(node.func).split(".")[-1]
                near = f"{module}.{last}"
                far = {f for f in functions if f.endswith("." + last)}
                found |= {near} if near in functions else far
                found |= {last} & JUDGE
        return found

    def leads_to_the_judge(name: str) -> bool:
        seen, ahead = set(), {name}
        while ahead:
            seen |= ahead
            ahead = set().union(*(reached(one) for one in ahead if one in functions)) - seen
        return bool(seen & JUDGE)

    return [
        name
        for name, node in functions.items()
        if not node.name.startswith("_")
        and node.args.args
        and node.args.args[0].arg == "tx"
        and not leads_to_the_judge(name)
    ]


def test_an_unjudged_command_would_be_found() -> None:
    good = "def add(tx, x):\n    _ask(tx)\ndef _ask(tx):\n    require(tx.actor, 'add')\n"
    bad = "def drop(tx):\n    store.drop(tx.connection)\n"
    assert unjudged({"things": good, "others": bad}) == ["others.drop"]


def test_every_command_calls_the_judge() -> None:
    folder = Path(engine.commands.__path__[0])
    modules = {
        file.relative_to(folder).with_suffix("").as_posix(): file.read_text(encoding="utf-8")
        for file in sorted(folder.rglob("*.py"))
    }
    assert unjudged(modules) == []


def test_templates_carry_nothing_the_content_security_policy_forbids() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.I)
    found = [
        f"{file.name}: {match.group()}"
        for file in sorted((ROOT / "app" / "templates").rglob("*.html"))
        for match in inline.finditer(file.read_text(encoding="utf-8"))
    ]
    assert found == []


# ---- procedures and migrations ------------------------------------------------------------------


@pytest.mark.parametrize("name", PROCEDURES)
def test_every_procedure_checks_clean_and_has_walks(name: str) -> None:
    package = load_folder(PROCESSES, FORMS, name)
    assert list(check_package(package)) == []
    assert [path for path in package.files if path.startswith("walks/")]


def test_there_are_procedures_and_their_forms_belong_to_them() -> None:
    assert len(PROCEDURES) >= 3
    orphans = {p.name for p in FORMS.iterdir() if p.is_dir()} - {*PROCEDURES, "_shared"}
    assert orphans == set()


def test_there_is_one_alembic_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "app" / "migrations"))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_the_migrations_make_the_tables_of_the_code(database_url: str) -> None:
    everything = MetaData()
    for metadata in (tables.metadata, accounts.metadata):
        for table in metadata.tables.values():
            table.to_metadata(everything)
    opened = create_engine(database_url)
    with opened.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, everything)
    opened.dispose()
    assert differences == []
