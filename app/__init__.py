"""The web: what people see and press."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from app import database, errors, headers, identity, rendering, views
from app.numbers import RowNumber
from app.settings import Settings
from engine.commands import brought
from engine.store.database import Database

_STATIC = Path(__file__).parent / "static"


def create_app(settings: Settings, opened: Database | None = None) -> Flask:
    """The application over one database; ``opened`` is one that somebody has open already."""
    app = Flask(__name__, static_folder=None)
    app.url_map.converters["int"] = RowNumber
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="motcua",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,  # a form may stay open on the counter all morning
        MAX_CONTENT_LENGTH=brought.MOST_AT_ONCE + 4 * 1024 * 1024,  # and what is typed beside them
        MOTCUA_BASE_URL=settings.base_url,
    )
    opened = opened or Database(
        settings.database_url,
        settings.data_dir,
        settings.base_url,
        reports=bool(settings.lgsp_url),
    )
    database.prepare(app, opened)
    identity.prepare(app)
    CSRFProtect(app)
    headers.prepare(app)
    errors.prepare(app)
    rendering.prepare(app, _STATIC)
    views.register(app)
    # A file's address carries the mark of its content, so a browser may keep it for good.
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=_STATIC,
        prefix="static/",
        max_age=31_536_000,
        add_headers_function=headers.static_file,
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    return app
