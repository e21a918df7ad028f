"""The pages of `compressor_site`: how each is rendered, what its scripts leave behind, and what theirs does instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["CHANCE", "FAILS", "PAGES", "REFUSED", "REFUSES", "Page"]

_VALUES: Final[Mapping[str, Any]] = {"parts": ["parts/one.html", "parts/two.html"], "numbers": [1, 2, 3]}
_STAFF: Final[Mapping[str, Any]] = {"user": {"is_staff": True}}
FAILS: Final = "an error when the page is made"
REFUSES: Final = "no build with it"
CHANCE: Final = "one key for two blocks: which of them is found is left to the order of threads"
# Templates with which its `compress` builds nothing at all.
REFUSED: Final = ("modules.html", "importmap.html")


@dataclass(frozen=True, slots=True, eq=False)  # by identity: its values are no keys
class Page:
    """One page. `seen` is what its scripts put into the global of that name.

    `theirs` is what is wrong with that of django-compressor, empty where both are to be the same. A page `is_compiled`
    if browsers cannot use its blocks as they are written.
    """

    template: str
    seen: Sequence[object] = ("one",)
    theirs: str = ""
    variant: str = ""
    language: str = "en"
    values: Mapping[str, Any] = field(default_factory=dict)
    globals: Mapping[str, object] = field(default_factory=dict)
    is_compiled: bool = False
    is_filtered: bool = False

    @property
    def file(self) -> str:
        """The name of its file, in a folder without others."""
        variant = f".{self.variant}" if self.variant else ""
        return self.template.replace("/", "-").removesuffix(".html") + variant + ".html"

    @property
    def asked(self) -> tuple[object, ...]:
        """Return the arguments with which `render.py` renders it."""
        engine = "jinja2" if self.template.startswith("j") else "django"
        return self.file, self.template, engine, self.language, {**_VALUES, **self.values}


_SHOP: Final = {"layout": "shop/layout.html"}
PAGES: Final = (
    Page("base.html"),
    # inheritance
    Page("three_two.html", ["one", "two"]),
    Page("three_levels.html", ["one", "two", "three"]),
    Page("variable.html", ["variable", "one"], variant="base", values={"layout": "base.html"}),
    Page("variable.html", ["variable", "one"], variant="shop", values=_SHOP),
    Page("sub/relative.html"),
    Page("shadow.html"),
    Page("shop/app.html", ["one", "shop"]),
    # templates in templates
    Page("includes.html", ["one", "two", "two", "part one "]),
    Page("included.html", ["one", "part one 7", "part two 8", "part one 1", "part two 2"], theirs=FAILS),
    Page("inclusion.html", theirs=FAILS),
    Page("sekizai.html", ["sekizai"], theirs=FAILS),
    # logic
    Page("branches.html", ["one", "staff", "tools", "all"], variant="staff", values=_STAFF),
    Page("branches.html", ["one", "visitor", "all"], variant="visitor"),
    Page("loops.html", ["one", "0 2", "1 3", "2 4"]),
    Page(
        "cycles.html",
        ["one", "odd 0 2", "even 1 3", "odd 2 4"],
        theirs="the key is one rendering's, the file another's",
    ),
    Page("loops_around.html", ["one", 1, 2, 3, "with 3", 8], theirs=FAILS),
    Page("wrapped.html", ["one", "spaceless", "in it", "{{ verbatim }}", "lower", 1, 2, 3, "cached", "inside"]),
    Page("escaped.html", ["one", "<b>", "own <b>", 1234.5], theirs=FAILS),
    # languages
    Page("languages.html", ["one", "en"], theirs=FAILS, variant="en"),
    Page("languages.html", ["one", "de"], theirs=FAILS, variant="de", language="de"),
    Page("languages.html", ["one", "ar"], theirs=FAILS, variant="ar", language="ar"),
    Page("translated.html", ["one", "May"], variant="en"),
    Page("translated.html", ["one", "Mai"], theirs=FAILS, variant="de", language="de"),
    # contents
    Page("media.html"),
    Page("mixed.html", ["first", "two", "between", "one"]),
    Page("groups.html", ["first", "two", "one", "defer interactive true", "defer2"], globals={"asyncRan": True}),
    Page("attributes.html", ["one", "two", "false"], theirs="loses the attributes"),
    Page("modules.html", ["one", 2], theirs=REFUSES, globals={"fromModule": 42, "inlineModule": "undefined"}),
    Page("importmap.html", theirs=REFUSES, globals={"mapped": 42}),
    Page("nonce.html", ["inline", "two"], theirs=FAILS),
    Page("preload.html", theirs=CHANCE),
    Page("inline.html", ["one", "</script>", "<!-- x", "</script>", "</script>", 9]),
    Page("named.html"),
    Page("imports.html", theirs="imports are lost"),
    Page("charsets.html", ["ü\u2028"], theirs="the first sheet's charset is that of all"),
    Page("scripts.html", ["two", "iife", "each1", "each2", "ends", "literal", "one", 0, "regular"]),
    Page(
        "strictness.html",
        ["one", "strict true", "loose true", "let1function", "reads let"],
        theirs="all of it is strict",
    ),
    Page("literals.html", ["one", "outer  inner   x    end  done", "[/\"'`]  x 2"], theirs="spaces are lost"),
    Page("others.html", [True], theirs="loses the other elements"),
    # what is compiled
    Page("sass.html", is_compiled=True),
    Page("commands.html", ["one", "42"], is_compiled=True, globals={"LOUD": 1}),
    Page("filtered.html", ["one", "two"], is_compiled=True, is_filtered=True, globals={"files": 2}),
    # Jinja
    Page("jplain.html", ["plain", 1, 2, 3, "visitor", "part 3"], variant="visitor", values={"user": {}}),
    Page("jplain.html", ["plain", 1, 2, 3, "staff", "part 3"], variant="staff", values=_STAFF),
    Page(
        "jinja.html",
        ["one", "inner", "outer", "macro from", "macro import", 1, 2, 3, "call 1", "call 2"],
        theirs=FAILS,
    ),
)
