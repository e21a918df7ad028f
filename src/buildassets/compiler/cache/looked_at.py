"""Which files decided the last build and which it left, with their stamps: by these the next build finds what changed.

Takes paths, gives those at which something is not as it was. All of them are looked at each time, so that nothing has
to be trusted that reports changes. A stat is a shortcut to a digest: a file so young that a later write could leave its
stamp as it was is compared by its digest, or counts as changed.
"""

import os
import time
from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from buildassets.compiler.cache.file_digests import ABSENT, FileDigests, kind
from buildassets.compiler.cache.stamps import NOTHING, differing, is_settled, stamps_of, were_exchanged
from buildassets.disk.file_sets import may_be_entered
from buildassets.foundation.digest import digest
from buildassets.foundation.frozen import field, frozen_by_name

if TYPE_CHECKING:
    from buildassets.compiler.cache.traces import Signature

_WELL_KNOWN: Final = ".well-known"  # the one hidden folder that is released
# Temporary files that editors write beside an open file. `globs.BUILT_IN_EXCLUDES` excludes the same names, so they are
# never assets.
_PASSING_ENDS: Final = ("~", ".swp")


@frozen_by_name
class Decided:
    """The files of a build that is done.

    - `inputs`: what it read or looked for; `outputs`: what it left, with the digests of what it wrote by path
    - `folders`: those of the inputs of which only the names in them count, and of the `parents` among these only the
      names of folders
    - `digests`: of what it read, by path; `stamps`: those of files before they were read
    """

    inputs: Collection[str]
    outputs: Collection[str]
    folders: Collection[str]
    parents: frozenset[str] = frozenset()
    digests: Mapping[str, str] = field(default_factory=dict)
    stamps: "Mapping[str, Signature]" = field(default_factory=dict)


class LookedAt:
    """The files that decided the last build, and those that it left."""

    def __init__(self, clock: Callable[[], int] = time.time_ns) -> None:
        self._clock = clock
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}
        self._stamps = array("q")
        self._free: list[int] = []  # the numbers of files that do not matter any more
        self._young: dict[str, str | None] = {}  # the digest of each, None where that is not known
        self._names_in: dict[str, str] = {}  # the digest of the names in each folder of which only these count
        self._decided = Decided(inputs=(), outputs=(), folders=())

    def changed(self) -> frozenset[str]:
        """The paths at which something changed since the last look."""
        now = self._clock()
        before, self._stamps = self._stamps, stamps_of(self._names)
        numbers = differing(self._stamps.tobytes(), before.tobytes())
        changed = {name for name in map(self._names.__getitem__, numbers) if self._is_other(name)}
        digests = FileDigests({})
        for name, known in list(self._young.items()):
            if name not in changed and self._is_other(name, known, digests):
                changed.add(name)
            if is_settled(self._stamp(name), now):
                del self._young[name]
        # One that is written again before it is read, or just after that, may have the same stamp then.
        young = (name for name in changed if not is_settled(self._stamp(name), now))
        self._young.update(dict.fromkeys(young))
        return frozenset(changed)

    def keep(self, decided: Decided, began_ns: int) -> bool:
        """Keep what `decided` a build that began at `began_ns`.

        Returns False where it is not certain that what is there now is what was read.
        """
        last, self._decided = self._decided, decided
        if last.inputs is not decided.inputs:
            inputs = {name for name in decided.inputs if "\0" not in name}  # no file can have a path with a NUL
            new = sorted(inputs - self._numbers.keys())
            if were_exchanged(new, began_ns):
                return False
            self._drop(set(last.inputs) - inputs)
            self._add(new, decided.stamps, decided.digests, began_ns)
        folders = set(decided.folders)
        self._names_in = {name: known for name, known in self._names_in.items() if name in folders}
        new_folders = folders - self._names_in.keys()
        # What came into a young one may have come after the build had listed it: then it counts as changed.
        self._names_in |= {
            name: ABSENT if name in self._young else digest_of_names(name, decided.parents) for name in new_folders
        }
        if gone := set(last.outputs) - set(decided.outputs):
            self._drop(gone.difference(decided.inputs))
        written = [name for name in decided.outputs if name in decided.digests or name not in self._numbers]
        self._add(written, {}, decided.digests, self._clock())
        for name in self._young.keys() & decided.digests.keys():
            self._young[name] = self._young[name] or decided.digests[name]
        return True

    def _is_other(self, name: str, digest: str | None = None, digests: FileDigests | None = None) -> bool:
        """Whether what is at `name` is not what it was; for one of the young by its `digest`."""
        if name in self._names_in:
            before = self._names_in[name]
            self._names_in[name] = digest_of_names(name, self._decided.parents)
            return self._names_in[name] != before
        return digests is None or digest is None or digests.of(name) != digest

    def _stamp(self, name: str) -> "Signature":
        start = 4 * self._numbers[name]
        size, mtime, ctime, inode = self._stamps[start : start + 4]
        return size, mtime, ctime, inode

    def _add(
        self, names: Sequence[str], known: "Mapping[str, Signature]", digests: Mapping[str, str], at_ns: int
    ) -> None:
        """Add files with their stamps: the `known` ones, or those that they have now.

        Those are young that may have been written again since `at_ns` without that showing.
        """
        stamps = stamps_of(list(names))
        for place, name in enumerate(names):
            stamp = known.get(name) or (
                stamps[4 * place],
                stamps[4 * place + 1],
                stamps[4 * place + 2],
                stamps[4 * place + 3],
            )
            number = self._numbers.get(name)
            if number is None:
                number = self._numbers[name] = self._free.pop() if self._free else self._append()
                self._names[number] = name
            self._stamps[4 * number : 4 * number + 4] = array("q", stamp)
            if stamp == NOTHING or is_settled(stamp, at_ns):
                self._young.pop(name, None)
            else:
                self._young[name] = digests.get(name)

    def _append(self) -> int:
        self._names.append("")
        self._stamps.extend(NOTHING)
        return len(self._names) - 1

    def _drop(self, names: Iterable[str]) -> None:
        """Look at these no longer. The place of each has the stamp of no file, until another one takes it."""
        for name in names:
            if (number := self._numbers.pop(name, None)) is not None:
                self._names[number] = ""
                self._stamps[4 * number : 4 * number + 4] = array("q", NOTHING)
                self._free.append(number)
                self._young.pop(name, None)


def digest_of_names(folder: str, parents: Collection[str]) -> str:
    """The digest of the names and kinds of the entries of `folder`, without temporary files; or ABSENT.

    Of one of `parents` only the folders in it count.
    """
    try:
        with os.scandir(folder) as entries:
            meant = (entry for entry in entries if folder not in parents or may_be_entered(entry))
            names = [f"{entry.name}\0{kind(entry)}" for entry in meant if not _is_passing(entry.name)]
    except OSError:
        return ABSENT
    return digest("\0".join(sorted(names)).encode("utf-8", "surrogatepass"))


def _is_passing(name: str) -> bool:
    is_hidden = name.startswith(".") and name != _WELL_KNOWN
    return is_hidden or (name.startswith("#") and name.endswith("#")) or name.endswith(_PASSING_ENDS)
