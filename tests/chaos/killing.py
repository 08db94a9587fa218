"""A province with much to do at one instant, and workers that are killed while they do it."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from engine.calendar import ZONE, CalendarDay
from engine.commands import calendar, cutover, dossiers, moving, releases, tasks
from engine.package import from_files
from engine.queries.proof import Breach, breaches
from engine.store import tables as t
from tests.commands.test_bad_input import CHECKED, LAND, NOW, told
from tests.commands.test_moving import open_tasks
from tests.office import ROOT, Office

LATER = datetime(2025, 8, 4, 9, tzinfo=ZONE)  # every posting is over, much is late
LABEL = from_files(
    {
        **LAND.files,
        "process.bpmn": LAND.files["process.bpmn"].replace(
            "Kiểm tra thực địa".encode(), "Kiểm tra tại thửa đất".encode()
        ),
    }
)


@dataclass(frozen=True)
class Outcome:
    """What came of it: how often a worker was killed, and what is not as it must be."""

    kills: int
    dossiers: int
    breaches: tuple[Breach, ...]
    unfinished: int  # items of plans that have no result
    fired: Counter[int]  # how often each dossier's posting came to its end


def furnish(office: Office, count: int) -> None:
    """Dossiers with timers and duties, a move, a change of models and a changed calendar."""
    for number in range(count):
        office.now = NOW
        with office.acting("reception1.binhlieu") as tx:
            dossier = dossiers.receive(tx, **told(key=f"chaos {number}")).dossier
        if number % 3:
            with office.acting("officer1.binhlieu") as tx:
                (task,) = open_tasks(office, dossier)
                tasks.complete(tx, task["id"], CHECKED)
    office.now = LATER
    with pytest.MonkeyPatch.context() as patch, office.acting("designer") as tx:
        patch.setattr(releases, "check_package", lambda package: ())
        releases.publish(tx, LABEL)
    with office.acting("approver") as tx:
        releases.approve(tx, LABEL.digest, "QĐ mẫu 40/2025")
    with office.acting("admin") as tx:
        moving.start(tx, LABEL.digest, reason="Đổi tên bước")
        calendar.set_day(tx, CalendarDay(date(2025, 7, 10), "off", scope="province", source="Bão"))
        calendar.recount(tx, "Nghỉ bão")
        at = LATER + timedelta(seconds=1)
        cutover.plan(
            tx, from_model="two-level", to_model="three-level", at=at, reason="Chuyển mô hình"
        )


def kill_workers(office: Office, kills: int, seed: int, workers: int = 2) -> Outcome:
    """Start workers, kill them at random moments, start them again; then let one finish."""
    chance = random.Random(seed)
    done = 0
    while done < kills:
        running = [_start(office) for _ in range(workers)]
        for worker in running:
            assert worker.stdout is not None
            worker.stdout.readline()  # from here on it works
        time.sleep(chance.uniform(0.005, 0.25))
        for worker in running:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            worker.stdout.close()  # type: ignore[union-attr]
            done += 1
    last = _start(office)
    said, _ = last.communicate(timeout=300)
    assert last.returncode == 0, said
    return look(office, done)


def look(office: Office, kills: int) -> Outcome:
    """What is there in the end."""
    with office.database.reading() as connection:
        waiting = 0
        for items in (t.move_items, t.cutover_items, t.recount_items):
            question = select(func.count()).select_from(items).where(items.c.state == "waiting")
            waiting += connection.scalar(question) or 0
        passed = select(t.journal.c.dossier, t.journal.c.fact).where(t.journal.c.kind == "passed")
        fired = Counter(
            row.dossier
            for row in connection.execute(passed)
            for step in row.fact["passed"]
            if step == "PostingTermOver"
        )
        count = connection.scalar(select(func.count()).select_from(t.dossiers)) or 0
        return Outcome(kills, count, breaches(connection, office.now), waiting, fired)


def _start(office: Office) -> subprocess.Popen[str]:
    url = office.database.url.render_as_string(hide_password=False)
    words = [sys.executable, "-m", "tests.chaos.worker", url, str(office.database.files.root)]
    instant = (LATER + timedelta(minutes=1)).isoformat()
    return subprocess.Popen([*words, instant], stdout=subprocess.PIPE, text=True, cwd=ROOT)
