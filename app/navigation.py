"""The menu, and which endpoint belongs to which entry of it."""

from __future__ import annotations

from dataclasses import dataclass

from app.identity import actor


@dataclass(frozen=True)
class Entry:
    """One entry, for holders of ``roles`` (empty: all logged in); ``covers`` its other pages."""

    key: str
    endpoint: str
    roles: frozenset[str]
    covers: frozenset[str] = frozenset()


MENU = (
    Entry(
        "counter",
        "counter.choose",
        frozenset({"reception"}),
        frozenset(
            {
                "counter.form",
                "counter.receive",
                "counter.receipt",
                "counter.visit",
                "counter.visit_slip",
            }
        ),
    ),
    Entry(
        "tasks",
        "inbox.listing",
        frozenset(
            {
                "reception",
                "officer",
                "leader",
                "clerk",
                "cashier",
                "liaison",
                "director",
                "controller",
            }
        ),
        frozenset({"inbox.bulk", "inbox.task", "inbox.work", "inbox.hand"}),
    ),
    Entry(
        "dossiers",
        "dossiers.listing",
        frozenset(),
        frozenset(
            {
                "dossiers.page",
                "dossiers.slip",
                "dossiers.document",
                "dossiers.retry",
                "dossiers.reveal",
                "dossiers.care",
                "dossiers.extend",
                "dossiers.control",
                "dossiers.do_care",
                "dossiers.jump",
                "dossiers.decide_jump",
                "dossiers.write",
                "dossiers.answer",
                "dossiers.ask_opinion",
                "dossiers.withdraw_opinion",
                "dossiers.reprint",
                "dossiers.redirect_to",
                "dossiers.change_limit",
                "dossiers.desk",
                "dossiers.correct_receipt",
                "dossiers.replace_receipt",
                "dossiers.choose_return",
                "dossiers.give_back",
                "dossiers.pay",
            }
        ),
    ),
    Entry(
        "folders",
        "folders.listing",
        frozenset({"reception", "officer", "leader", "clerk", "cashier", "liaison", "director"}),
        frozenset({"folders.move"}),
    ),
    Entry(
        "incidents",
        "dossiers.incidents",
        frozenset({"director", "controller", "admin"}),
        frozenset({"dossiers.retry_all"}),
    ),
    Entry(
        "reports",
        "reports.board",
        frozenset({"reception", "leader", "director", "controller", "auditor", "admin"}),
        frozenset({"reports.ledger"}),
    ),
    Entry(
        "absences",
        "absences.listing",
        frozenset({"leader", "director", "controller", "admin"}),
        frozenset({"absences.arrange", "absences.end"}),
    ),
    Entry(
        "notices",
        "notices.listing",
        frozenset({"director", "controller", "admin"}),
        frozenset({"notices.resend"}),
    ),
    Entry(
        "releases",
        "rollout.releases",
        frozenset({"designer", "approver", "admin", "controller", "auditor"}),
        frozenset(
            {
                "rollout.upload",
                "rollout.discard",
                "rollout.withdraw",
                "rollout.release",
                "rollout.changes",
                "rollout.preview",
                "rollout.archive",
                "rollout.approve",
                "rollout.plan",
                "rollout.open_to",
                "rollout.back",
                "rollout.plan_move",
                "rollout.start_move",
                "rollout.move",
                "rollout.act_on_move",
                "rollout.cutovers",
                "rollout.plan_cutover",
                "rollout.cutover",
                "rollout.cancel_cutover",
                "rollout.close_procedure",
                "rollout.reopen_procedure",
                "rollout.purge_trials",
            }
        ),
    ),
    Entry(
        "calendar",
        "rollout.calendar",
        frozenset({"designer", "approver", "admin", "controller", "auditor"}),
        frozenset({"rollout.set_day", "rollout.recount"}),
    ),
    Entry(
        "procedures",
        "public.catalogue",
        frozenset(),
        frozenset({"public.procedure", "public.diagram", "public.release_diagram"}),
    ),
)
# Endpoints that no entry leads to, and why.
EXCUSED = {
    "home.health": "asked by machines",
    "home.start": "goes on to the first entry",
    "notices.account": "behind the account's name",
    "notices.set_account": "behind the account's name",
    "accounts.login": "before the menu",
    "accounts.enter": "before the menu",
    "accounts.logout": "beside the menu",
    "accounts.switch_language": "beside the menu",
    "uploads.put": "posted by scripts",
    "uploads.phone": "for a telephone, from a QR code on a form",
    "uploads.send": "for a telephone, from a QR code on a form",
    "public.track": "for citizens, linked from the public pages",
    "public.tracking": "for citizens, from the slip's QR code",
    "public.act": "for citizens, on the tracking page",
    "public.result": "for citizens, on the tracking page",
}


def entries() -> tuple[Entry, ...]:
    """What the person of this request may open, in the menu's order."""
    roles = actor().roles
    return tuple(entry for entry in MENU if not entry.roles or entry.roles & roles)


def entry_of(endpoint: str | None) -> str:
    """The key of the entry an endpoint belongs to; empty when none."""
    return next((e.key for e in MENU if endpoint == e.endpoint or endpoint in e.covers), "")
