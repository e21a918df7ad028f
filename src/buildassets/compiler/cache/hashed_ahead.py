"""Has the library hash many files in threads, while Python goes on: all may be written again, and hold what they held.

Without the library, and where there are few, nothing is hashed ahead: whoever wants a digest reads the file.
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from buildassets.compiler.languages.native.library import Hashing
from buildassets.disk.files import LARGE_BYTES
from buildassets.disk.plain_files import OPENING

_DIGITS: Final = 64
_UNKNOWN: Final = "0" * _DIGITS
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)


class HashedAhead:
    """The files `names`, which are hashed from now on. Those of LARGE_BYTES are not, nor what is no file by itself."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._digests: dict[str, str] = {}
        self._hashing: Hashing | None = None
        with suppress(UnicodeEncodeError):  # of a name that no file can have
            paths = os.fsencode("\0".join(names))
            self._hashing = Hashing(paths, OPENING | _NO_LINK, LARGE_BYTES)

    def digests(self) -> Mapping[str, str]:
        """The SHA-256 of each file that was hashed, as 64 hex digits, once all are."""
        if self._hashing is not None:
            found = self._hashing.digests().hex()
            each = (found[start : start + _DIGITS] for start in range(0, len(found), _DIGITS))
            self._digests = {name: one for name, one in zip(self._names, each, strict=False) if one != _UNKNOWN}
            self._hashing = None
        return self._digests
