"""Rewrites the messages of compilers in our form. Pure."""

import re
from typing import Final

ELSEWHERE: Final = "and in other places"  # the note of a warning that stands for all of its kind in a sheet


def sentence(text: str) -> str:
    """`text` in our form: lower case at the start, names in backticks, no full stop."""
    text = text.strip().removesuffix(".").replace('was ""', "was the end")
    text = re.sub(r"`([^`']*)'", r"`\1`", text)
    text = re.sub(r'"\s*+([^"`]*?)\s*+"', r"`\1`", text)
    text = re.sub(r"(?<!\w)'([^'`]*)'(?!\w)", r"`\1`", text)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
