"""References of a project's style sheets to files that it does not have. Takes its files, gives places."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence

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


def missing_files(files: ProjectFiles, roots: Sequence[str], sheets: Iterable[str]) -> Iterator[MissingFile]:
    """The relative URLs in sheets of CSS, which are below the `roots` of sources, to no file of the project.

    The roots, folders that end with `/` or an empty text, are one tree of names.
    """
    names = {
        *files.names,
        *(name.removeprefix(root) for root in roots for name in files.names if name.startswith(root)),
    }
    for sheet in sheets:
        text = files.text(sheet)
        places = {sheet, *(sheet.removeprefix(root) for root in roots if sheet.startswith(root))}
        for reference in scan(Syntax.CSS, text):
            path = from_url(re.split(r"[?#]", reference.url)[0])
            is_relative = path and not re.match(r"[\w+.-]*:|/|[\w@-]+/?[^.]*$", path)
            found = {posixpath.normpath(posixpath.join(posixpath.dirname(place), path)) for place in places}
            if is_relative and reference.kind is ReferenceKind.URL and names.isdisjoint(found):
                number = text.count("\n", 0, reference.start) + 1
                yield MissingFile(sheet, number, text.split("\n")[number - 1].strip(), reference.url)
