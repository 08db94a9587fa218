"""The secret printed on a receipt, which opens the tracking page together with the code."""

from __future__ import annotations

from engine.codes.base32 import ALPHABET, encode, read_signs
from engine.errors import BadCode

SECRET_BYTES = 10
_SIGNS = SECRET_BYTES * 8 // 5
_GROUP = 4


def tracking_secret(randomness: bytes) -> str:
    """Ten random bytes as sixteen characters in four groups: ``7KQ2-M9XA-…``."""
    if len(randomness) != SECRET_BYTES:
        raise ValueError(f"a tracking secret takes {SECRET_BYTES} random bytes")
    signs = encode(int.from_bytes(randomness, "big"), _SIGNS)
    return _in_groups(signs)


def read_secret(text: str) -> str:
    """A secret as somebody typed it, in the form ``tracking_secret`` gave."""
    signs = read_signs(text)
    if len(signs) != _SIGNS or not set(signs) <= set(ALPHABET):
        raise BadCode(text=text)
    return _in_groups(signs)


def _in_groups(signs: str) -> str:
    return "-".join(signs[i : i + _GROUP] for i in range(0, len(signs), _GROUP))
