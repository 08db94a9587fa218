"""A short alphabet to print, type and say numbers in, with a character that checks the others."""

from __future__ import annotations

from collections.abc import Sequence

# Crockford's: no I, L, O, U, which are misread on paper and over the telephone.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("ILO", "110")


def encode(number: int, length: int) -> str:
    """The number in base32, so many characters wide."""
    signs = []
    for _ in range(length):
        number, place = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[place])
    return "".join(reversed(signs))


def read_signs(text: str) -> str:
    """Typed base32 with its misread letters set right, without spaces and hyphens."""
    return "".join(text.split()).replace("-", "").upper().translate(MISREAD)


def check_sign(places: Sequence[int]) -> str:
    """Luhn's check, modulo 32: finds a wrong character and nearly all swapped neighbours."""
    total = 0
    for i, place in enumerate(reversed(places)):
        doubled = place * (2 - i % 2)
        total += doubled // len(ALPHABET) + doubled % len(ALPHABET)
    return ALPHABET[-total % len(ALPHABET)]
