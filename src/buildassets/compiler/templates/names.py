"""The functions by which templates name assets, and the result of reading one. Pure; knows no template language."""

from collections.abc import Iterable, Mapping
from enum import Enum
from itertools import product
from typing import Final, TypeAlias

from buildassets.foundation.frozen import frozen
from buildassets.foundation.template_helpers import TEMPLATE_HELPERS, Takes

_ALTERNATIVES_AT_MOST: Final = 64  # of the values of one expression: branches multiply
LONGEST: Final = 4096  # characters of a value: `{% set a = a ~ a %}` doubles it each time


class NamingRule(Enum):
    """How an argument names an asset."""

    EXACT = "exact"  # a logical path; without such an asset the page fails
    EACH = "each"  # all positional arguments are EXACT
    SHEETS = "sheets"  # all positional arguments are SHEET
    SHEET = "sheet"  # a package of Jammit, whose asset has `.css` after its name
    SCRIPTS = "scripts"  # all positional arguments are SCRIPT
    SCRIPT = "script"  # a package of Jammit, whose asset has `.js` after its name
    TEMPLATES = "templates"  # all positional arguments are TEMPLATE
    TEMPLATE = "template"  # a package of Jammit, whose asset has `.jst.js` after its name, or `.js` with its scripts
    PACKAGE_OF_SHEETS = "package of sheets"  # a package of django-pipeline
    PACKAGE_OF_SCRIPTS = "package of scripts"
    BUNDLE = "bundle"  # a bundle of webassets, or a file
    OWN = "own"  # a logical path, through a function of the project's own
    STATIC = "static"  # a path below the static URL: it may begin with a slash, and have a query and a fragment
    ENDPOINT = "endpoint"  # `url_for`: the first argument decides
    FILENAME = "filename"  # a path below the folder of static files
    BLUEPRINT = "blueprint"  # the same after the name of a blueprint, whose static files may be assets
    MOUNT = "mount"  # a path that may begin with a slash
    CSS_MODULE = "CSS module"  # a CSS module of a bundle, by its logical path without `.module.css`, or its last part
    ICON = "icon"  # an icon of a sprite
    UNSURE = "unsure"  # one of these, or not a name of an asset at all: the branch that the page takes decides


LackingName: TypeAlias = tuple[NamingRule, str]  # how a template names a file that the release lacks, and its path

_RULES: Final = {
    Takes.ASSET: NamingRule.EXACT,
    Takes.ASSETS: NamingRule.EACH,
    Takes.CSS_NAMES: NamingRule.CSS_MODULE,
    Takes.ICON: NamingRule.ICON,
}
# The runtime's helpers that name something, by their names in templates.
HELPERS: Final[Mapping[str, NamingRule]] = {
    helper.name: _RULES[helper.takes] for helper in TEMPLATE_HELPERS if helper.takes is not Takes.NOTHING
}
# The rule of each positional argument, for functions that take any number of them.
OF_EACH: Final[Mapping[NamingRule, NamingRule]] = {
    NamingRule.EACH: NamingRule.EXACT,
    NamingRule.SHEETS: NamingRule.SHEET,
    NamingRule.SCRIPTS: NamingRule.SCRIPT,
    NamingRule.TEMPLATES: NamingRule.TEMPLATE,
}
# Jammit's helpers, available if its tag library or its Jinja extension is loaded.
JAMMIT: Final[Mapping[str, NamingRule]] = {
    "include_stylesheets": NamingRule.SHEETS,
    "include_javascripts": NamingRule.SCRIPTS,
    "include_templates": NamingRule.TEMPLATES,
}
# django-pipeline's tags, available if its tag library or its Jinja extension is loaded.
PIPELINE: Final[Mapping[str, NamingRule]] = {
    "stylesheet": NamingRule.PACKAGE_OF_SHEETS,
    "javascript": NamingRule.PACKAGE_OF_SCRIPTS,
}
# How the keys of blocks in a plan begin.
BLOCKS: Final[Mapping[NamingRule, tuple[str, ...]]] = {
    NamingRule.PACKAGE_OF_SHEETS: ("pipeline css ",),
    NamingRule.PACKAGE_OF_SCRIPTS: ("pipeline js ",),
    NamingRule.BUNDLE: ("webassets bundle ", "webassets source "),
}
# The Jinja extensions that read the tags of such blocks, and as nodes of a tree call them, by the word of the keys.
EXTENSIONS_OF_BLOCKS: Final = {
    "pipeline": "buildassets.compat.pipeline.PipelineExtension",
    "webassets": "buildassets.compat.webassets.AssetsExtension",
}
PIPELINE_NODE: Final = "buildassets.compat.pipeline.run.jinja.PipelineExtension"
WEBASSETS_NODE: Final = "buildassets.compat.webassets.run.jinja.AssetsExtension"
JAMMIT_EXTENSION: Final = "buildassets.compat.jammit.JammitExtension"

Span: TypeAlias = tuple[int, int]


@frozen
class WrittenName:
    """A text that a template passes to a function, and its span in the template, or the span of its first part."""

    text: str
    start: int
    end: int


@frozen
class Possible:
    """The possible values of an expression: `texts`, and unless `complete`, unknown others."""

    texts: tuple[WrittenName, ...] = ()
    complete: bool = False


def either(parts: Iterable[Possible]) -> Possible:
    """The possible values of an expression that returns one of `parts`."""
    listed = list(parts)
    texts = dict.fromkeys(text for part in listed for text in part.texts)
    return Possible(tuple(texts), all(part.complete for part in listed))


def joined(parts: Iterable[Possible]) -> Possible:
    """The possible values of the concatenation of `parts`."""
    listed = list(parts)
    count = 1
    for part in listed:
        count *= len(part.texts)
    length = sum(max((len(text.text) for text in part.texts), default=0) for part in listed)
    if count > _ALTERNATIVES_AT_MOST or length > LONGEST:
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
    """An asset that a template names, and what it asks for of it, as far as that is constant.

    Of a CSS module these are the `classes`, of a picture the `widths`. `is_compiled` is true in a block of
    django-compressor, where the name may be that of a source.
    """

    written: WrittenName
    rule: NamingRule
    classes: tuple[WrittenName, ...] = ()
    widths: tuple[int, ...] = ()
    is_compiled: bool = False


def widths_in(value: object) -> tuple[int, ...]:
    """The widths that the constant `value` of the argument `widths` asks for; none if it is anything else."""
    parts = value.replace(",", " ").split() if isinstance(value, str) else value
    parts = parts if isinstance(parts, list | tuple) else [parts]
    texts = [str(part).removesuffix("w") for part in parts if not isinstance(part, bool)]
    return tuple(int(text) for text in texts if text.isascii() and text.isdecimal())


@frozen
class TemplateFault:
    """Why a template, or a part of it, cannot be read; `start` and `end` are its span."""

    message: str
    start: int
    end: int | None = None
    hint: str | None = None


@frozen
class Reading:
    """The result of reading a template: its names, the spans of calls whose name is computed, and faults.

    `computed_icons` are those of calls that show an icon; they are among the `unchecked`.
    """

    uses: tuple[Use, ...] = ()
    unchecked: tuple[Span, ...] = ()
    faults: tuple[TemplateFault, ...] = ()
    computed_icons: tuple[Span, ...] = ()
