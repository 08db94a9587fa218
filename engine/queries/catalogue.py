"""The public catalogue: which procedures are open where, and the path each one takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, case, or_, select

from engine.bpmn.steps import Step
from engine.calendar import Limit
from engine.codes import fold
from engine.errors import BadLimit, UnknownProcedure
from engine.package import Manifest, Package, Text
from engine.package import Post as LanePost
from engine.queries.path import course
from engine.queries.specs import begins_at_counter, manifest_of, package_of, spec_of
from engine.queries.wording import ROLE_NAMES, unit_rule
from engine.store.organisation import valid_at
from engine.store.tables import releases, rollouts


@dataclass(frozen=True)
class ProcedureRow:
    """A procedure that is open, in the release a dossier received now would get."""

    name: str
    code: str
    title: Text
    summary: Text
    level: str
    limit: Limit
    instant: bool
    fee: str  # no_fee | some_fee: not for every dossier | fee
    release: str
    trial: bool
    model: str
    at_counter: bool  # else a message, signal or instant opens its dossiers


@dataclass(frozen=True)
class PathStep:
    """One step of people on the plain path: what, who, how long, and whether the clock stands."""

    no: int
    id: str
    name: str
    who: Text
    role: str
    unit: str
    limit: Limit | None
    paused: bool
    reason: str


@dataclass(frozen=True)
class ProcedureView:
    """A procedure as the catalogue and the counter explain it."""

    name: str
    manifest: Manifest
    release: str
    number: int
    trial: bool
    model: str
    path: tuple[PathStep, ...]
    diagram: bytes
    package: Package


def listing(
    connection: Connection,
    now: datetime,
    centre: str | None = None,
    model: str | None = None,
    search: str = "",
    *,
    trial: bool = False,
    each_model: bool = False,
) -> tuple[ProcedureRow, ...]:
    """The procedures open at a centre (None: any), by title; ``search`` needs no accents.

    each_model: a procedure that is open under two government models is listed under both.
    """
    rows: dict[tuple[str, str], ProcedureRow] = {}
    for name, digest, row_trial, row_model in _in_force(connection, now, centre, model, trial):
        key = (name, row_model if each_model else "")
        if key not in rows:
            manifest = manifest_of(connection, digest)
            if _matches(manifest, search):
                rows[key] = ProcedureRow(
                    name=name,
                    code=manifest.code,
                    title=manifest.title,
                    summary=manifest.summary,
                    level=manifest.level,
                    limit=manifest.limit,
                    instant=manifest.instant,
                    fee=_fee(manifest),
                    release=digest,
                    trial=row_trial,
                    model=row_model,
                    at_counter=begins_at_counter(connection, digest),
                )
    return tuple(sorted(rows.values(), key=lambda row: fold(row.title.vi)))


def procedure(
    connection: Connection,
    name: str,
    now: datetime,
    centre: str | None = None,
    model: str | None = None,
    *,
    trial: bool = False,
) -> ProcedureView:
    """One open procedure with its path ahead; raises UnknownProcedure where nothing opens it."""
    for found, digest, row_trial, row_model in _in_force(
        connection, now, centre, model, trial, name
    ):
        return release_view(connection, found, digest, trial=row_trial, model=row_model)
    raise UnknownProcedure(procedure=name)


def release_view(
    connection: Connection, name: str, digest: str, *, trial: bool = False, model: str = ""
) -> ProcedureView:
    """A procedure as one release has it, open or not."""
    package = package_of(connection, digest)
    number = connection.scalar(select(releases.c.number).where(releases.c.digest == digest))
    return ProcedureView(
        name=name,
        manifest=package.manifest,
        release=digest,
        number=number or 0,
        trial=trial,
        model=model,
        path=path_of(connection, digest),
        diagram=package.files["process.bpmn"],
        package=package,
    )


def path_of(connection: Connection, digest: str) -> tuple[PathStep, ...]:
    """The steps of people a release plainly goes through."""
    package = package_of(connection, digest)
    spec = spec_of(connection, digest)
    found: list[PathStep] = []
    for step in (spec.steps[name] for name in course(package).people() if name in spec.steps):
        post = post_of(package.manifest, step)
        role, unit = (post.role, post.unit) if post else ("", "")
        found.append(
            PathStep(
                no=len(found) + 1,
                id=step.id,
                name=step.name,
                who=who_does(role, unit),
                role=role,
                unit=unit,
                limit=limit_of(step),
                paused=step.properties.get("clock") == "paused",
                reason=step.properties.get("clockReason", ""),
            )
        )
    return tuple(found)


def post_of(manifest: Manifest, step: Step) -> LanePost | None:
    """The role and unit of the step's lane (else its pool), as the manifest maps them."""
    return manifest.lanes.get(step.lane or "") or manifest.lanes.get(step.pool or "")


def who_does(role: str, unit: str) -> Text:
    """Whose work it is, as the path says it: ``Công chức chuyên môn, cơ quan giải quyết``."""
    name = ROLE_NAMES.get(role)
    if name is None:
        return Text("", "")
    place = unit_rule(unit)
    return Text(f"{name.vi}, {place.vi}", f"{name.en}, {place.en}")


def limit_of(step: Step) -> Limit | None:
    """The step's own budget; None where it has none that can be read."""
    try:
        return Limit.parse(step.properties["timeLimit"])
    except (KeyError, BadLimit):
        return None


def _in_force(
    connection: Connection,
    now: datetime,
    centre: str | None,
    model: str | None,
    trial: bool,
    name: str | None = None,
) -> list[tuple[str, str, bool, str]]:
    """(procedure, digest, trial, model) of the rollouts in force, the one that decides first."""
    wanted = and_(valid_at(rollouts, now), rollouts.c.trial.is_(trial))
    if centre is not None:
        wanted = and_(wanted, or_(rollouts.c.centre.is_(None), rollouts.c.centre == centre))
    if model is not None:
        wanted = and_(wanted, rollouts.c.model == model)
    if name is not None:
        wanted = and_(wanted, rollouts.c.procedure == name)
    rows = connection.execute(
        select(rollouts.c.procedure, rollouts.c.digest, rollouts.c.trial, rollouts.c.model)
        .where(wanted)
        .order_by(
            rollouts.c.procedure,
            case((rollouts.c.centre.is_(None), 1), else_=0),
            rollouts.c.valid_from.desc(),
            rollouts.c.id.desc(),
        )
    )
    return [(row.procedure, row.digest, row.trial, row.model) for row in rows]


def _fee(manifest: Manifest) -> str:
    if not manifest.fees:
        return "no_fee"
    return "some_fee" if all(fee.conditional for fee in manifest.fees) else "fee"


def _matches(manifest: Manifest, search: str) -> bool:
    """Whether every word typed begins a word of the title, the keywords or the code."""
    texts = (manifest.title, manifest.keywords, manifest.summary)
    words = fold(" ".join([manifest.code, *(f"{t.vi} {t.en}" for t in texts)]))
    known = words.replace(",", " ").replace("(", " ").split()
    return all(any(word.startswith(typed) for word in known) for typed in fold(search).split())
