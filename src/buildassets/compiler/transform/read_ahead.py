"""Reads scripts that no engine works on a few ahead of their drafts, and has the library survey them meanwhile.

Takes sources, gives each with what is known of it already. The library reads in a thread of its own, for which the
interpreter's lock is free. Without the library nothing is read ahead.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from buildassets.compiler.languages.native.library import Answers, Question, is_native
from buildassets.compiler.model import Source
from buildassets.files import small_content_of
from buildassets.frozen import frozen
from buildassets.media import Syntax, media_of

_MOST_FILES: Final = 50  # of those that are read at once
_MOST_BYTES: Final = 500_000


@frozen
class ReadAhead:
    """The content of a script, and the library's answer about it, if it has one."""

    content: bytes
    survey: bytes | None


def read_ahead(
    sources: Sequence[Source], is_wanted: Callable[[Source], bool]
) -> Iterator[tuple[Source, ReadAhead | None]]:
    """All `sources` in their order, the wanted scripts with their contents; without, where one cannot be read."""
    if not is_native():
        yield from ((source, None) for source in sources)
        return
    begun: _Begun | None = None
    for part in _parts(sources, is_wanted):
        following = _Begun(part)
        if begun is not None:
            yield from begun.done()
        begun = following
    if begun is not None:
        yield from begun.done()


class _Begun:
    """A few sources with their contents, which the library surveys."""

    def __init__(self, part: Sequence[tuple[Source, bytes | None]]) -> None:
        self._part = part
        self._answers = Answers(Question.SCRIPT_SURVEY, [content for _, content in part if content is not None])

    def done(self) -> Iterator[tuple[Source, ReadAhead | None]]:
        """The sources with what is known of them."""
        answers = iter(self._answers.wait())
        for source, content in self._part:
            yield source, None if content is None else ReadAhead(content, next(answers))


def _parts(
    sources: Iterable[Source], is_wanted: Callable[[Source], bool]
) -> Iterator[list[tuple[Source, bytes | None]]]:
    part: list[tuple[Source, bytes | None]] = []
    size_bytes = 0
    for source in sources:
        content = _content(source) if is_wanted(source) else None
        part.append((source, content))
        size_bytes += len(content or b"")
        if len(part) >= _MOST_FILES or size_bytes >= _MOST_BYTES:
            yield part
            part, size_bytes = [], 0
    yield part


def _content(source: Source) -> bytes | None:
    if media_of(source.logical).syntax is not Syntax.JAVASCRIPT or source.variant is not None:
        return None
    try:
        return small_content_of(source.path)
    except (OSError, ValueError):  # its draft meets the same, and reports it
        return None
