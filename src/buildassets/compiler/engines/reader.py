"""How an engine reads further files, so that it is known afterwards what it read and what it looked for in vain.

Takes paths, gives texts. Reads the disk; imports the vocabulary and `utf8`.
"""

from collections.abc import Callable

from buildassets.compiler.languages.utf8 import decoded
from buildassets.diagnostics import Diagnostic, Location, error, reason_text
from buildassets.errors import BuildError
from buildassets.plain_files import plain


class Reader:
    """Reads for one run of an engine. `inputs` are the paths that were read, `absences` those where no file was.

    `shown` turns an absolute path into what the user would write.
    """

    def __init__(self, shown: Callable[[str], str] = str) -> None:
        self.inputs: set[str] = set()
        self.absences: set[str] = set()
        self._shown = shown

    def read(self, path: str) -> str | None:
        """The text of a file, without a byte order mark; None where there is none.

        Raises BuildError with a diagnostic where there is one that cannot be read, or that is not UTF-8.
        """
        try:
            with open(plain(path), "rb") as file:
                raw = file.read()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError):  # ValueError: a NUL in the path
            self.absences.add(path)
            return None
        except OSError as fault:
            shown = self._shown(path)
            message = f"cannot read `{shown}`: {reason_text(fault)}"
            raise BuildError([error("source/unreadable", message, Location(shown))]) from None
        self.inputs.add(path)
        text = decoded(raw, self._shown(path))
        if isinstance(text, Diagnostic):
            raise BuildError([text])
        return text.removeprefix("\ufeff")
