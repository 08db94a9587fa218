"""How a release fares, centre by centre."""

from __future__ import annotations

from sqlalchemy import insert, update

from engine.queries.watching import figures
from engine.store import tables
from tests.app.test_first_dossier import receive
from tests.office import Office, read


def test_what_came_was_late_or_got_stuck_is_counted_by_centre(office: Office) -> None:
    receive(office)
    digest = str(office.release_at("H49.99.01"))

    def seen() -> list[tuple[int, int, int, int, int]]:
        with office.database.reading() as connection:
            return [
                (one.received, one.settled, one.late, one.stuck, one.share)
                for one in figures(connection, digest)
            ]

    assert seen() == [(1, 0, 0, 0, 0)]
    with office.acting("admin") as tx:
        stuck = {"dossier": 1, "centre": "H49.99.01", "element": "A", "name": "A", "cause": "mẫu"}
        for _ in range(2):  # twice the same dossier is one that got stuck
            told = {**stuck, "input": {}, "opened_at": office.now}
            tx.connection.execute(insert(tables.incidents).values(told))
        tx.connection.execute(update(tables.dossiers).values(escalated="due_passed"))
    assert seen() == [(1, 0, 1, 1, 100)]
    page = read(office.browser("controller").get(f"/releases/{digest}").text)
    assert "Trung tâm Phục vụ hành chính công xã Bình Liêu 1 0 1 1 (100 %)" in page
