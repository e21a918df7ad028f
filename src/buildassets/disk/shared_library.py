"""Looks at the file of a native library before it is loaded. Imports little, as a build with nothing to do loads it."""

import os
from struct import Struct

_LITTLE_64 = b"\x7fELF\x02\x01"
_HEADER = Struct("<40sQ10x2H2x")  # of it, where the table of sections is, the size of each, and their number


def ends_early(path: str) -> bool:
    """Whether an ELF library lacks its end, where the table of its sections is: a call into it would end the process.

    Other systems refuse to load such a file. Raises OSError. See the System V ABI, "ELF header".
    """
    with open(path, "rb") as file:
        head = file.read(_HEADER.size)
        size_bytes = os.fstat(file.fileno()).st_size
    if len(head) < _HEADER.size or not head.startswith(_LITTLE_64):
        return False
    _, table, section_bytes, sections = _HEADER.unpack(head)
    return bool(table + section_bytes * sections > size_bytes)
