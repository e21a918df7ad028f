"""Checks what a minifier has to keep if it renames and merges, so that its tokens prove nothing.

Takes the texts before and after minifying; compares references and comments. Pure.
"""

from collections import Counter
from collections.abc import Iterable

from buildassets.compiler.languages.reference import Reference, ReferenceKind
from buildassets.compiler.languages.scan import scan
from buildassets.foundation.media import Syntax


def references_in(syntax: Syntax, text: str) -> list[Reference]:
    """The references that have to stay: all but the one to the source map of the text before minifying."""
    return [reference for reference in scan(syntax, text) if reference.kind is not ReferenceKind.SOURCE_MAP]


def counted(references: Iterable[Reference]) -> Counter[str]:
    """The number of references to each URL."""
    return Counter(reference.url for reference in references)


def with_comments(text: str, before: Iterable[str], after: Iterable[str]) -> str:
    """`text`, which contains the comments `after`, with the missing comments of `before` appended.

    Comments are compared without white space, since minifiers change their indentation.
    """
    lacking = Counter(map(_bare, before)) - Counter(map(_bare, after))
    lost = []
    for comment in before:
        if lacking[bare := _bare(comment)] > 0:
            lacking[bare] -= 1
            lost.append(comment)
    if not lost:
        return text
    return "\n".join((text, *lost))


def _bare(comment: str) -> str:
    return "".join(comment.split())
