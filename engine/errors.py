"""What can go wrong, as facts: each class names one fact, its fields carry the particulars.

The sentences people read live in ``engine.words``: one per class and language.
"""

from __future__ import annotations


class Fault(Exception):
    """The root of every fact below; its particulars are attributes and fill the sentence."""

    def __init__(self, **particulars: object) -> None:
        self.particulars = particulars
        told = ", ".join(f"{key}={value!r}" for key, value in particulars.items())
        super().__init__(f"{type(self).__name__}({told})")

    def __getattr__(self, name: str) -> object:
        try:
            return self.__dict__["particulars"][name]
        except KeyError:
            raise AttributeError(name) from None


class NotFound(Fault):
    """There is no such thing, or the actor may not know of it."""


class Conflict(Fault):
    """The thing is there, but has moved on since the actor looked."""


class Refused(Fault):
    """The rules say no."""


class Invalid(Fault):
    """What was given cannot be read or is not acceptable."""


# not found
class UnknownDossier(NotFound): ...


class UnknownTask(NotFound): ...


class UnknownProcedure(NotFound): ...


class UnknownPayment(NotFound): ...


class UnknownLink(NotFound):
    """No page takes files here, or not any more. Particulars: cause ("done": its form is taken)."""


class UnknownFolder(NotFound): ...


class UnknownRelease(NotFound): ...


class UnknownMove(NotFound): ...


class UnknownCutover(NotFound): ...


class UnknownJump(NotFound): ...


class UnknownUnit(NotFound):
    """No office has that code, or none serves that place. Particulars: code."""


class UnknownPerson(NotFound): ...


class UnknownAbsence(NotFound): ...


class UnknownNotice(NotFound): ...


class UnknownMessage(NotFound): ...


class UnknownRole(NotFound):
    """Not one of the closed list of roles. Particulars: role."""


class UnknownDocument(NotFound): ...


class UnknownSlip(NotFound): ...


class UnknownIncident(NotFound): ...


# conflict
class TaskClosed(Conflict):
    """Somebody finished the task. Particulars: task, step, by, at."""


class TaskGone(Conflict):
    """Nobody needs to do the task any more. Particulars: task, step, at."""


class DossierStopped(Conflict):
    """The dossier was withdrawn or stopped meanwhile. Particulars: code, at, why."""


class ClaimedByAnother(Conflict):
    """Somebody else holds the task. Particulars: task, by, at."""


class AlreadyUsed(Conflict):
    """A one-time key was posted for something else. Particulars: key."""


class FormUsed(Conflict):
    """A counter's form was posted again with something else in it. Particulars: code."""


class ReceiptReplaced(Conflict):
    """The receipt has been replaced since the page was opened. Particulars: number."""


class ReleaseFrozen(Conflict):
    """An approved release never changes. Particulars: release."""


class RolledOutAlready(Conflict):
    """Another release begins there at that instant. Particulars: release, centre, at."""


class DossierFinished(Conflict):
    """The dossier has ended. Particulars: code, status."""


class CutoverPlanned(Conflict):
    """A change of models is planned or under way already. Particulars: at."""


class DossierSuspended(Conflict):
    """Nothing happens to the dossier until it is resumed. Particulars: code, at, why."""


class NotSuspended(Conflict):
    """Only a suspended dossier is resumed. Particulars: code."""


class JumpOver(Conflict):
    """The way round was decided, or the dossier has moved on meanwhile. Particulars: state."""


class ProcedureClosed(Conflict):
    """The procedure is received no more. Particulars: procedure, at."""


class NotClosed(Conflict):
    """The procedure has not been closed. Particulars: procedure."""


class NoticeOver(Conflict):
    """Only a message that was given up is sent again. Particulars: state."""


class NotNow(Conflict):
    """The dossier is not where a citizen can do this. Particulars: act."""


class StillUnanswered(Conflict):
    """The office has not answered what this citizen said before. Particulars: most."""


class PaymentOver(Conflict):
    """A fee that is paid, waived or given back already. Particulars: state."""


class ReceiptMissing(Invalid):
    """Money taken without the number of a receipt, and without a reason why there is none yet."""


class FolderNotFor(Refused):
    """A folder for an office that its dossier does not concern. Particulars: code, office."""


class FolderElsewhere(Conflict):
    """A folder that is on its way, there already or given back. Particulars: code, cause."""


class MessageAnswered(Conflict):
    """Somebody has answered it, or it asks for nothing. Particulars: at."""


class IncidentClosed(Conflict):
    """The incident was already retried with success. Particulars: incident."""


# refused
class MayNot(Refused):
    """The judge says no. Particulars: reason (a key of ``reasons.REASONS``), act."""


class AlreadyExtended(Refused):
    """A limit is extended at most once."""


