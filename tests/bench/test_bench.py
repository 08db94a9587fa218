"""The bench runs, and a posting asks no more of the database than it did."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench import __main__ as bench
from tests.bench.furnished import furnish
from tests.bench.measuring import KINDS, asked
from tests.bench.recording import record
from tests.bench.weighing import pages

# The most a posting may ask once caches are warm; lower a number when you have earned it.
BUDGET = {
    # Among them, each by an index of its own: the telephone's pages that close with a form (2), the
    # slips that a step has just issued (1), the number in the ledger (1).
    "receive": (52, 1),
    "Verify": (30, 1),
    "CheckCadastre": (21, 1),
    "CollectFee": (25, 1),
    "Approve": (25, 1),
    # … what need not be told any more (2), whether it was a refusal (1).
    "ReturnResult": (32, 1),
}


def test_a_posting_keeps_to_its_budget_of_statements_and_commits(
    database_url: str, tmp_path: Path
) -> None:
    password = furnish(database_url, tmp_path / "files")
    requests = record(database_url, tmp_path / "files", password, 2)
    most = asked(requests[len(BUDGET) :])
    assert tuple(most) == tuple(BUDGET) == KINDS
    over = {
        kind: (row["statements"], row["commits"])
        for kind, row in most.items()
        if row["statements"] > BUDGET[kind][0] or row["commits"] > BUDGET[kind][1]
    }
    assert over == {}


def test_pages_stay_light(tmp_path: Path) -> None:
    weights = pages(tmp_path)
    assert weights["tracking"][0] < 30_000
    assert weights["motcua.css"][1] <= 12_000
    assert all(packed < 30_000 for _, packed in weights.values()), weights


@pytest.mark.slow
def test_the_bench_measures_every_kind_of_request(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = tmp_path / "bench.json"
    assert bench.main(["--only", "sqlite", "--dossiers", "2", "--json", str(written)]) == 0
    said = capsys.readouterr().out
    found = json.loads(written.read_text(encoding="utf-8"))["databases"]["SQLite"]
    for kind in KINDS:
        assert f"| {kind} " in said
        assert 0 < found["engine"][kind]["p50"] < found["clients_1"][kind]["p50"]
        assert 0 < found["replayed"][kind]["p50"] < found["clients_1"][kind]["p50"]
    assert "| land-confirmation " in said
    assert "files a minute" in said
    assert found["clients_1"]["dossiers_per_second"] > 0
    assert found["clients_4"]["dossiers_per_second"] > 0
