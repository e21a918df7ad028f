"""Unclosed parts of a text, in any language. Frozen values."""

from typing import NamedTuple


class OpenEnd(NamedTuple):
    """`text[start:end]` is at fault: `message` is what is wrong with it, `hint` what to do."""

    start: int
    end: int
    message: str
    hint: str | None = None
