"""References of a project's style sheets to files that it does not have. Takes its files, gives places."""

import posixpath
import re
from collections.abc import Iterable, Iterator

from buildassets.compiler.languages.reference import ReferenceKind
from buildassets.compiler.languages.scan import scan
from buildassets.foundation.frozen import frozen
from buildassets.foundation.media import Syntax
from buildassets.foundation.paths import from_url
from buildassets.project.files import ProjectFiles


@frozen
class MissingFile:
    """The `url` of a file that is missing, as line `number`, with the text `line`, of a `sheet` has it."""

    sheet: str
    number: int
    line: str
    url: str


def missing_files(files: ProjectFiles, sheets: Iterable[str]) -> Iterator[MissingFile]:
    """The relative URLs in sheets of CSS to no file of the project.

    A name that a file in another folder has counts as that file: several source roots are one tree of names.
    """
    names = frozenset(name.rpartition("/")[2] for name in files.names)
    for sheet in sheets:
        text = files.text(sheet)
        for reference in scan(Syntax.CSS, text):
            path = from_url(re.split(r"[?#]", reference.url)[0])
            is_relative = path and not re.match(r"[\w+.-]*:|/|[\w@-]+/?[^.]*$", path)
            if is_relative and reference.kind is ReferenceKind.URL and posixpath.basename(path) not in names:
                number = text.count("\n", 0, reference.start) + 1
                yield MissingFile(sheet, number, text.split("\n")[number - 1].strip(), reference.url)