class CannotExtend(Refused):
    """The due instant has passed, or the clock stands. Particulars: cause (late, paused), due."""


class Undeliverable(Refused):
    """A message will never reach that address. Particulars: cause."""


class NotDelivered(Refused):
    """A message did not go now and may go later. Particulars: cause."""


class NotOpenHere(Refused):
    """No rollout opens the procedure at this centre now. Particulars: procedure, centre, at."""


class CannotStandIn(Refused):
    """That person cannot stand in. Particulars: person, cause (self, nothing, foreign, twice)."""


class CannotTake(Refused):
    """The task cannot be handed to that person. Particulars: person, cause (post, separate)."""


class CannotAsk(Refused):
    """An opinion is asked of somebody else who can give one. Particulars: cause (role, own)."""


class CannotMove(Refused):
    """The run stays with its release. Particulars: cause (a rule of migrate), element."""


class NothingBefore(Refused):
    """Without this rollout a centre would have no release. Particulars: centre."""


class MoveOver(Conflict):
    """The move is in a state that does not allow it. Particulars: state."""


class RolloutOver(Conflict):
    """The rollout has ended. Particulars: at."""


class InForce(Refused):
    """A release that is or will be open cannot be withdrawn. Particulars: release."""


class BeginsItself(Refused):
    """A message, signal or timer opens its dossiers, nobody at a counter.

    Particulars: procedure.
    """


class SelfApproval(Refused):
    """Author and approver are two persons. Particulars: release."""


class SelfConfirmed(Refused):
    """Whoever proposed a way round a stuck step does not confirm it. Particulars: jump."""


class CannotJump(Refused):
    """The token cannot go there. Particulars: cause (a rule of bpmn.jump), element."""


class WalksRed(Refused):
    """Walks come out differently from what the release says. Particulars: walks, count."""


class ReasonMissing(Invalid):
    """An act that has to be justified came without a reason. Particulars: act."""


class NothingSaid(Invalid):
    """A message without words."""


class SameModel(Invalid):
    """A change of models from one to itself. Particulars: model."""


class NotChecked(Refused):
    """A draft with errors, or not judged yet, is not approved. Particulars: release."""


class NotApproved(Refused):
    """Only an approved release is rolled out. Particulars: release."""


class Throttled(Refused):
    """Too many attempts. Particulars: seconds."""


class RunFailed(Refused):
    """A run cannot go on. Particulars: element, name, cause, line."""


class NobodyHolds(RunFailed):
    """No valid post holds the role at the unit. Particulars: element, name, cause, role, unit."""


class NotCompetent(Refused):
    """An office that cannot decide the dossier, or decides it already. Particulars: unit."""


class RoundsSpent(RunFailed):
    """The citizen was asked for more as often as allowed. Particulars: name, cause, most."""


class CheckFailed(Refused):
    """A package has findings of severity error. Particulars: findings (tuple), count."""


# invalid
class BadAnswers(Invalid):
    """A form's answers are wrong. Particulars: faults (tuple of ``engine.forms.FieldFault``)."""


class BadReturn(Invalid):
    """A result cannot be returned that way or there. Particulars: way."""


class Unprintable(Invalid):
    """Text for a slip has letters that our faces lack. Particulars: letters."""


class FilesArrived(Invalid):
    """A telephone has sent files for the form at this very moment; the form goes again."""


class BadPapers(Invalid):
    """Required papers are missing, or nobody knows these. Particulars: papers, cause."""


class BadExtension(Invalid):
    """An extension by nothing, or by more than the limit itself. Particulars: amount, most."""


class BadPeriod(Invalid):
    """A period that ends before it begins, or is too long. Particulars: since, until, days."""


class TooManyRows(Invalid):
    """A period with more dossiers than a book binds. Particulars: most."""


class BadLimit(Invalid):
    """Not a limit such as ``10 working days``. Particulars: text."""


class LimitOver(Invalid):
    """A limit under which the dossier would be late at once. Particulars: due."""


class BadInstant(Invalid):
    """An instant in the future, too far back, out of order. Particulars: at, bound, cause."""


class BadCode(Invalid):
    """Not a dossier code. Particulars: text."""


class BadExpression(Invalid):
    """The safe language does not know this. Particulars: text, line, cause."""


class BadXml(Invalid):
    """Not a file the platform reads. Particulars: file, line, cause."""


class BadPackage(Invalid):
    """A procedure's folder or zip cannot be read. Particulars: path, cause."""


class BadSlip(Invalid):
    """A slip template does not compile. Particulars: slip, cause."""


class BadDocument(Invalid):
    """An uploaded file is not what it says. Particulars: name, cause (a key of words)."""


class BadSeed(Invalid):
    """Demo data for a database that is not empty."""
