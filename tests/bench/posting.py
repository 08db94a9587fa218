"""A clerk's browser: one login, then nothing but postings, each answered before the next."""

from __future__ import annotations

import http.client
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlencode

from engine.store.database import Database
from tests.bench.furnished import CLERK, next_task
from tests.bench.procedure import NAME, STEPS

FORM = "application/x-www-form-urlencoded"
_TOKEN = re.compile(r'name="csrf(?:_|-)token"[^>]*?(?:value|content)="([^"]+)"')


class Wrong(Exception):
    """The server did not answer as it must; nothing measured counts."""


@dataclass
class Answer:
    """What came back: status, Location, Set-Cookie, text."""

    status: int
    place: str
    cookie: str
    text: str


class Send(Protocol):
    """One request and its answer."""

    def __call__(self, method: str, path: str, told: dict[str, str], cookie: str) -> Answer: ...


class Wire:
    """A connection to the server that stays open, as a browser's does."""

    def __init__(self, host: str, port: int) -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=60)

    def __call__(self, method: str, path: str, told: dict[str, str], cookie: str) -> Answer:
        body = urlencode(told) if method == "POST" else None
        kind = {"Content-Type": FORM} if body is not None else {}
        self._connection.request(method, path, body, {"Cookie": cookie, **kind})
        got = self._connection.getresponse()
        text = got.read().decode()
        kept = (got.getheader("Set-Cookie") or "").partition(";")[0]
        return Answer(got.status, got.getheader("Location") or "", kept, text)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@dataclass
class Clerk:
    """Someone at the counter who does every step; ``took`` holds seconds by kind of request."""

    send: Send
    database: Database
    password: str
    cookie: str = ""
    token: str = ""
    took: dict[str, list[float]] = field(default_factory=dict)

    def log_in(self) -> None:
        """The cookie and the token that all later postings carry."""
        page = self.send("GET", "/login", {}, "")
        told = {"login": CLERK, "password": self.password, "csrf_token": _token(page.text)}
        answer = self.send("POST", "/login", told, page.cookie)
        if answer.status != 303:
            raise Wrong(f"POST /login: {answer.status}")
        self.cookie = answer.cookie or page.cookie
        page = self.send("GET", f"/counter/{NAME}", {}, self.cookie)
        self.cookie, self.token = page.cookie or self.cookie, _token(page.text)

    def dossier(self, number: int, before: Callable[[str], None] = lambda kind: None) -> str:
        """Receive one and complete its five steps; its code."""
        before("receive")
        answer = self._post("receive", f"/counter/{NAME}", counter(number))
        code = answer.place.rpartition("/")[2]
        for _ in STEPS[1:]:
            waits = next_task(self.database, code)
            if waits is None:
                raise Wrong(f"{code} waits for nobody")
            task, step = waits
            before(step)
            self._post(step, f"/tasks/{task}", {"note": "", "do": "complete"})
        if next_task(self.database, code) is not None:
            raise Wrong(f"{code} does not end")
        return code

    def _post(self, kind: str, path: str, told: dict[str, str]) -> Answer:
        told = {**told, "csrf_token": self.token}
        start = time.perf_counter()
        answer = self.send("POST", path, told, self.cookie)
        spent = time.perf_counter() - start
        if answer.status != 303 or "/dossiers/" in answer.place:
            raise Wrong(f"POST {path}: {answer.status} {answer.place} {answer.text[:500]}")
        self.took.setdefault(kind, []).append(spent)
        return answer


def counter(number: int) -> dict[str, str]:
    """What the counter's form posts; the key is the one its page would have carried."""
    return {
        "key": secrets.token_hex(16),
        "applicant.name": f"Hồ sơ mẫu {number:02d}",
        "applicant.citizen_id": "022080000007",
        "applicant.birth": "01/01/1980",
        "applicant.sex": "male",
        "applicant.address": "Khu mẫu, xã Bình Liêu, tỉnh Quảng Ninh",
        "applicant.phone": "0900000007",
        "complete": "true",
        "case_seq": str(number + 1),
        "do": "receive",
    }


def together(clerks: list[Clerk], dossiers: int) -> float:
    """Each clerk, in a thread of its own, does that many dossiers; the seconds it all took."""
    start = threading.Barrier(len(clerks) + 1)
    failed: list[BaseException] = []

    def work(clerk: Clerk) -> None:
        start.wait()
        try:
            for number in range(dossiers):
                clerk.dossier(number)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(clerk,)) for clerk in clerks]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - began
    if failed:
        raise failed[0]
    return spent


def _token(page: str) -> str:
    found = _TOKEN.search(page)
    if found is None:
        raise Wrong("A page without a CSRF token")
    return found[1]
