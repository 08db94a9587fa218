"""Who is let through which door: every route, as every role of its own and another centre."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from engine.store import tables
from tests.app.test_first_dossier import receive
from tests.office import Office, token

OWN = ("reception1", "officer1", "leader", "clerk", "cashier", "director")
OTHER = ("reception1", "officer1", "director")
PROVINCE = ("controller", "designer", "approver", "admin", "auditor")
LOGINS = (
    *(f"{role}.binhlieu" for role in OWN),
    *(f"{role}.hoanhmo" for role in OTHER),
    *PROVINCE,
)
# A dossier lies with the land officer of Bình Liêu. Columns: nobody; reception, officer, leader,
# clerk, cashier, director of Bình Liêu; reception, officer, director of Hoành Mô; controller,
# designer, approver, admin, auditor of the province. `in` is the log-in page, a dot a page (200).
DOORS = """
GET  /counter                           in  .   403 403 403 403 403 .   403 403 403 403 403 403 403
GET  /counter/land-confirmation         in  .   403 403 403 403 403 .   403 403 403 403 403 403 403
GET  /counter/receipts/<code>           in  .   403 403 403 403 403 404 403 403 403 403 403 403 403
GET  /visits/1                          in  404 403 403 403 403 403 404 403 403 403 403 403 403 403
GET  /visits/1/slip.pdf                 in  404 403 403 403 403 403 404 403 403 403 403 403 403 403
GET  /dossiers                          in  .   .   .   .   .   .   .   .   .   .   .   .   .   .
GET  /dossiers/<code>                   in  .   .   .   .   .   .   404 404 404 .   404 404 .   .
GET  /dossiers/H49.99.01-250707-9999    in  404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET  /dossiers/<code>/documents/1       in  404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET  /dossiers/<code>/slips/<slip>.pdf  in  .   .   .   .   .   .   404 404 404 .   404 404 .   .
GET  /tasks                             in  .   .   .   .   .   .   .   .   .   .   403 403 .   .
GET  /tasks/<task>                      in  .   .   .   .   .   .   404 404 404 .   403 403 .   .
GET  /reports                           in  .   403 .   403 403 .   .   403 .   .   403 403 .   .
GET  /releases                          in  403 403 403 403 403 403 403 403 403 .   .   .   .   .
GET  /releases/<digest>                 in  403 403 403 403 403 403 403 403 403 .   .   .   .   .
GET  /releases/<digest>/changes.json    in  403 403 403 403 403 403 403 403 403 .   .   .   .   .
GET  /releases/<digest>/package.zip     in  403 403 403 403 403 403 403 403 403 .   .   .   .   .
GET  /releases/<digest>/rollout         in  403 403 403 403 403 403 403 403 403 403 403 403 .   403
POST /releases                          in  403 403 403 403 403 403 403 403 403 403 422 403 403 403
POST /releases/<digest>/withdraw        in  403 403 403 403 403 403 403 403 403 403 403 422 403 403
POST /releases/<digest>/discard         in  403 403 403 403 403 403 403 403 403 403 409 403 403 403
POST /releases/<digest>/approve         in  403 403 403 403 403 403 403 403 403 403 403 go  403 403
POST /releases/<digest>/rollout         in  403 403 403 403 403 403 403 403 403 403 403 403 422 403
GET  /releases/<digest>/move            in  403 403 403 403 403 403 403 403 403 403 403 403 .   403
POST /releases/<digest>/move            in  403 403 403 403 403 403 403 403 403 403 403 403 .   403
GET  /moves/99                          in  403 403 403 403 403 403 403 403 403 404 404 404 404 404
POST /moves/99/stop                     in  403 403 403 403 403 403 403 403 403 403 403 403 404 403
GET  /cutovers                          in  403 403 403 403 403 403 403 403 403 .   .   .   .   .
GET  /cutovers/99                       in  403 403 403 403 403 403 403 403 403 404 404 404 404 404
POST /cutovers                          in  403 403 403 403 403 403 403 403 403 403 403 403 422 403
POST /cutovers/99/cancel                in  403 403 403 403 403 403 403 403 403 403 403 403 404 403
POST /closures                          in  403 403 403 403 403 403 403 403 403 403 403 403 422 403
POST /closures/land-confirmation/reopen in  403 403 403 403 403 403 403 403 403 403 403 403 409 403
POST /trials/purge                      in  403 403 403 403 403 403 403 403 403 403 403 403 422 403
GET  /calendar                          in  403 403 403 403 403 403 403 403 403 .   .   .   .   .
POST /calendar                          in  403 403 403 403 403 403 403 403 403 403 403 403 422 403
POST /calendar/recount                  in  403 403 403 403 403 403 403 403 403 403 403 403 go  403
GET  /absences                          in  403 403 .   403 403 .   403 403 .   .   403 403 .   403
POST /absences                          in  403 403 422 403 403 422 403 403 422 422 403 403 422 403
POST /absences/99/end                   in  403 403 404 403 403 404 403 403 404 404 403 403 404 403
GET  /notices                           in  403 403 403 403 403 .   403 403 .   .   403 403 .   403
POST /notices                           in  403 403 403 403 403 go  403 403 go  go  403 403 go  403
GET  /account                           in  .   .   .   .   .   .   .   .   .   .   .   .   .   .
POST /account                           in  go  go  go  go  go  go  go  go  go  go  go  go  go  go
POST /dossiers/<code>/messages          in  go  go  go  go  go  go  404 404 404 go  403 403 go  403
POST /dossiers/<code>/messages/99       in  404 404 404 404 404 404 404 404 404 404 403 403 404 403
POST /dossiers/<code>/opinions          in  422 422 422 422 422 422 404 404 404 422 403 403 422 403
POST /dossiers/<code>/opinions/<task>   in  404 404 404 404 404 404 404 404 404 404 403 403 404 403
GET  /dossiers/<code>/slips/<slip>/copy.pdf in .   .   .   .   .   .   404 404 404 .   404 404 .   .
GET  /dossiers/<code>/desk              in  .   403 403 403 403 403 404 403 403 403 403 403 403 403
POST /dossiers/<code>/receipts          in  422 403 403 403 403 403 404 403 403 403 403 403 403 403
POST /dossiers/<code>/receipt-time      in  422 403 403 403 403 403 404 403 403 403 403 403 403 403
POST /dossiers/<code>/return            in  422 403 403 403 403 403 404 403 403 403 403 403 403 403
POST /dossiers/<code>/payments/99       in  404 403 403 403 404 404 404 403 404 404 403 403 404 403
POST /dossiers/<code>/redirection       in  403 403 422 403 403 422 403 403 404 422 403 403 422 403
POST /dossiers/<code>/limit             in  403 403 422 403 403 403 403 403 403 403 403 403 403 403
POST /dossiers/<code>/papers-back       in  go  403 403 403 403 403 404 403 403 403 403 403 403 403
GET  /folders                           in  .   .   .   .   .   .   .   .   .   403 403 403 403 403
POST /folders                           in  go  go  go  go  go  go  go  go  go  403 403 403 403 403
GET  /releases/<digest>/slips/receipt.pdf in  403 403 403 403 403 403 403 403 403 .   .   .   .   .
GET  /incidents                         in  403 403 403 403 403 .   403 403 .   .   403 403 .   403
POST /incidents                         in  403 403 403 403 403 go  403 403 go  go  403 403 go  403
GET  /dossiers/<code>/care              in  403 403 .   403 403 .   403 403 404 .   403 403 .   403
POST /dossiers/<code>/care              in  403 403 .   403 403 .   403 403 404 .   403 403 .   403
GET  /dossiers/<code>/control.pdf       in  .   .   .   .   .   .   404 404 404 .   404 404 .   .
POST /dossiers/<code>/extension         in  403 403 422 403 403 403 403 403 403 403 403 403 403 403
GET  <ledger>                           in  .   403 403 403 403 .   403 403 403 .   403 403 .   .
POST /dossiers/<code>/jumps             in  403 403 403 403 403 422 403 403 404 422 403 403 422 403
POST /dossiers/<code>/jumps/99          in  403 403 403 403 403 go  403 403 404 go  403 403 go  403
POST /rollouts/99/back                  in  403 403 403 403 403 403 403 403 403 403 403 403 404 403
POST /counter/land-confirmation         in  .   403 403 403 403 403 .   403 403 403 403 403 403 403
POST /dossiers/<code>/citizen-id        in  .   .   .   .   .   .   404 404 404 .   404 404 .   .
POST /dossiers/<code>/incidents/1/retry in  403 403 403 403 403 404 403 403 404 404 403 403 404 403
POST /uploads                           in  .   .   .   .   .   .   .   .   .   403 403 403 403 403
POST /tasks                             in  go  go  go  go  go  go  go  go  go  403 403 403 403 403
POST /tasks/<task>                      in  403 go  403 403 403 403 404 404 404 403 403 403 403 403
POST /tasks/<task>/hand                 in  403 403 go  403 403 403 404 404 404 go  403 403 go  403
"""
LEDGER = "/reports/ledger.pdf"
# A page for everybody changes nothing and shows nothing of a dossier without its secret.
FOR_ALL = {
    "accounts.enter",
    "accounts.login",
    "accounts.logout",
    "accounts.switch_language",
    "home.health",
    "home.start",
    "public.catalogue",
    "public.diagram",
    "public.procedure",
    "public.release_diagram",
    "public.track",
    "public.tracking",
    "public.act",
    "public.result",
    "uploads.phone",
    "uploads.send",
}


def picture() -> bytes:
    """A picture of one pixel."""
    held = BytesIO()
    Image.new("1", (1, 1)).save(held, "PNG")
    return held.getvalue()


class Doors:
    """The office with its one dossier, and a browser for each login."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.code = receive(office)
        self.task = office.open_task()
        self.release = str(office.release_at("H49.99.01"))
        self._tokens: dict[str, str] = {}
        office.at("2025-07-09T10:00")
        with office.database.reading() as connection:
            self.slip = connection.scalars(select(tables.slips.c.id)).one()
            self.officer = connection.scalars(
                select(tables.persons.c.id).where(tables.persons.c.login == "officer2.binhlieu")
            ).one()

    def browser(self, login: str) -> FlaskClient:
        return self.office.browser(login) if login else self.office.app.test_client()

    def path(self, route: str) -> str:
        given = {"<code>": self.code, "<task>": self.task, "<slip>": str(self.slip)}
        given["<ledger>"] = f"{LEDGER}?centre=H49.99.01&since=2025-07-01&until=2025-07-31"
        given["<digest>"] = self.release
        for name, value in given.items():
            route = route.replace(name, value)
        return route

    def token(self, login: str, browser: FlaskClient) -> str:
        """A session keeps its token as long as it lasts; a stranger's begins anew each time."""
        if not login:
            return token(browser.get("/login").text)
        if login not in self._tokens:
            self._tokens[login] = token(browser.get("/dossiers").text)
        return self._tokens[login]

    def knock(self, login: str, method: str, route: str) -> str:
        """What the table calls the answer."""
        browser, path = self.browser(login), self.path(route)
        if method == "GET":
            answer = browser.get(path)
        else:
            told: dict[str, Any] = {"csrf_token": self.token(login, browser), "do": "draft"}
            told |= {"person": str(self.officer), "reason": "Đi công tác"}
            if route == "/uploads":
                told["file"] = (BytesIO(picture()), "anh.png")
            answer = browser.post(path, data=told)
        if answer.status_code in (302, 303):
            return "in" if answer.headers["Location"].startswith("/login") else "go"
        # A form that comes back with its faults is for whoever may fill it in.
        if answer.status_code >= 400 and answer.status_code != 422:
            for secret in ("Hồ sơ mẫu 07", "0900000007", "022080000007", "Khu Chang Nà"):
                assert secret not in answer.text, (login, method, route)
        return "." if answer.status_code == 200 else str(answer.status_code)


