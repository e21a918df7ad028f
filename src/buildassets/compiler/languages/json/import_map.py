"""The references of an import map that is in a page: the addresses of `imports` and `scopes`. Pure.

The keys of `scopes` and `integrity` are left alone: an integrity for a name that is gone checks nothing, one for a file
that the build has changed would keep the browser from running it.
"""

from buildassets.compiler.languages.json.lexer import strings
from buildassets.compiler.languages.reference import Reference, ReferenceKind


def scan(text: str) -> list[Reference]:
    """The references in `text`, in the order in which they stand."""
    return [
        Reference(string.start, string.end, string.value, ReferenceKind.MODULE)
        for string in strings(text)
        if (string.path[0:1], len(string.path)) in ((("imports",), 2), (("scopes",), 3))
    ]
