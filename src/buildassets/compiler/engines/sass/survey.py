"""Follows what a sheet loads through the files on the disk, while Dart Sass is at work on it.

Dart Sass does not report where it looks in vain, and waits forever for a path that is not a file. Takes the path and
the text of a sheet and the load paths.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from buildassets.compiler.engines.sass import imports
from buildassets.compiler.engines.sass.libsass_faults import blanked
from buildassets.disk.plain_files import fault_of_special
from buildassets.foundation.diagnostics import reason_text


class SpecialFile(NamedTuple):
    """Something at `path` that is neither a file nor a folder, and the `importer` with the `load` that leads there.

    `reason` is the reason why it cannot be read.
    """

    path: str
    reason: str
    importer: str
    load: imports.Load


class SassSurvey:
    """The files that a sheet loads, directly or not, as far as names and not the compiler decide.

    `texts` are the texts of the files, by path; empty ones of files that cannot be read. `special` are the things among
    them that are not files; reading these may never end.
    """

    def __init__(self, path: str, text: str, load_paths: Sequence[str], merged: imports.Merged = ()) -> None:
        self.texts = {path: text}
        self._merged = merged
        self._load_paths = load_paths
        self._loads: dict[str, tuple[imports.Load, ...]] = {}
        self._listings = imports.Listings()
        self.special = tuple(self._special(path))

    def text_of(self, path: str) -> str:
        """The text of a file; empty if it cannot be read."""
        if path not in self.texts:
            try:
                self.texts[path] = imports.read(path).removeprefix("\ufeff")
            except ValueError:
                self.texts[path] = ""
        return self.texts[path]

    def loads_of(self, path: str) -> tuple[imports.Load, ...]:
        """The files that the one at `path` may load."""
        if path not in self._loads:
            found = imports.loads(self.text_of(path), path, self._load_paths, self._listings, merged=self._merged)
            self._loads[path] = tuple(found)
        return self._loads[path]

    def absences(self, paths: Collection[str]) -> set[str]:
        """The paths that were looked for and not found from the files `paths`, and a few more."""
        return {absent for path in paths for load in self.loads_of(path) for absent in load.resolution.absences}

    def _special(self, path: str) -> Iterator[SpecialFile]:
        waiting, seen = [path], {path}
        while waiting:
            importer = waiting.pop()
            for load in self.loads_of(importer):
                for found in load.resolution.found:
                    if found in seen:
                        continue
                    if fault := fault_of_special(found):
                        if not _is_in_comment(self.text_of(importer), load.rule):
                            yield SpecialFile(found, reason_text(fault), importer, load)
                        continue
                    seen.add(found)
                    if not found.endswith(".css"):  # whose imports Sass leaves to browsers
                        waiting.append(found)


def _is_in_comment(text: str, offset: int) -> bool:
    return blanked(text)[offset].isspace()
