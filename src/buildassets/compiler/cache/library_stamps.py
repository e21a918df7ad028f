"""Has the native library take the stamps of many files, in threads. Imports next to nothing, as `stamps` does.

Where the library is not there, or not as it should be, whoever asks takes them by itself; a build reports the latter.
"""

import os
from array import array

from buildassets.compiler.languages import native
from buildassets.compiler.languages.native.library_file import NAME, SWITCH
from buildassets.compiler.languages.native.sources import SOURCES
from buildassets.disk.shared_library import ends_early

TYPE_CHECKING = False  # as in `typing`, whose import would take a fifth of the time
if TYPE_CHECKING:
    from typing import Any

_AT_ONCE = 8192  # files, after which a signal is seen to


def library_stamps(names: "list[str]") -> "array[int] | None":
    """The stamps of files, as `stamps_of` has them; None where Python has to take them."""
    if os.name != "posix" or os.environ.get(SWITCH) == "0":
        return None
    found = array("q")
    try:
        take = _loaded(os.path.join(native.__path__[0], NAME))
        for start in range(0, len(names), _AT_ONCE):
            part = names[start : start + _AT_ONCE]
            paths, stamps = os.fsencode("\0".join(part)), array("q", bytes(32 * len(part)))
            if take(paths, len(paths), len(part), stamps.buffer_info()[0]):
                return None
            found += stamps
    except (OSError, AttributeError, ImportError, ValueError):  # the last for a name that no file can have
        return None
    return found


def _loaded(path: str) -> "Any":
    """The function of the library at `path`. Raises OSError, AttributeError, ValueError if it is no such library."""
    from ctypes import CDLL, c_char_p, c_size_t, c_void_p

    if ends_early(path):
        raise ValueError("not whole")
    library = CDLL(path)
    library.buildassets_sources.restype = c_char_p
    if library.buildassets_sources() != SOURCES.encode("ascii"):
        raise ValueError("of other sources")
    library.buildassets_stamps.argtypes = c_char_p, c_size_t, c_size_t, c_void_p
    return library.buildassets_stamps
