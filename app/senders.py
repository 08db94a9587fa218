"""How messages leave the house: mail by SMTP, SMS by a provider's HTTP address; or a console."""

from __future__ import annotations

import json
import smtplib
import ssl
import sys
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from app.settings import Settings
from engine.commands.notices import Outgoing, Sender
from engine.errors import NotDelivered, Undeliverable

SECONDS = 20  # a server that is silent for so long is not there
_FINAL = 500  # from here on a mail server means it for good
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
        session = _connect(host, port, secure)
        try:
            session.ehlo_or_helo_if_needed()
            if not secure and session.has_extn("starttls"):
                session.starttls(context=ssl.create_default_context())
            if server.username:
                session.login(unquote(server.username), unquote(server.password or ""))
            session.send_message(_letter(message, settings), to_addrs=[message.recipient])
        finally:
            _hang_up(session)

    return _told(send)


def _hang_up(session: smtplib.SMTP) -> None:
    """Whatever the server says to goodbye, a letter it has taken is taken."""
    with suppress(smtplib.SMTPException, OSError):
        session.quit()
    session.close()


def _told(send: Sender) -> Sender:
    """The same sender, saying what went wrong as a fact: a server's words name who it refuses."""

    def told(message: Outgoing) -> None:
        try:
            send(message)
        except smtplib.SMTPRecipientsRefused as refused:
            code = max(code for code, _ in refused.recipients.values())
            raise _refused(f"SMTP {code}", code >= _FINAL) from refused
        except smtplib.SMTPDataError as refused:
            code = refused.smtp_code
            raise _refused(f"SMTP {code}", code >= _FINAL) from refused
        except smtplib.SMTPResponseException as refused:  # of us, not of this letter
            raise NotDelivered(cause=f"SMTP {refused.smtp_code}") from refused
        except HTTPError as refused:
            raise _refused(f"HTTP {refused.code}", refused.code in _PERMANENT) from refused
        except (OSError, smtplib.SMTPException) as fault:
            raise NotDelivered(cause=_cause(fault)) from fault

    return told


def _refused(cause: str, final: bool) -> Undeliverable | NotDelivered:
    return Undeliverable(cause=cause) if final else NotDelivered(cause=cause)


def _cause(fault: Exception) -> str:
    reason = getattr(fault, "reason", None) or fault
    if isinstance(reason, TimeoutError):
        return "silent"
    return "certificate" if isinstance(reason, ssl.SSLError) else "away"


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

    return _told(send)


def lgsp(settings: Settings) -> Callable[[Outgoing], None]:
    """A dossier's status as JSON to the province's integration platform."""

    def send(message: Outgoing) -> None:
        _post(settings.lgsp_url, settings.lgsp_token, message.key, message.body)

    return _told(send)


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
    with _STRAIGHT.open(asked, timeout=SECONDS):
        return
