"""Chooses the content coding of an answer (RFC 9110, section 12.5.3). Pure; standard library only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

IDENTITY: Final = "identity"
_ANY_OTHER: Final = "*"
_ALIASES: Final = {"x-gzip": "gzip"}  # RFC 9110, section 8.4.1.3
_WEIGHT: Final = re.compile(r"[ \t]*[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*")


def preferred_coding(accepted: str | None, sizes: Mapping[str, int]) -> str | None:
    """The coding in `sizes` with the highest weight in `accepted`; among equal weights, that of the fewest bytes.

    `accepted` is the value of `Accept-Encoding`. The uncompressed file, `identity`, is the last choice unless it has a
    weight of its own, and the only one if the header is missing. None where the request refuses all codings.
    """
    if accepted is None:
        return IDENTITY
    weights = (_kept_weights if len(accepted) <= _KEPT_CHARACTERS else _weights)(accepted)
    default = weights.get(_ANY_OTHER)
    accepted_weights = {coding: weight for coding in sizes if (weight := weights.get(coding, default))}
    if accepted_weights:
        return max(accepted_weights, key=lambda coding: (accepted_weights[coding], -sizes[coding]))
    return None if weights.get(IDENTITY, default) == 0 else IDENTITY


def _weights(accepted: str) -> Mapping[str, float]:
    """The weight of each coding that `accepted` lists, without malformed members."""
    weights: dict[str, float] = {}
    for member in accepted.split(","):
        name, has_weight, parameter = member.partition(";")
        coding = name.strip(" \t").lower()
        weight = _WEIGHT.fullmatch(parameter) if has_weight else None
        if coding and (weight or not has_weight):
            weights[_ALIASES.get(coding, coding)] = float(weight[1]) if weight else 1.0
    return weights


# Every browser sends the same header for all files; headers too long for a browser are not worth the memory.
_KEPT_CHARACTERS: Final = 100
_kept_weights: Final = lru_cache(maxsize=64)(_weights)
