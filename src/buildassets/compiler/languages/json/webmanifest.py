"""The references of a web app manifest: the images of `icons`, `screenshots`, and of shortcuts and file handlers. Pure.

`start_url`, `scope` and the like name pages and are left alone, and so is a text that is no JSON.
"""

from typing import Final

from buildassets.compiler.languages.json.lexer import strings
from buildassets.compiler.languages.reference import Reference

_LISTS_OF_IMAGES: Final = ("icons", "screenshots")


def scan(text: str) -> list[Reference]:
    """The references in `text`, in the order in which they stand."""
    return [
        Reference(string.start, string.end, string.value)
        for string in strings(text)
        if string.path[-1:] == ("src",) and _is_image(string.path) and string.value
    ]


def _is_image(path: tuple[str | int, ...]) -> bool:
    """Whether what `path` leads to belongs to an image of one of the lists."""
    return len(path) >= 3 and path[-3] in _LISTS_OF_IMAGES and isinstance(path[-2], int)
