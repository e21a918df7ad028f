"""Reads further files for an engine, and records which were read, which were not found, and which sets were listed.

Takes paths and globs, gives texts and paths. Reads the disk; imports the vocabulary and `utf8`.
"""

from collections.abc import Callable

from buildassets.compiler.languages.utf8 import decoded
from buildassets.disk.file_sets import FileSet, file_set
from buildassets.disk.files import content_of
from buildassets.errors import BuildError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, reason_text


class Reader:
    """Reads files for one run of an engine. `inputs` are the paths read, `absences` the paths without a file.

    `sets` are the sets of files listed, by name, as they were the first time. `shown` turns an absolute path into the
    name that the user would write.
    """

    def __init__(self, shown: Callable[[str], str] = str) -> None:
        self.inputs: set[str] = set()
        self.absences: set[str] = set()
        self.sets: dict[str, FileSet] = {}
        self.shown = shown

    def read(self, path: str) -> str | None:
        """The text of a file, without a byte order mark; None if there is no file.

        Raises BuildError with a diagnostic if the file cannot be read, or is not UTF-8.
        """
        try:
            raw = content_of(path)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError):  # ValueError: a NUL in the path
            self.absences.add(path)
            return None
        except OSError as fault:
            shown = self.shown(path)
            message = f"cannot read `{shown}`: {reason_text(fault)}"
            raise BuildError([error("source/unreadable", message, Location(shown))]) from None
        self.inputs.add(path)
        text = decoded(raw, self.shown(path))
        if isinstance(text, Diagnostic):
            raise BuildError([text])
        return text.removeprefix("\ufeff")

    def list(self, folder: str, glob: str) -> tuple[str, ...]:
        """The absolute paths of the files that `glob` matches from `folder`, with slashes, sorted."""
        if "\0" in glob:  # which no path has
            return ()
        found, files = file_set(folder, glob)
        self.sets.setdefault(found.name, found)
        return files
