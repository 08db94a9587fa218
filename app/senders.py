"""How messages leave the house: mail by SMTP, SMS by a provider's HTTP address; or a console."""

from __future__ import annotations

import json
import smtplib
import ssl
import sys
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from app.settings import Settings
from engine.commands.notices import Outgoing, Sender
from engine.errors import Undeliverable

SECONDS = 20  # a server that is silent for so long is not there
_PERMANENT = (400, 404, 410, 413, 422)  # what a provider will say tomorrow, too


def senders(settings: Settings) -> dict[str, Sender]:
    """A sender for each channel that is connected."""
    made: dict[str, Sender] = {}
    if settings.mail_url:
        made["mail"] = smtp(settings)
    if settings.sms_url:
        made["sms"] = sms(settings)
    if settings.lgsp_url:
        made["lgsp"] = lgsp(settings)
    return made


def console(message: Outgoing) -> None:
    """Say on the terminal what would have been sent; the recipient stays unreadable."""
    shown = message.recipient[:2] + "…" + message.recipient[-2:]
    text = message.subject or message.body
    sys.stdout.write(f"[{message.channel} → {shown}] {text}\n")
    sys.stdout.flush()


def smtp(settings: Settings) -> Callable[[Outgoing], None]:
    """Mail through ``smtp://`` (STARTTLS where the server offers it) or ``smtps://``."""
    server = urlsplit(settings.mail_url)
    host, secure = server.hostname or "localhost", server.scheme == "smtps"
    port = server.port or (465 if secure else 25)

    def send(message: Outgoing) -> None:
        with _connect(host, port, secure) as session:
            session.ehlo_or_helo_if_needed()
            if not secure and session.has_extn("starttls"):
                session.starttls(context=ssl.create_default_context())
            if server.username:
                session.login(unquote(server.username), unquote(server.password or ""))
            try:
                session.send_message(_letter(message, settings))
            except smtplib.SMTPRecipientsRefused as refused:
                code = max(code for code, _ in refused.recipients.values())
                if code >= 500:
                    raise Undeliverable(cause=f"SMTP {code}") from refused
                raise

    return send


def _connect(host: str, port: int, secure: bool) -> smtplib.SMTP:
    if secure:
        checked = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=checked)
    return smtplib.SMTP(host, port, timeout=SECONDS)


def _letter(message: Outgoing, settings: Settings) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"] = settings.mail_from, message.recipient
    letter["Subject"], letter["Date"] = message.subject, formatdate()
    # The same message has the same id, should it be sent twice after a crash.
    host = urlsplit(settings.base_url).hostname
    letter["Message-ID"] = f"<{message.key.replace(':', '.')}@{host}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.body)
    return letter


def sms(settings: Settings) -> Callable[[Outgoing], None]:
    """SMS as JSON ``{"to", "text", "key"}`` to the provider's address, with a bearer token."""

    def send(message: Outgoing) -> None:
        told = {"to": message.recipient, "text": message.body, "key": message.key}
        _post(settings.sms_url, settings.sms_token, message.key, json.dumps(told))

    return send


def lgsp(settings: Settings) -> Callable[[Outgoing], None]:
    """A dossier's status as JSON to the province's integration platform."""

    def send(message: Outgoing) -> None:
        _post(settings.lgsp_url, settings.lgsp_token, message.key, message.body)

    return send


class _NoWayRound(HTTPRedirectHandler):
    """A redirected POST becomes a GET without its body, and takes the token along: an error."""

    def redirect_request(self, *told: Any, **more: Any) -> None:
        return None


_STRAIGHT = build_opener(_NoWayRound)


def _post(url: str, bearer: str, key: str, body: str) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    asked = Request(url, body.encode(), headers)  # noqa: S310 - an operator's setting, checked to be http(s)
    try:
        with _STRAIGHT.open(asked, timeout=SECONDS):
            return
    except HTTPError as refused:
        if refused.code in _PERMANENT:
            raise Undeliverable(cause=f"HTTP {refused.code}") from refused
        raise
