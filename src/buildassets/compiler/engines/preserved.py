"""What a minifier has to keep that renames, merges and folds, so that its tokens prove nothing.

Takes the texts before and after, gives what was lost. Pure.
"""

from collections import Counter
from collections.abc import Iterable

from buildassets.compiler.languages.reference import Reference, ReferenceKind
from buildassets.compiler.languages.scan import scan
from buildassets.media import Syntax


def references_in(syntax: Syntax, text: str) -> list[Reference]:
    """The references that have to stay: all but the one to a source map, which is a map of the text before."""
    return [found for found in scan(syntax, text) if found.kind is not ReferenceKind.SOURCE_MAP]


def counted(references: Iterable[Reference]) -> Counter[str]:
    """How often each URL is referred to."""
    return Counter(reference.url for reference in references)


def with_comments(text: str, before: Iterable[str], after: Iterable[str]) -> str:
    """`text`, which holds the comments `after`, with those of `before` that it lacks at its end.

    Comments are compared without their white space, which minifiers indent anew.
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
