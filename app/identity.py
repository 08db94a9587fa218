"""Who is asking, and ``@requires`` which every route carries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user

from app import accounts
from engine.errors import MayNot
from engine.store import organisation
from engine.store.database import Database
from engine.store.organisation import Actor

NOBODY = Actor(None, "", "", ())
CITIZEN = organisation.CITIZEN
PUBLIC = "public"
LOGIN = "login"

manager = LoginManager()
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class Session(UserMixin):
    """What the cookie stands for: an actor, and the generation of the password used."""

    def __init__(self, actor: Actor, epoch: int) -> None:
        self.actor = actor
        self.epoch = epoch

    def get_id(self) -> str:
        """The cookie's content."""
        return f"{self.epoch}:{self.actor.login}"


def actor() -> Actor:
    """The person of this request, with the posts valid now; nobody on public pages."""
    return current_user.actor if current_user.is_authenticated else NOBODY


def requires(*who: str) -> Callable[[View], View]:
    """Declare who may: ``public``, ``login`` (any account), or roles of which one is needed."""

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            if who == (PUBLIC,):
                return view(*args, **kwargs)
            if not current_user.is_authenticated:
                return cast("ResponseReturnValue", manager.unauthorized())
            if who != (LOGIN,) and actor().roles.isdisjoint(who):
                raise MayNot(reason="role", act=str(request.endpoint))
            return view(*args, **kwargs)

        guarded.__dict__["__may__"] = who
        return cast("View", guarded)

    return mark


def prepare(app: Flask) -> None:
    """Let Flask-Login find the person behind a cookie."""
    manager.init_app(app)
    manager.user_loader(_load)
    manager.unauthorized_handler(_ask_to_log_in)


def someone(connection: Any, login: str, now: datetime) -> Actor | None:
    """The person with that login and what they hold now."""
    return organisation.actor_of(connection, login, now)


def _load(kept: str) -> Session | None:
    epoch, _, login = kept.partition(":")
    database = cast("Database", current_app.extensions["motcua"])
    with database.reading() as connection:
        if str(accounts.epoch_of(connection, login)) != epoch:
            return None
        found = someone(connection, login, g.instant)
    return Session(found, int(epoch)) if found else None


def _ask_to_log_in() -> ResponseReturnValue:
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.login", next=back), 303)
