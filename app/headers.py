"""What every answer carries: the content security policy, what may be kept, and gzip for pages."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from flask import Flask, Response, request
from flask_login import current_user

if TYPE_CHECKING:
    from wsgiref.headers import Headers

POLICY = "; ".join(  # noqa: FLY002  # one directive a line, to be read
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_SMALL = 700  # bytes below which gzip saves less than it costs
_TEXTS = frozenset(
    {"text/html", "application/json", "application/problem+json", "text/xml", "image/svg+xml"}
)


def prepare(app: Flask) -> None:
    """Send every answer through the functions below."""
    app.after_request(_guard)
    app.after_request(_press)


def _guard(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
    personal = request.endpoint is not None and current_user.is_authenticated
    headers.setdefault("Cache-Control", "no-store" if personal else "no-cache")
    return response


def static_file(carried: Headers, path: str, url: str) -> None:
    """What a static file carries."""
    carried["X-Content-Type-Options"] = "nosniff"


def _press(response: Response) -> Response:
    # Pages echo a CSRF token beside typed text, but the session cookie is SameSite=Lax: no other
    # site can make the browser ask again and again, which guessing by compressed size needs.
    if (
        response.mimetype not in _TEXTS
        or response.direct_passthrough
        or "Content-Encoding" in response.headers
        or not request.accept_encodings["gzip"]
    ):
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) >= _SMALL:
        response.set_data(gzip.compress(body, compresslevel=5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
