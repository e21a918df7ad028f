"""Has the library read the files that no engine works on, a few ahead of their drafts, and survey them meanwhile.

Takes sources, gives each with what is known of it already. The library reads in a thread of its own, for which the
interpreter's lock is free. Without the library nothing is read ahead.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Final

from buildassets.compiler.languages.native.library import SCRIPT, SHEET, FileRead, files_read, is_native
from buildassets.compiler.model import Source
from buildassets.disk.files import LARGE_BYTES
from buildassets.disk.plain_files import OPENING
from buildassets.foundation.media import Syntax
from buildassets.work.jobs import cores

_MOST_THREADS: Final = 4
_KINDS: Final[dict[Syntax | None, int]] = {Syntax.JAVASCRIPT: SCRIPT, Syntax.CSS: SHEET}


def read_ahead(
    sources: Sequence[Source], is_wanted: Callable[[Source], bool]
) -> Iterator[tuple[Source, FileRead | None]]:
    """All `sources` in their order, the wanted ones with their files; without, where its draft has to read it."""
    wanted = {source.logical for source in sources if _has_file(source) and is_wanted(source)}
    if len(wanted) < 2 or not is_native():
        yield from ((source, None) for source in sources)
        return
    first = [source for source in sources if source.logical in wanted]
    paths = [_encoded(source.path) for source in first]
    kinds = bytes(_KINDS.get(source.syntax, 0) for source in first)
    threads = min(cores(), _MOST_THREADS)
    with closing(files_read(paths, kinds, OPENING, LARGE_BYTES, threads=threads)) as files:
        for source in sources:
            yield source, next(files, None) if source.logical in wanted else None


def _has_file(source: Source) -> bool:
    return source.recipe is None and source.root >= 0


def _encoded(path: str) -> bytes:
    """`path` for the library; an empty one, which it cannot read, if there can be no such file."""
    try:
        return b"" if "\0" in path else os.fsencode(path)
    except UnicodeEncodeError:
        return b""
