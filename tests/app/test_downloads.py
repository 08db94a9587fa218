"""Files leave the house under the name people gave them, whatever its letters."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from werkzeug.http import parse_options_header

from app.downloads import disposition
from tests.app.test_papers import counter, picture
from tests.bench.servers import web
from tests.office import COUNTER, Office, token

pytestmark = pytest.mark.slow  # whole journeys through the office; make quick has a few of them

NAMES = [
    "Đơn đề nghị.jpg", "😀.jpg", 'a"; filename=b.exe', "a'b\\c\".jpg", "trích lục 50%.pdf",
    "\ud800.jpg", "x\r\nSet-Cookie: a=b.pdf", "张伟.jpg",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_name_makes_a_header_that_every_server_sends(name: str) -> None:
    header = disposition("inline", name)
    assert re.fullmatch(r"[\x20-\x7e]+", header)
    how, told = parse_options_header(header)
    assert how == "inline"
    assert told["filename"] == name.encode("utf-8", "replace").decode()
    assert set(told) == {"filename"}


def test_a_paper_with_a_vietnamese_name_opens_through_the_server_that_the_province_runs(
    office: Office, database_url: str, tmp_path: Path
) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    told = {**COUNTER, "paper.request.file": picture("Đơn đề nghị 😀.jpg")}
    done = counter(office, page, **told, do="receive")
    code = done.headers["Location"].rsplit("/", 1)[-1]
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with web(database_url, tmp_path / "files", tmp_path / "log") as (host, port):
        root = f"http://{host}:{port}"
        login, password = "reception1.binhlieu", office.passwords["reception1.binhlieu"]
        form = {"login": login, "password": password}
        form["csrf_token"] = token(browser.open(f"{root}/login").read().decode())
        browser.open(f"{root}/login", urllib.parse.urlencode(form).encode()).read()
        answer = browser.open(f"{root}/dossiers/{code}/documents/1")
        header = answer.headers["Content-Disposition"]
        assert (answer.status, answer.read()[:2]) == (200, b"\xff\xd8")
    assert header.startswith('inline; filename="Don de nghi _.jpg"; ')
    assert parse_options_header(header)[1]["filename"] == "Đơn đề nghị 😀.jpg"
