"""How every file of a build looked when it was done: by it the next one knows that there is nothing to do.

Takes paths and a result, gives that result again for as long as nothing at those paths has changed. It is one file that
is read in one piece, and holds no digests but of files that were too young to be told apart by their looks. Imports
little: a build with nothing to do imports no more than this.
"""

import json
import os
import time
from array import array
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Final

from buildassets.compiler.cache import ABSENT, FileDigests, Signature, is_settled, locked, signature, write_whole
from buildassets.digest import digest

_FOLDER: Final = "builds"
_NOTHING: Final = (-1, 0, 0, 0)  # the looks of what is not there
_FIELDS: Final = len(_NOTHING)


def unchanged(cache_folder: str, build: str) -> bytes | None:
    """What `take` was given for `build`, if nothing has changed since; None where it may have.

    `build` is a text that names all that decides the result besides files.
    """
    try:
        with open(_path(cache_folder, build), "rb") as file:
            checksum, _, content = file.read().partition(b"\n")
    except OSError:
        return None
    if digest(content).encode() != checksum:
        return None
    head_line, _, content = content.partition(b"\n")
    head = json.loads(head_line)
    names, looks = content[: head["names"]], content[head["names"] :]
    if head["build"] != build or _looks(_split(names)).tobytes() != looks:
        return None
    digests = FileDigests({})
    if any(digests.of(path) != was for path, was in head["young"].items()):
        return None
    result: str = head["result"]
    return result.encode("utf-8", "surrogatepass")


def take(
    cache_folder: str,
    build: str,
    inputs: Iterable[str],
    outputs: Iterable[str],
    result: bytes,
    began_ns: int,
    clock: Callable[[], int] = time.time_ns,
) -> None:
    """Keep `result` for as long as all `inputs` (files, folders, what was not there) and `outputs` look as they do now.

    Nothing is kept if an input may have been written since the build began, at `began_ns`.
    """
    read = sorted({path for path in inputs if "\0" not in path})  # with a NUL it is nowhere, and will never be
    now = clock()
    names = [*read, *sorted(set(outputs).difference(read))]
    looks = _looks(names)
    seen = {name: _look(looks, number) for number, name in enumerate(names)}
    if any(seen[name] != _NOTHING and not is_settled(seen[name], began_ns) for name in read):
        return
    digests = FileDigests({})
    young = {name: digests.of(name) for name, look in seen.items() if not is_settled(look, now)}
    if ABSENT in young.values():
        return  # an output is gone again
    encoded = "\0".join(names).encode("utf-8", "surrogatepass")
    head = {"build": build, "names": len(encoded), "young": young, "result": result.decode("utf-8", "surrogatepass")}
    content = json.dumps(head).encode("ascii") + b"\n" + encoded + looks.tobytes()
    path = _path(cache_folder, build)
    with suppress(OSError), locked(cache_folder):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write_whole(path, digest(content).encode() + b"\n" + content)


def _path(cache_folder: str, build: str) -> str:
    return os.path.join(cache_folder, _FOLDER, digest(build.encode("utf-8", "surrogatepass")))


def _split(names: bytes) -> list[str]:
    return names.decode("utf-8", "surrogatepass").split("\0")


def _looks(paths: Sequence[str]) -> "array[int]":
    """The signatures of all `paths`, one after the other."""
    looks = array("q")
    for path in paths:
        looks.extend(signature(path) or _NOTHING)
    return looks


def _look(looks: "array[int]", number: int) -> Signature:
    size, mtime, ctime, inode = looks[number * _FIELDS : (number + 1) * _FIELDS]
    return size, mtime, ctime, inode
