"""Places in a text that point at other assets, the directives in its head, and its faults. Frozen values."""

from enum import Enum
from typing import Final, NamedTuple, Self, TypeAlias

from buildassets.foundation.diagnostics import Location
from buildassets.foundation.frozen import frozen
from buildassets.foundation.paths import LogicalPath


class ReferenceKind(Enum):
    """The meaning of a reference's text."""

    URL = "url"  # a URL reference: `a.png` is beside the file
    MODULE = "module"  # a module specifier: `a.js` is a bare name, only `./`, `../` and `/` begin a path
    LATER = "module, later"  # the same in `import()`, which loads it when it is called
    RESOLVED = "resolved"  # a module specifier of which only the URL is wanted: `import.meta.resolve("./a.js")`
    SOURCE_MAP = "source map"  # a URL whose absence hurts nobody but a debugger
    ORIGINAL = "original"  # the same in a source map: it names what is released anyhow, and reaches nothing

    def __reduce_ex__(self, proto: object) -> tuple[type[Self], tuple[str]]:
        """The class and the value, as in other versions of Python: 3.11.0 to 3.11.3 have `getattr` in the pickle."""
        return type(self), (self.value,)

    def __setstate__(self, state: object) -> None:
        """Refuse: a pickle from another process must change neither a member nor the class, which are everybody's."""
        raise TypeError("it has no state")


DATA_URL_DEMAND: Final = "buildassets-data-url"  # the query of a reference that is to be embedded whatever the size


@frozen
class Reference:
    """A place in a text that points at another asset.

    `text[start:end]` is the raw text between the quotes (or parentheses), `url` what it means once the language's
    escapes are resolved. `start` and `end` count characters.
    """

    start: int
    end: int
    url: str
    kind: ReferenceKind = ReferenceKind.URL


@frozen
class Directive:
    """A line in the head of a source that asks for others, as Sprockets has them: `//= require x`.

    `kind` is the second argument of those that take one: a suffix or a media type.
    """

    name: str
    argument: str
    kind: str
    location: Location


IMPORTS: Final = (ReferenceKind.MODULE, ReferenceKind.LATER)  # what loads a module
SPECIFIERS: Final = (*IMPORTS, ReferenceKind.RESOLVED)  # what is read as module specifiers are
OF_DEBUGGERS: Final = (ReferenceKind.ORIGINAL, ReferenceKind.SOURCE_MAP)  # these mean files as they are written


Link: TypeAlias = tuple[Reference, LogicalPath]  # a place in a text and the asset that it names


class OpenEnd(NamedTuple):
    """`text[start:end]` is at fault: `message` is what is wrong with it, `hint` what to do."""

    start: int
    end: int
    message: str
    hint: str | None = None
