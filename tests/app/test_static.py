"""Static files: packed beforehand, kept by the browser, never taken for something else."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

import pytest

from tests.office import Office

if TYPE_CHECKING:
    from werkzeug.datastructures import Headers


def fetch(office: Office, address: str, **headers: str) -> tuple[bytes, Headers]:
    with office.app.test_client().get(address, headers=headers) as answer:
        assert answer.status_code == 200
        return answer.data, answer.headers


@pytest.mark.parametrize("name", ["motcua.css", "diagram.css", "diagram.js"])
def test_a_static_file_comes_packed_and_may_be_kept_for_good(office: Office, name: str) -> None:
    page = office.browser("officer1.binhlieu").get("/procedures/land-confirmation").text
    address = re.search(rf"/static/build/{re.escape(name)}\?v=\w+", page)
    assert address, f"{name} is not on the page"
    plain, bare = fetch(office, address[0])
    packed, carried = fetch(office, address[0], **{"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in bare
    assert carried["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == plain
    assert len(packed) < 0.6 * len(plain)
    assert carried["Vary"] == "Accept-Encoding"
    assert "max-age=31536000" in carried["Cache-Control"]
    assert carried["X-Content-Type-Options"] == "nosniff"