@pytest.mark.slow
def test_every_door_opens_only_to_whom_it_should(office: Office) -> None:
    doors = Doors(office)
    told = []
    for line in DOORS.strip().splitlines():
        method, route, *_ = line.split()
        found = [doors.knock(login, method, route) for login in ("", *LOGINS)]
        told.append(" ".join([method, route, *found]))
    wanted = [" ".join(line.split()) for line in DOORS.strip().splitlines()]
    assert told == wanted


def test_the_table_names_every_route(office: Office) -> None:
    adapter = office.app.url_map.bind("")
    named = set()
    for line in DOORS.strip().splitlines():
        method, route, *_ = line.split()
        path = route.replace("<code>", "H").replace("<task>", "t").replace("<slip>", "1")
        path = path.replace("<digest>", "d").replace("<ledger>", LEDGER)
        named.add(adapter.match(path.split("?")[0], method=method)[0])
    there = {str(rule.endpoint) for rule in office.app.url_map.iter_rules()} - {"static"}
    assert there - named - FOR_ALL == set()
    assert named & FOR_ALL == set()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_for_everybody_says_so_and_shows_no_dossier(office: Office) -> None:
    doors = Doors(office)
    views = office.app.view_functions
    assert {name for name in views if getattr(views[name], "__may__", ()) == ("public",)} == FOR_ALL
    stranger = doors.browser("")
    for path in ("/", "/procedures", "/procedures/land-confirmation", "/track", "/health"):
        assert doors.code not in stranger.get(path).text
    for secret in ("", "AAAA-AAAA-AAAA-AAAA"):
        shown = stranger.get(f"/track/{doors.code}?s={secret}")
        assert shown.status_code in ((403, 404, 422) if secret else (200,))  # the form, empty
        assert "9.900014" not in shown.text
