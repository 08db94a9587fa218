"""The server as a province runs it, spoken to over a connection."""

from __future__ import annotations

import http.client
import select
from pathlib import Path

import pytest

from tests.bench.servers import web


@pytest.mark.slow
def test_a_connection_that_rests_is_not_hung_up_on(sqlite_url: str, tmp_path: Path) -> None:
    with web(sqlite_url, tmp_path / "files", tmp_path / "web.log") as (host, port):
        connection = http.client.HTTPConnection(host, port, timeout=30)
        connection.request("GET", "/login")
        assert connection.getresponse().read()
        # A socket can be read when the other end hangs up: waited for, and not seen.
        assert select.select([connection.sock], [], [], 5.0) == ([], [], [])
        connection.request("GET", "/login")
        assert connection.getresponse().status == 200
        connection.close()
