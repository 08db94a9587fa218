"""The way of a release from the terminal: the same orders, the same refusals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli import main
from app.cli import procedures as terminal
from engine.package import load_zip, to_zip
from engine.store import tables
from tests.app.test_releases import LAND, changed
from tests.commands.test_moving import read, receive
from tests.office import Office

Motcua = Callable[..., tuple[int, str, str]]


@pytest.fixture
def motcua(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Motcua:
    """A command on the office's database at its instant: status, output, complaints."""
    url = office.database.url.render_as_string(hide_password=False)
    monkeypatch.setenv("MOTCUA_DATABASE_URL", url)
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(office.database.files.root))
    monkeypatch.setattr(terminal, "wall_clock", lambda: office.now)

    def run(*words: str) -> tuple[int, str, str]:
        status = main(["--lang", "vi", *words])
        said = capsys.readouterr()
        return status, said.out.strip(), said.err.strip()

    return run


def test_a_release_is_brought_in_approved_opened_and_moved_to(
    office: Office, motcua: Motcua, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal.play, "play", lambda package: [])  # played in the test below
    file = tmp_path / "dat.zip"
    file.write_bytes(to_zip(changed()))
    status, digest, _ = motcua("publish", str(file), "--as", "designer")
    assert (status, digest) == (0, changed().digest)
    short = digest[:12]
    refused = motcua("rollout", short, "--as", "admin")
    assert (refused[0], refused[2]) == (1, "Chỉ triển khai được phiên bản đã phê duyệt.")
    decision = ("--decision", "QĐ mẫu 30/2025")
    assert motcua("approve", short, *decision, "--as", "designer")[0] == 1
    assert motcua("approve", short, *decision, "--as", "approver")[0] == 0
    dossier = receive(office, "a")
    opened = motcua("rollout", short, "--centre", "H49.99.02", "--as", "admin")
    assert opened[0] == 0
    listed = motcua("releases")[1]
    assert f"{short}  land-confirmation 2  approved\n    H49.99.02  two-level live" in listed
    seen = motcua("move", short, "--dry-run", "--as", "admin")[1]
    assert seen == "1 open dossiers: 1 move, 0 stay."
    assert motcua("move", short, "--reason", "Đổi tên", "--as", "admin")[:2] == (0, "1")
    assert [row["dossier"] for row in read(office, tables.move_items)] == [dossier]
    out = tmp_path / "ra.zip"
    assert motcua("export", short, str(out))[0] == 0
    assert load_zip(out.read_bytes()).digest == digest


@pytest.mark.slow
def test_a_red_walk_keeps_a_release_out(office: Office, motcua: Motcua, tmp_path: Path) -> None:
    walk = LAND.files["walks/plain.toml"].replace(b"status = 10", b"status = 3")
    file = tmp_path / "dat.zip"
    file.write_bytes(to_zip(changed(**{"walks/plain.toml": walk})))
    status, _, complaint = motcua("publish", str(file), "--as", "designer")
    assert (status, "plain" in complaint) == (1, True)
    assert len(read(office, tables.releases)) == 1


def test_ends_are_ordered_with_a_reason(office: Office, motcua: Motcua) -> None:
    reason = ("--reason", "QĐ mẫu 31/2025", "--as", "admin")
    assert motcua("cutover", "--at", "2025-12-01", *reason)[:2] == (0, "1")
    assert motcua("cutover", "--at", "2025-12-01", *reason)[0] == 1
    assert motcua("purge-trials", *reason)[:2] == (0, "0 dossiers, 0 files.")
    assert motcua("close", "land-confirmation", "--at", "2025-12-01T08:00", *reason)[0] == 0
    assert motcua("close", "nothing", "--at", "2025-12-01", *reason)[0] == 1
    assert motcua("close", "land-confirmation", "--reason", "x", "--as", "nobody")[0] == 1


def test_a_release_is_named_by_enough_of_its_digest(office: Office, motcua: Motcua) -> None:
    for text in (LAND.digest[:5], "ffffffffffff", ""):
        status, _, complaint = motcua("move", text, "--dry-run", "--as", "admin")
        assert (status, complaint) == (1, "Không có phiên bản quy trình này.")
