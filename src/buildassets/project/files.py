"""The files of a project that its developers wrote, and their texts.

Takes a folder. Leaves out hidden folders, virtual environments, third-party packages, what tools make, and names with
control characters or bytes that are no text, which cannot be written into a file.
"""

import os
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from io import BytesIO
from itertools import islice
from tokenize import detect_encoding
from typing import Final

from buildassets.disk.files import bytes_at
from buildassets.disk.folders import walk

_OF_OTHERS: Final = frozenset(("node_modules", "site-packages", "__pycache__", "bower_components", "vendored"))
_ASIDE: Final = re.compile(
    r"(?:^|/)(?:(?:tests?|testing|docs?|examples?|commands)/|[^/]*\{\{|conftest\.py$|test_[^/]*\.py$|[^/]*_test\.py$)"
)
_MOST_FILES: Final = 50_000  # a folder with more, such as a home folder, is no project
_MOST_BYTES: Final = 2_000_000  # of a file whose text counts


def is_aside(name: str) -> bool:
    """Whether a file is of tests, documentation, examples, management commands or a template of projects.

    The application of a project, its pages and its assets are not among these.
    """
    return bool(_ASIDE.search(name))


class ProjectFiles:
    """The files below `folder`; `made` are the absolute paths of folders that tools write, which are left out.

    The `texts` stand for those of the files with their names: a project as it would be after edits.
    """

    def __init__(self, folder: str, made: tuple[str, ...] = (), texts: Mapping[str, str | None] | None = None) -> None:
        self.folder = folder
        self._made = frozenset(made)
        self._new = tuple(texts or ())
        self._texts: dict[str, str | None] = dict(texts or {})

    def edited(self, texts: Mapping[str, str]) -> "ProjectFiles":
        """The same project with these texts in place of those of the files with their names."""
        files = ProjectFiles(self.folder, tuple(self._made), {**self._texts, **texts})
        files.names = tuple(dict.fromkeys((*self.names, *texts)))  # which are not looked for again
        return files

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The paths of all files, relative to the folder, with slashes; those at the top first, sorted by folder."""
        return tuple(dict.fromkeys((*islice(self._listed(), _MOST_FILES), *self._new)))

    @cached_property
    def own(self) -> tuple[str, ...]:
        """The names of the files of the application itself: those that are not aside."""
        return tuple(name for name in self.names if not is_aside(name))

    def ending(self, *suffixes: str, outside: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Those whose names end in one of `suffixes`, and that lie in no folder called as one of `outside`."""
        named = (name for name in self.names if name.endswith(suffixes))
        return tuple(name for name in named if not outside or {*outside}.isdisjoint(name.split("/")[:-1]))

    def called(self, *names: str) -> tuple[str, ...]:
        """Those whose last part is one of `names`."""
        return tuple(name for name in self.names if name.rpartition("/")[2] in names)

    def path(self, name: str) -> str:
        """The absolute path of a file."""
        return os.path.join(self.folder, *name.split("/"))

    def text(self, name: str) -> str:
        """The text of the file `name`, with its line ends; empty if it is missing, large, or not in its encoding."""
        return self.text_or_none(name) or ""

    def text_or_none(self, name: str) -> str | None:
        """Like `text`; None where it would be empty for a reason."""
        if name not in self._texts:
            self._texts[name] = _decoded(self.path(name))
        return self._texts[name]

    def has_folder(self, name: str) -> bool:
        """Whether there is a folder `name`, which may be one of others."""
        return os.path.isdir(self.path(name))

    def _listed(self) -> Iterator[str]:
        for top, folders, files in walk(self.folder):
            folders[:] = sorted(name for name in folders if self._is_own(top, name))
            below = os.path.relpath(top, self.folder).replace(os.sep, "/")
            named = (name for name in sorted(files) if name.isprintable())
            yield from (name if below == "." else f"{below}/{name}" for name in named)

    def _is_own(self, top: str, name: str) -> bool:
        path = os.path.join(top, name)
        is_of_tools = path in self._made or os.path.exists(os.path.join(path, "pyvenv.cfg"))
        is_text = name.isprintable() and not name.startswith(".")
        return is_text and name not in _OF_OTHERS and not is_of_tools


def encoding_of(path: str, content: bytes) -> str:
    """The encoding of the file at `path`: that of a module is in its first lines (PEP 263), that of others is UTF-8.

    Raises SyntaxError for a module that names none that Python knows, or is in UTF-8 against what it names.
    """
    if path.endswith(".py"):
        return detect_encoding(BytesIO(content).readline)[0]
    return "utf-8-sig" if content.startswith(BOM_UTF8) else "utf-8"


def _decoded(path: str) -> str | None:
    content = bytes_at(path, _MOST_BYTES)
    with suppress(UnicodeDecodeError, SyntaxError):
        return None if content is None else content.decode(encoding_of(path, content))
    return None
