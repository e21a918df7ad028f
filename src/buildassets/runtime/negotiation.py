"""Which of a file's codings a request takes (RFC 9110, section 12.5.3). Pure; standard library only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

TYPE_CHECKING = False  # of our own: `typing` would be a third of the time in which a process starts
if TYPE_CHECKING:
    from typing import Final

IDENTITY: Final = "identity"
_ANY_OTHER: Final = "*"
_ALIASES: Final = {"x-gzip": "gzip"}  # RFC 9110, section 8.4.1.3
_WEIGHT: Final = re.compile(r"[ \t]*[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*")


def preferred_coding(accepted: str | None, sizes: Mapping[str, int]) -> str | None:
    """The coding, of those that `sizes` gives the bytes of, that the request likes best; of equals the smallest.

    The file as it is, `identity`, is the last choice unless the request weighs it, and the only one where the request
    says nothing at all. None where the request refuses even that.
    """
    if accepted is None:
        return IDENTITY
    weights = (_kept_weights if len(accepted) <= _KEPT_CHARACTERS else _weights)(accepted)
    others = weights.get(_ANY_OTHER)
    liked = {coding: weight for coding in sizes if (weight := weights.get(coding, others))}
    if liked:
        return max(liked, key=lambda coding: (liked[coding], -sizes[coding]))
    return None if weights.get(IDENTITY, others) == 0 else IDENTITY


def _weights(accepted: str) -> Mapping[str, float]:
    """The weight of each coding that `accepted` lists; a member that is none is left out."""
    weights: dict[str, float] = {}
    for member in accepted.split(","):
        name, has_weight, parameter = member.partition(";")
        coding = name.strip(" \t").lower()
        weight = _WEIGHT.fullmatch(parameter) if has_weight else None
        if coding and (weight or not has_weight):
            weights[_ALIASES.get(coding, coding)] = float(weight[1]) if weight else 1.0
    return weights


# Every browser sends the same for all files; what no browser sends is not worth the memory.
_KEPT_CHARACTERS: Final = 100
_kept_weights: Final = lru_cache(maxsize=64)(_weights)
