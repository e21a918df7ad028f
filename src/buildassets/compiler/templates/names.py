"""What templates call to name an asset, and what a reading of one gives. Pure; knows no template language."""

from collections.abc import Iterable, Mapping
from enum import Enum
from itertools import product
from typing import Final, TypeAlias

from buildassets.frozen import frozen

_ALTERNATIVES_AT_MOST: Final = 64  # of one expression: branches multiply


class Rule(Enum):
    """How an argument names an asset."""

    EXACT = "exact"  # it is a logical path, and one that no asset has fails the page
    EACH = "each"  # the same for all arguments that have no name
    SHEETS = "sheets"  # the arguments without names are packages of Jammit, each the asset with `.css` behind it
    SHEET = "sheet"  # one of these
    SCRIPTS = "scripts"  # the same with `.js`
    SCRIPT = "script"
    OWN = "own"  # the same, through a function of the project's own
    STATIC = "static"  # a path below the static URL: it may begin with a slash, and have a query and a fragment
    ENDPOINT = "endpoint"  # `url_for`: what the first argument makes of it
    FILENAME = "filename"  # a path below the folder of static files
    BLUEPRINT = "blueprint"  # the same behind the name of a blueprint, whose static files may be assets
    MOUNT = "mount"  # a path that may begin with a slash
    UNSURE = "unsure"  # one of these, or no name of an asset at all: who calls it depends on the page


# What the runtime's helpers are called in templates, of those that take a name.
HELPERS: Final[Mapping[str, Rule]] = dict.fromkeys(
    ("asset", "image", "inline_asset", "preload", "script", "stylesheet"), Rule.EXACT
)
OF_SEVERAL: Final[Mapping[str, Rule]] = {"modulepreload": Rule.EACH}
# What each argument without a name is, where all are taken alike.
OF_EACH: Final[Mapping[Rule, Rule]] = {
    Rule.EACH: Rule.EXACT,
    Rule.SHEETS: Rule.SHEET,
    Rule.SCRIPTS: Rule.SCRIPT,
}
# Jammit's helpers, where its tag library or its Jinja extension is loaded.
JAMMIT: Final[Mapping[str, Rule]] = {"include_stylesheets": Rule.SHEETS, "include_javascripts": Rule.SCRIPTS}
JAMMIT_EXTENSION: Final = "buildassets.compat.jammit.JammitExtension"

Span: TypeAlias = tuple[int, int]


@frozen
class WrittenName:
    """A text that a template hands over, and the span of it, or of where it begins, in the template."""

    text: str
    start: int
    end: int


@frozen
class Possible:
    """What an expression may give: `texts`, and unless it is `complete`, something else too."""

    texts: tuple[WrittenName, ...] = ()
    complete: bool = False


def either(parts: Iterable[Possible]) -> Possible:
    """What one of `parts` gives."""
    listed = list(parts)
    texts = dict.fromkeys(text for part in listed for text in part.texts)
    return Possible(tuple(texts), all(part.complete for part in listed))


def joined(parts: Iterable[Possible]) -> Possible:
    """What all of `parts` give, one after the other."""
    listed = list(parts)
    count = 1
    for part in listed:
        count *= len(part.texts)
    if count > _ALTERNATIVES_AT_MOST:
        return Possible()
    texts = tuple(_concatenated(chosen) for chosen in product(*(part.texts for part in listed)))
    return Possible(texts, all(part.complete for part in listed))


def _concatenated(texts: tuple[WrittenName, ...]) -> WrittenName:
    first = texts[0]
    ends = [text.end for text in texts]
    end = ends[-1] if ends == sorted(ends) else first.end
    return WrittenName("".join(text.text for text in texts), first.start, end)


@frozen
class Use:
    """An asset that a template names."""

    written: WrittenName
    rule: Rule


@frozen
class Fault:
    """Why a template, or a part of it, cannot be read; `start` and `end` are the place in it."""

    message: str
    start: int
    end: int | None = None
    hint: str | None = None


@frozen
class Reading:
    """What a template says: the names in it, the calls whose name is computed, and what could not be read."""

    uses: tuple[Use, ...] = ()
    unchecked: tuple[Span, ...] = ()
    faults: tuple[Fault, ...] = ()
