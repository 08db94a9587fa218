"""The numbers of a run as one table, ratios first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.bench.measuring import CLIENTS, KINDS

HEAD = (
    "request", "statements", "commits", "engine", "replayed", "1 client p50", "p95",
    f"{CLIENTS} clients p50", "p95",
)  # fmt: skip


def table(found: Mapping[str, Any]) -> str:
    """The whole run in Markdown; times in milliseconds."""
    lines = [
        f"{found['machine']}, Python {found['python']}; {found['dossiers']} dossiers per client; "
        f"{CLIENTS} clients are threads of the measuring process; milliseconds.",
    ]
    for name, one in found["databases"].items():
        lines += ["", f"{name} ({one['durability']})", "", *_ratios(one), ""]
        lines += _rows([HEAD, tuple("-" * len(word) for word in HEAD), *map(_row(one), _kinds())])
    lines += ["", "Bytes of a page, and after gzip:", ""]
    pages = found["weights"]["pages"].items()
    lines += _rows([("page", "bytes", "gzip"), ("----",) * 3, *_texts(pages)])
    lines += ["", "A received dossier that waits:", ""]
    lines += [f"- {name}: {value:g}" for name, value in found["weights"]["idle"].items()]
    checking = found["checking"]
    lines += ["", "Checking a diagram:", ""]
    spent = [(name, f"{time:.1f}") for name, time in checking["milliseconds"].items()]
    lines += _rows([("diagram", "ms"), ("----",) * 2, *spent])
    told = f"- {checking['files']} files of tests/bpmn: {checking['files_a_minute']} files a minute"
    lines += ["", told]
    judging = found["judging"]
    lines += [
        "",
        f"A dry run over {judging['dossiers']} open dossiers: {judging['seconds']} s, "
        f"{judging['ratio']} times the loading of the same snapshots ({judging['loading']} s); "
        f"memory grew by {judging['grown_mb']} MB.",
    ]
    return "\n".join(lines) + "\n"


def _texts(pages: Iterable[tuple[str, Sequence[int]]]) -> list[tuple[str, ...]]:
    return [(name, *map(str, sizes)) for name, sizes in pages]


def _kinds() -> tuple[str, ...]:
    return (*KINDS, "complete")


def _ratios(one: Mapping[str, Any]) -> list[str]:
    alone, many = one["clients_1"], one[f"clients_{CLIENTS}"]
    whole, bare, engine = alone["dossier"], one["replayed"]["dossier"], one["engine"]["dossier"]
    asked = [one["asked"][kind] for kind in KINDS]
    return [
        f"- a dossier through HTTP / its statements replayed bare: {whole / bare:.1f} "
        f"({whole:.1f} / {bare:.1f} ms)",
        f"- a dossier through HTTP / its steps in the engine alone: {whole / engine:.1f} "
        f"({whole:.1f} / {engine:.1f} ms)",
        f"- dossiers per second: {alone['dossiers_per_second']:.1f} with one client, "
        f"{many['dossiers_per_second']:.1f} with {CLIENTS}",
        f"- a dossier: {sum(row['statements'] for row in asked)} statements, "
        f"{sum(row['commits'] for row in asked)} commits",
    ]


def _row(one: Mapping[str, Any]) -> Any:
    def cells(kind: str) -> tuple[str, ...]:
        asked = one["asked"].get(kind)
        numbers = (str(asked["statements"]), str(asked["commits"])) if asked else ("", "")
        alone, many = one["clients_1"][kind], one[f"clients_{CLIENTS}"][kind]
        times = (
            one["engine"][kind]["p50"], one["replayed"][kind]["p50"],
            alone["p50"], alone["p95"], many["p50"], many["p95"],
        )  # fmt: skip
        return (kind, *numbers, *(f"{time:.1f}" for time in times))

    return cells


def _rows(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
