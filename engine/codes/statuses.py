"""The national statuses of a dossier: from each where to, and which of several is told."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

RECEIVED: Final = 2  # a dossier is born so
IN_PROGRESS: Final = 4  # what a step that says nothing means
SETTLED: Final = (9, 10)
ENDED: Final = (3, 8, 10)  # it goes nowhere any more
FINISHED: Final = (3, 8, 9, 10)  # where the diagram says nothing it stays so
GIVEN_UP: Final = (3, 8)  # refused, stopped: no step waits, and the applicant gets the papers back
#: How the handing over (``dossiers.handover``) of what was given up ends: the folder lies at no
#: office any more.
GIVEN_BACK: Final = "papers"
#: A dossier may be stopped wherever it is, and may be settled and handed over at once; with several
#: tokens papers (5) and money (6) are waited for in turn. What is settled is only taken up again
#: where two persons agree (a jump).
MOVES: Final[Mapping[int, frozenset[int]]] = MappingProxyType(
    {
        1: frozenset({2, 3, 4, 5, 7, 8}),
        2: frozenset({3, 4, 5, 6, 7, 8, 9, 10}),
        4: frozenset({5, 6, 7, 8, 9, 10}),
        5: frozenset({2, 4, 6, 7, 8}),
        6: frozenset({4, 5, 7, 8}),
        7: frozenset({2, 4, 5, 6, 8}),
        9: frozenset({10}),
    }
)
#: Of several steps that wait at once the first of these tells the dossier's status; a result is a
#: result, whatever reminder is left.
PRECEDENCE: Final = (7, 8, 3, 6, 5, 9, 4, 2, 1, 10)


def lawful(before: int, after: int) -> bool:
    """Whether a dossier may go from one status to the other, or stays as it is."""
    return before == after or after in MOVES.get(before, ())
