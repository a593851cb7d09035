"""Names of people, for finding a person and for telling two apart. Never for matching cells to a patient."""

from __future__ import annotations

import unicodedata
from typing import Final

_LETTERS_OF: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"})


def folded(name: str) -> str:
    """The name as a search compares it: small letters without accents, single blanks, nothing else.

    `Ångström-Løvås` and `angstrom lovas` fold to the same text; so do `O'Brien` and `OBrien`.
    """
    plain = unicodedata.normalize("NFKD", name).casefold().translate(_LETTERS_OF)
    kept = (sign if sign.isalnum() else " " * (sign in " -\t") for sign in plain if not unicodedata.combining(sign))
    return " ".join("".join(kept).split())


def is_similar(one: str, other: str) -> bool:
    """Whether two folded family names could be taken for each other: equal, or one letter apart.

    One letter apart means changed, missing, added, or swapped with its neighbour. Names of fewer than four letters
    must be equal. House rule: interface design, section 5 (both rows then say "similar name").
    """
    if one == other:
        return True
    first, second = (one, other) if len(one) <= len(other) else (other, one)
    if len(first) < 4 or len(second) - len(first) > 1:
        return False
    start = _common(first, second)
    one_rest, other_rest = first[start:], second[start:]
    if len(one_rest) < len(other_rest):
        return one_rest == other_rest[1:]
    is_changed = one_rest[1:] == other_rest[1:]
    is_swapped = one_rest[:2] == other_rest[1::-1] and one_rest[2:] == other_rest[2:]
    return is_changed or is_swapped


def _common(one: str, other: str) -> int:
    """How many letters both begin with."""
    for at, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return at
    return min(len(one), len(other))
