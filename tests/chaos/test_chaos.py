"""A short run of ``make chaos``: killed workers lose nothing and do nothing twice."""

from __future__ import annotations

import pytest

from tests.chaos.killing import furnish, kill_workers
from tests.office import Office


@pytest.mark.slow
def test_killed_workers_lose_nothing_and_do_nothing_twice(office: Office) -> None:
    furnish(office, 9)
    outcome = kill_workers(office, kills=4, seed=1)
    assert outcome.breaches == ()
    assert outcome.unfinished == 0
    assert len(outcome.fired) == 6
    assert set(outcome.fired.values()) == {1}
