"""Every table of the engine on one page; rows are described beside the table that holds them.

Every hot table carries the dossier and the receiving centre: partitioning by centre stays open.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from engine.store.columns import Instant, Json

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)
BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows itself only for INTEGER


def _id() -> Column[int]:
    return Column("id", BigId, primary_key=True, autoincrement=True)


def _only(name: str, *columns: str, where: str) -> Index:
    """An index of the rows that are still hot."""
    return Index(name, *columns, postgresql_where=text(where), sqlite_where=text(where))


def _dossier(**options: bool) -> Column[int]:
    return Column("dossier", BigId, ForeignKey("dossiers.id"), nullable=False, **options)  # type: ignore[arg-type]


# -- organisation ----------------------------------------------------------------------------------
# An office. `kind` is one of store.organisation.KINDS.
# `territory`: communes (GSO codes) it serves; `series`, `trial_series`: what its codes begin with.
units = Table(
    "units",
    metadata,
    Column("code", String(40), primary_key=True),
    Column("kind", String(30), nullable=False),
    Column("name_vi", String(200), nullable=False),
    Column("name_en", String(200), nullable=False),
    Column("parent", String(40), ForeignKey("units.code")),
    Column("territory", String(200)),
    Column("series", String(30)),
    Column("trial_series", String(30)),
    Column("address_vi", String(300), nullable=False, server_default=""),
    Column("phone", String(40), nullable=False, server_default=""),
    Column("valid_from", Instant, nullable=False),
    Column("valid_until", Instant),
)
persons = Table(
    "persons",
    metadata,
    _id(),
    Column("login", String(80), nullable=False, unique=True),
    Column("name", String(200), nullable=False),  # as shown; the role's in a demo
    Column("email", String(200)),  # where the morning's digest goes; none: no digest
    Column("language", String(8), nullable=False, server_default="vi"),
)
posts = Table(
    "posts",
    metadata,
    _id(),
    Column("person", BigId, ForeignKey("persons.id"), nullable=False, index=True),
    Column("role", String(20), nullable=False),
    Column("unit", String(40), ForeignKey("units.code"), nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("valid_until", Instant),
    Index("ix_posts_role_unit", "role", "unit"),
)
# Who acts in whose place ("thay mặt"), at which of their offices, and the paper that says so.
absences = Table(
    "absences",
    metadata,
    _id(),
    Column("person", BigId, ForeignKey("persons.id"), nullable=False, index=True),
    Column("substitute", BigId, ForeignKey("persons.id"), nullable=False, index=True),
    Column("unit", String(40), ForeignKey("units.code"), nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False),
    Column("basis", String(300), nullable=False),
    Column("decided_by", BigId, ForeignKey("persons.id")),
    Column("decided_at", Instant, nullable=False),
    Column("ended_by", BigId, ForeignKey("persons.id")),  # who let it end before its time
)
# A row is what is said of a day from a revision on; rows are only added.
calendar_days = Table(
    "calendar_days",
    metadata,
    Column("day", Date, nullable=False),
    Column("scope", String(40), nullable=False, server_default="nation"),
    Column("kind", String(4), nullable=False),  # off | work
    Column("sessions", Json),  # [["07:30","11:30"], …]; null: the usual ones
    Column("source", String(200), nullable=False),
    Column("provisional", Boolean, nullable=False, server_default=text("false")),
    Column("revision", Integer, nullable=False, server_default="1"),
    PrimaryKeyConstraint("day", "scope", "revision"),
)
# Open dossiers that are counted with a later revision of the calendar. state: running | done.
recounts = Table(
    "recounts",
    metadata,
    _id(),
    Column("revision", Integer, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("state", String(9), nullable=False),
    Column("decided_by", BigId, ForeignKey("persons.id")),
    Column("decided_at", Instant, nullable=False),
    Column("finished_at", Instant),
)
recount_items = Table(
    "recount_items",
    metadata,
    Column("recount", BigId, ForeignKey("recounts.id"), nullable=False),
    _dossier(index=True),
    Column("centre", String(40), nullable=False),
    Column("state", String(7), nullable=False),  # waiting | moved | same
    Column("said", Json, nullable=False),  # the due instants before and after
    PrimaryKeyConstraint("recount", "dossier"),
    Index(
        "ix_recount_items_waiting",
        "recount",
        "dossier",
        postgresql_where=text("state = 'waiting'"),
        sqlite_where=text("state = 'waiting'"),
    ),
)

# -- releases --------------------------------------------------------------------------------------
# state: draft | checked | approved | withdrawn; the digest is that of its files. `report` is what
# checking it said: {"errors": n, "walks": [[name, ok, [{lang: difference}, …]], …]}; null: not yet
# checked.
releases = Table(
    "releases",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("procedure", String(60), nullable=False, index=True),  # folder: land-confirmation
    Column("code", String(40), nullable=False),  # national code
    Column("number", Integer, nullable=False),  # 1, 2, 3 … within the procedure
    Column("title_vi", String(300), nullable=False),
    Column("title_en", String(300), nullable=False),
    Column("state", String(12), nullable=False),
    Column("author", BigId, ForeignKey("persons.id")),
    Column("approver", BigId, ForeignKey("persons.id")),
    Column("decision", String(100)),
    Column("created_at", Instant, nullable=False),
    Column("approved_at", Instant),
    Column("effective_from", Instant),  # of the decision: no rollout begins earlier
    Column("notes", Text, nullable=False, server_default=""),
    Column("withdrawn_at", Instant),
    Column("withdrawn_by", BigId, ForeignKey("persons.id")),
    Column("withdrawn_why", String(300)),
    Column("report", Json),
    UniqueConstraint("procedure", "number"),
)
release_files = Table(
    "release_files",
    metadata,
    Column("digest", String(64), ForeignKey("releases.digest"), nullable=False),
    Column("path", String(200), nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("digest", "path"),
)
rollouts = Table(
    "rollouts",
    metadata,
    _id(),
    Column("procedure", String(60), nullable=False, index=True),
    Column("digest", String(64), ForeignKey("releases.digest"), nullable=False),
    Column("centre", String(40), ForeignKey("units.code")),  # null: all centres
    Column("model", String(12), nullable=False),  # two-level | three-level
    Column("trial", Boolean, nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("valid_until", Instant),
    Column("decided_by", BigId, ForeignKey("persons.id")),
    Column("decided_at", Instant, nullable=False),
    Column("ended_by", BigId, ForeignKey("persons.id")),  # who gave it an end it had not
    Column("ended_at", Instant),
    Column("ended_why", String(300)),
    Column("stop_share", Integer),  # per cent of its dossiers that may get stuck
)
# A procedure that is received no more from an instant on; what is open goes on.
closures = Table(
    "closures",
    metadata,
    _id(),
    Column("procedure", String(60), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("successor", String(60)),  # the procedure to use instead
    Column("decided_by", BigId, ForeignKey("persons.id")),
    Column("decided_at", Instant, nullable=False),
    Column("lifted_by", BigId, ForeignKey("persons.id")),
    Column("lifted_at", Instant),
)
# Open dossiers of one government model given to the offices of another at an instant.
# state: planned | running | done | cancelled. The items are listed when the instant has come.
cutovers = Table(
    "cutovers",
    metadata,
    _id(),
    Column("from_model", String(12), nullable=False),
    Column("to_model", String(12), nullable=False),
    Column("at", Instant, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("state", String(9), nullable=False),
    Column("decided_by", BigId, ForeignKey("persons.id")),
    Column("decided_at", Instant, nullable=False),
    Column("finished_at", Instant),
)
cutover_items = Table(
    "cutover_items",
    metadata,
    Column("cutover", BigId, ForeignKey("cutovers.id"), nullable=False),
    _dossier(index=True),
    Column("centre", String(40), nullable=False),  # where it was received
    Column("state", String(7), nullable=False),  # waiting | handed | folder | stays
    Column("said", Json, nullable=False),  # the offices before and after, or why it stays
    PrimaryKeyConstraint("cutover", "dossier"),
    Index(
        "ix_cutover_items_waiting",
        "cutover",
        "dossier",
        postgresql_where=text("state = 'waiting'"),
        sqlite_where=text("state = 'waiting'"),
    ),
)
# Trial dossiers that were removed as a whole; nothing else is left of them.
purges = Table(
    "purges",
    metadata,
    _id(),
    Column("procedure", String(60)),  # null: every procedure
    Column("until", Instant, nullable=False),  # received before
    Column("dossiers", Integer, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("decided_by", BigId, ForeignKey("persons.id")),
    Column("decided_at", Instant, nullable=False),
)
# Open dossiers taken to another release. state: running | stopped | done | reverting | held (a
# revert that was stopped) | reverted. An item keeps what the dossier was (before) until nobody can
# want it back.
moves = Table(
    "moves",
    metadata,
    _id(),
    Column("procedure", String(60), nullable=False, index=True),
    Column("digest", String(64), ForeignKey("releases.digest"), nullable=False),
    Column("centre", String(40), ForeignKey("units.code")),  # null: all centres
    Column("mapping", Json, nullable=False),  # old step → new step
    Column("recompute", Boolean, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("state", String(9), nullable=False),
    Column("decided_by", BigId, ForeignKey("persons.id")),
    Column("decided_at", Instant, nullable=False),
    Column("finished_at", Instant),
)
move_items = Table(
    "move_items",
    metadata,
    Column("move", BigId, ForeignKey("moves.id"), nullable=False),
    _dossier(index=True),
    Column("centre", String(40), nullable=False),
    Column("state", String(8), nullable=False),  # waiting | moved | stays | reverted | kept
    Column("said", Json, nullable=False),  # why it stays, or what was mapped
    Column("before", Json),
    Column("seq", Integer),  # the journal's number after the move: later ones touched it
    PrimaryKeyConstraint("move", "dossier"),
    Index(
        "ix_move_items_waiting",
        "move",
        "dossier",
        postgresql_where=text("state = 'waiting'"),
        sqlite_where=text("state = 'waiting'"),
    ),
)

# -- dossiers --------------------------------------------------------------------------------------
# status 1–10: the national numbering (4 in progress, 5 supplement, 9 settled, 10 returned …).
# `history` is engine.calendar.History, `ledger` what it came to under `ledger_revision`.
dossiers = Table(
    "dossiers",
    metadata,
    _id(),
    Column("code", String(40), nullable=False, unique=True),
    Column("key", String(40), nullable=False, unique=True),  # one-time key of its form
    Column("secret", String(64), nullable=False),  # SHA-256 of what slip 01 says
    Column("procedure", String(60), nullable=False),
    Column("release", String(64), ForeignKey("releases.digest"), nullable=False),
    Column("model", String(12), nullable=False),
    Column("trial", Boolean, nullable=False),
    Column("channel", String(12), nullable=False),
    Column("help", String(40), ForeignKey("units.code"), nullable=False),
    Column("receiving", String(40), ForeignKey("units.code"), nullable=False),
    Column("deciding", String(40), ForeignKey("units.code"), nullable=False),
    # Who received it, in whose ledger (07) it stands for good; `receiving` is who goes on.
    Column("book", String(40), ForeignKey("units.code"), nullable=False),
    Column("territory", String(20), nullable=False),
    Column("applicant", Json, nullable=False),
    Column("applicant_name", String(200), nullable=False),
    Column("applicant_id", String(20), nullable=False),  # citizen id; masked wherever it is listed
    Column("search", Text, nullable=False),  # folded words: code, name, phone, id
    Column("status", Integer, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("promised_at", Instant, nullable=False),
    Column("due_at", Instant),  # null while the clock stands
    Column("ledger_no", Integer),  # in the ledger 07 of the office of receipt and that year
    Column("told_due", Instant),  # when the applicant was last told it is due; null: as promised
    Column("paused", Boolean, nullable=False),
    Column("history", Json, nullable=False),
    Column("ledger", Json, nullable=False),
    Column("ledger_revision", Integer, nullable=False),
    Column("milestone_vi", String(300), nullable=False, server_default=""),
    Column("milestone_en", String(300), nullable=False, server_default=""),
    Column("settled_at", Instant),
    Column("escalated", String(12)),  # the rung of the ladder that has been told
    Column("escalated_due", Instant),  # the due instant they were told of
    Column("outcome", String(10)),  # early | on time | late, judged when the status became 9
    Column("returned_at", Instant),
    # How and at which centre the applicant wants the result, and how far its handing over is.
    Column("return_by", String(12), nullable=False, server_default="counter"),
    Column("return_at", String(40), ForeignKey("units.code")),  # null: where it was received
    # none | waiting | handed | representative | posted | electronic | papers
    Column("handover", String(14), nullable=False, server_default="none"),
    Column("folder_at", String(40), ForeignKey("units.code")),  # where the paper folder lies
    Column("received_by", BigId, ForeignKey("persons.id")),
    Column("suspended_at", Instant),  # nothing happens to it until it is resumed
    Column("suspended_why", String(300)),
    Column("seq", Integer, nullable=False),  # the journal's last number
    Column("head", String(64), nullable=False),  # the journal's last digest
    Index("ix_dossiers_receiving_status", "receiving", "status"),
    Index("ix_dossiers_deciding_status", "deciding", "status"),
    Index("ix_dossiers_received_at", "received_at"),
    Index(
        "ix_dossiers_due_open",
        "due_at",
        postgresql_where=text("status < 9"),
        sqlite_where=text("status < 9"),
    ),
)
runs = Table(
    "runs",
    metadata,
    Column("id", String(36), primary_key=True),
    _dossier(index=True),
    Column("centre", String(40), nullable=False),
    Column("kind", String(4), nullable=False),  # main | side
    Column("process", String(100), nullable=False),
    Column("snapshot", LargeBinary, nullable=False),
    Column("revision", Integer, nullable=False),  # how many inputs it has taken
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("ended_at", String(100)),  # the end element
    Column("listening", Boolean, nullable=False, server_default=text("false")),  # has rows in waits
)
# One row per step that waits or waited for a person. state: open | done | withdrawn.
tasks = Table(
    "tasks",
    metadata,
    Column("id", String(36), primary_key=True),
    _dossier(),
    Column("centre", String(40), nullable=False),
    Column("run", String(36), ForeignKey("runs.id"), nullable=False),
    Column("step", String(100), nullable=False),
    Column("name", String(300), nullable=False),
    Column("role", String(20), nullable=False),
    Column("unit", String(40), ForeignKey("units.code"), nullable=False),
    Column("state", String(9), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("step_due", Instant),
    Column("holder", BigId, ForeignKey("persons.id")),
    Column("claimed_at", Instant),
    Column("draft", Json),
    Column("draft_at", Instant),
    # When anybody last had a hand in it: opened, claimed, drafted, given back or on, moved.
    Column("touched_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("closed_by", BigId, ForeignKey("persons.id")),
    Index("ix_tasks_dossier", "dossier"),
    Index("ix_tasks_closed_by", "closed_by", "closed_at"),
    Index(
        "ix_tasks_open_office",
        "role",
        "unit",
        postgresql_where=text("state = 'open'"),
        sqlite_where=text("state = 'open'"),
    ),
    Index(
        "ix_tasks_open_holder",
        "holder",
        postgresql_where=text("state = 'open'"),
        sqlite_where=text("state = 'open'"),
    ),
)
# Who has ever been concerned with a dossier: what `visible_to` filters by.
concerned = Table(
    "concerned",
    metadata,
    _dossier(),
    Column("unit", String(40), ForeignKey("units.code"), nullable=False),
    PrimaryKeyConstraint("dossier", "unit"),
    Index("ix_concerned_unit_dossier", "unit", "dossier"),
)
# What must happen at an instant: timers of runs, statutory duties.
# state: pending | held (its dossier is suspended) | done | dead.
due = Table(
    "due",
    metadata,
    _id(),
    _dossier(),
    Column("centre", String(40), nullable=False),
    Column("kind", String(20), nullable=False),  # timer | duty | outbox kinds
    Column("key", String(120), nullable=False),  # timer: run:token; duty: name:due
    Column("run", String(36), ForeignKey("runs.id")),
    Column("at", Instant, nullable=False),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("retry_at", Instant),  # not before then, after an attempt that failed
    Column("error", Text),
    Column("done_at", Instant),
    UniqueConstraint("dossier", "kind", "key"),
    Index(
        "ix_due_pending",
        "at",
        postgresql_where=text("state = 'pending'"),
        sqlite_where=text("state = 'pending'"),
    ),
)

# Messages and signals that a run waits for; `correlation` says which of them are meant for it.
waits = Table(
    "waits",
    metadata,
    _id(),
    _dossier(),
    Column("centre", String(40), nullable=False),
    Column("run", String(36), ForeignKey("runs.id"), nullable=False, index=True),
    Column("kind", String(8), nullable=False),  # message | signal
    Column("name", String(200), nullable=False),
    Column("correlation", Json, nullable=False),
    Index("ix_waits_kind_name", "kind", "name"),
)
# What one dossier tells another. A message waits for somebody to ask for it, a signal does not.
letters = Table(
    "letters",
    metadata,
    _id(),
    _dossier(index=True),  # who sent it
    Column("centre", String(40), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("name", String(200), nullable=False),
    Column("correlation", Json, nullable=False),
    Column("payload", Json, nullable=False),
    Column("state", String(9), nullable=False),  # pending | delivered | failed
    Column("sent_at", Instant, nullable=False),
    Column("delivered_at", Instant),
    Column("delivered_to", BigId, ForeignKey("dossiers.id")),
    _only("ix_letters_pending", "kind", "name", where="state = 'pending'"),
)
# Runs that listened when a signal was told and have not heard it yet; each is told once. They name
# no dossier: to write one that names it would wait for whoever has the dossier in hand.
hearings = Table(
    "hearings",
    metadata,
    Column("letter", BigId, ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True),
    Column("run", String(36), ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
)
# Posts that were told of a dossier that is due soon or late, or of a step or opinion nobody gives;
# open until it settles, its due moves, or somebody has seen to it.
escalations = Table(
    "escalations",
    metadata,
    _id(),
    _dossier(index=True),
    Column("centre", String(40), nullable=False),
    Column("duty", String(12), nullable=False),  # a rung | untouched | unmoved | unanswered
    Column("task", String(36), ForeignKey("tasks.id"), index=True),  # null: the whole dossier
    Column("due", Instant, nullable=False),
    Column("role", String(20), nullable=False),
    Column("unit", String(40), ForeignKey("units.code"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("closed_at", Instant),
    _only("ix_escalations_open", "role", "unit", "dossier", where="closed_at IS NULL"),
)

# -- what happened ---------------------------------------------------------------------------------
# digest: SHA-256 over the row and the digest before it; see store.journal.
journal = Table(
    "journal",
    metadata,
    _dossier(),
    Column("seq", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(100), nullable=False),  # a login, or "clock"
    Column("kind", String(40), nullable=False),
    Column("fact", Json, nullable=False),  # no personal data
    Column("payload_digest", String(64)),
    Column("digest", String(64), nullable=False),
    PrimaryKeyConstraint("dossier", "seq"),
)
journal_payloads = Table(
    "journal_payloads",
    metadata,
    _dossier(),
    Column("seq", Integer, nullable=False),
    Column("body", Text),  # null: erased, with a tombstone row in the journal
    PrimaryKeyConstraint("dossier", "seq"),
)
# Who read what is in no single dossier's journal: the ledger of a centre, the slip of a visit.
readings = Table(
    "readings",
    metadata,
    _id(),
    Column("at", Instant, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("kind", String(12), nullable=False),  # ledger | visit
    Column("subject", String(40), nullable=False),  # the centre's code, the visit's number
    Column("fact", Json, nullable=False),  # no personal data
    Index("ix_readings_subject", "kind", "subject"),
)
handovers = Table(
    "handovers",
    metadata,
    _dossier(),
    Column("seq", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("from_unit", String(40), nullable=False),
    Column("from_person", String(100), nullable=False),
    Column("to_unit", String(40), nullable=False),
    Column("to_role", String(20), nullable=False),
    Column("step", String(100), nullable=False),
    Column("name", String(300), nullable=False),
    Column("result", String(10), nullable=False),  # of the step handed over: early | on time | late
    Column("note", String(300), nullable=False, server_default=""),
    PrimaryKeyConstraint("dossier", "seq"),
)
incidents = Table(
    "incidents",
    metadata,
    _id(),
    _dossier(index=True),
    Column("centre", String(40), nullable=False),
    Column("run", String(36)),
    Column("element", String(100), nullable=False),
    Column("name", String(300), nullable=False),
    Column("cause", Text, nullable=False),
    Column("input", Json, nullable=False),  # what was being done: kind, task, answers, actor
    Column("opened_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="1"),
    Column("closed_at", Instant),
    Column("closed_by", BigId, ForeignKey("persons.id")),
    Index(
        "ix_incidents_open",
        "centre",
        postgresql_where=text("closed_at IS NULL"),
        sqlite_where=text("closed_at IS NULL"),
    ),
)
# A stuck token's way to another step: proposed by one person, done by another.
jumps = Table(
    "jumps",
    metadata,
    _id(),
    _dossier(index=True),
    Column("centre", String(40), nullable=False),
    Column("run", String(36), ForeignKey("runs.id"), nullable=False),
    Column("from_step", String(100), nullable=False),
    Column("to_step", String(100), nullable=False),
    Column("reason", String(300), nullable=False),
    Column("revision", Integer, nullable=False),  # of the run as it was looked at
    Column("state", String(8), nullable=False),  # proposed | done | refused
    Column("proposed_by", BigId, ForeignKey("persons.id")),
    Column("proposed_at", Instant, nullable=False),
    Column("decided_by", BigId, ForeignKey("persons.id")),
    Column("decided_at", Instant),
)

# -- telling people --------------------------------------------------------------------------------
# What leaves the house by mail or SMS; its own outbox, because the dossier is not locked meanwhile.
# state: pending | sending | sent | dead (given up) | off (nothing is connected to the channel).
notices = Table(
    "notices",
    metadata,
    _id(),
    Column("dossier", BigId, ForeignKey("dossiers.id"), index=True),  # null: a digest
    Column("centre", String(40)),
    Column("event", String(20), nullable=False),
    Column("number", String(40), nullable=False, server_default=""),  # of the slip it speaks of
    Column("channel", String(4), nullable=False),  # mail | sms | lgsp
    Column("language", String(8), nullable=False),
    Column("recipient", String(200), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("body", Text, nullable=False),
    Column("key", String(120), nullable=False, unique=True),  # the same message is the same key
    Column("at", Instant, nullable=False),
    # pending | sending | sent | off (no channel) | dead (given up) | dropped (overtaken)
    Column("state", String(7), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("taken_at", Instant),
    Column("retry_at", Instant),
    Column("error", Text),  # what the server said, as a code: never its own words
    Column("sent_at", Instant),
    _only("ix_notices_waiting", "at", where="state IN ('pending', 'sending')"),
    Index("ix_notices_centre_at", "centre", "at"),
)
# What is said about a dossier: note (inside the house), message (to the citizen), and from the
# citizen: reply (papers asked for), withdrawal, feedback; these wait for an answer until `owed_at`.
messages = Table(
    "messages",
    metadata,
    _id(),
    _dossier(index=True),
    Column("centre", String(40), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("key", String(40), unique=True),  # one-time key of its form
    Column("at", Instant, nullable=False),
    Column("author", BigId, ForeignKey("persons.id")),  # null: the citizen
    Column("owed_at", Instant),
    Column("answer", Text),
    Column("answered_at", Instant),
    Column("answered_by", BigId, ForeignKey("persons.id")),
    _only("ix_messages_owed", "dossier", where="owed_at IS NOT NULL AND answered_at IS NULL"),
)
ratings = Table(
    "ratings",
    metadata,
    _dossier(primary_key=True),
    Column("centre", String(40), nullable=False),
    Column("marks", Integer, nullable=False),  # 1 not content, 2 content, 3 very content
    Column("at", Instant, nullable=False),
)

# Paper folders on their way from one office to another; both sides confirm.
folders = Table(
    "folders",
    metadata,
    _id(),
    _dossier(index=True),
    Column("centre", String(40), nullable=False),
    Column("from_unit", String(40), ForeignKey("units.code"), nullable=False),
    Column("to_unit", String(40), ForeignKey("units.code"), nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("sent_by", BigId, ForeignKey("persons.id"), nullable=False),
    Column("taken_at", Instant),
    Column("taken_by", BigId, ForeignKey("persons.id")),
    Column("note", String(300), nullable=False, server_default=""),
    _only("ix_folders_waiting", "to_unit", where="taken_at IS NULL"),
)
# What a dossier costs. state: owed | paid | waived | refunded.
payments = Table(
    "payments",
    metadata,
    _id(),
    _dossier(index=True),
    Column("centre", String(40), nullable=False),
    Column("fee", String(60), nullable=False),  # key of the manifest's fee
    Column("title_vi", String(300), nullable=False),
    Column("title_en", String(300), nullable=False),
    Column("amount", Integer, nullable=False),  # đồng
    Column("state", String(8), nullable=False),
    Column("reference", String(12), unique=True),  # what a transfer says
    Column("how", String(8)),  # transfer | card | cash
    Column("receipt", String(60)),  # number of the receipt a provider issued
    Column("why", String(300)),
    Column("at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("settled_by", BigId, ForeignKey("persons.id")),
    UniqueConstraint("dossier", "fee"),
)

# -- papers, slips, numbers ------------------------------------------------------------------------
documents = Table(
    "documents",
    metadata,
    _id(),
    _dossier(index=True),
    Column("paper", String(60), nullable=False),  # key of the manifest's paper, or field:<pointer>
    Column("name", String(200), nullable=False),
    Column("media", String(60), nullable=False),
    Column("size", Integer, nullable=False),
    Column("pages", Integer),
    Column("sha256", String(64), nullable=False),
    Column("task", String(36)),
    Column("added_at", Instant, nullable=False),
    Column("added_by", BigId, ForeignKey("persons.id")),  # null: the citizen, from outside
    Column("source", BigId, ForeignKey("documents.id")),  # an earlier dossier's, used again
)
uploads = Table(  # a file put on the server before the form that will hold it is posted
    "uploads",
    metadata,
    Column("token", String(40), primary_key=True),
    Column("person", BigId, ForeignKey("persons.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("media", String(60), nullable=False),
    Column("size", Integer, nullable=False),
    Column("pages", Integer),
    Column("sha256", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("link", BigId, ForeignKey("upload_links.id"), index=True),  # it came from a telephone
    Column("place", Integer, nullable=False, server_default="0"),  # among those sent together
    Column("document", BigId, ForeignKey("documents.id")),  # an earlier dossier's paper, used again
)
# A page that takes one posting of files from a telephone for somebody's form.
upload_links = Table(
    "upload_links",
    metadata,
    _id(),
    Column("secret", String(64), nullable=False, unique=True),  # SHA-256 of what the QR says
    Column("person", BigId, ForeignKey("persons.id"), nullable=False),
    Column("form", String(60), nullable=False),  # one-time key of the form, or the task
    Column("field", String(120), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("used_at", Instant),
    Index("ix_upload_links_form", "person", "form"),
)
checklist = Table(  # the papers the counter ticked off
    "checklist",
    metadata,
    _dossier(),
    Column("paper", String(60), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("quantity", Integer, nullable=False),
    PrimaryKeyConstraint("dossier", "paper"),
)
slips = Table(
    "slips",
    metadata,
    _id(),
    _dossier(index=True),
    Column("kind", String(12), nullable=False),
    Column("number", String(40), nullable=False),
    Column("round", Integer, nullable=False, server_default="1"),
    Column("issued_at", Instant, nullable=False),
    Column("issued_by", String(100), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("data", Json, nullable=False),
)
# An outcome at the counter without a dossier: asked to complete (02), refused (03).
visits = Table(
    "visits",
    metadata,
    _id(),
    Column("key", String(40), nullable=False, unique=True),
    Column("procedure", String(60), nullable=False),
    Column("centre", String(40), ForeignKey("units.code"), nullable=False),
    Column("kind", String(12), nullable=False),  # supplement | refusal
    Column("number", String(40), nullable=False),
    Column("applicant", Json, nullable=False),
    Column("data", Json, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", BigId, ForeignKey("persons.id"), nullable=False),
    Column("sha256", String(64), nullable=False),
    Index("ix_visits_centre_at", "centre", "at"),
)
numbers = Table(  # the last number of a series: a day's dossier codes, a year's register
    "numbers",
    metadata,
    Column("series", String(80), nullable=False),
    Column("period", String(10), nullable=False),
    Column("last", Integer, nullable=False),
    PrimaryKeyConstraint("series", "period"),
)
