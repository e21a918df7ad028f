"""Writing a file that is there whole or not at all, with the permissions that any new file has."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO, Final

from buildassets.compiler.files import STAGING_PREFIX

_BUFFER_BYTES: Final = 1 << 20


@contextmanager
def whole_file(path: str) -> Iterator[BinaryIO]:
    """A file that takes the place of what is at `path` at the end, or is gone where something fails. Raises OSError."""
    descriptor, temporary = tempfile.mkstemp(prefix=STAGING_PREFIX, dir=os.path.dirname(os.path.abspath(path)))
    try:
        with open(descriptor, "wb", buffering=_BUFFER_BYTES) as file:
            yield file
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
