"""The tree of offices: which of them lie beneath others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def below(tops: Iterable[str], parents: Mapping[str, str | None]) -> frozenset[str]:
    """Every unit that has one of ``tops`` above it; closed offices count, their dossiers remain."""
    above = frozenset(tops)
    found = set()
    for code in parents:
        seen = {code}
        parent = parents[code]
        while parent is not None and parent not in seen:
            if parent in above:
                found.add(code)
                break
            seen.add(parent)
            parent = parents.get(parent)
    return frozenset(found)
