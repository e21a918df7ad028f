"""Reads `fonts`: which parts of which fonts are asked for."""

from typing import Final, Literal

from buildassets.compiler.config.toml_table import Table
from buildassets.compiler.config.values import FontRule
from buildassets.compiler.fonts.subset import Fallback, FontFormat, parsed_range

FORMATS: Final[tuple[FontFormat, ...]] = ("woff2", "woff")
FALLBACKS: Final[tuple[Fallback, ...]] = ("auto", "Arial", "Times New Roman", "Courier New", "none")
TEXTS: Final[tuple[Literal["templates"]]] = ("templates",)


def fonts(table: Table) -> dict[str, FontRule]:
    """The fonts to make, by globs on logical paths."""
    found = {}
    for glob in table:
        given = table.table(glob)
        rule = FontRule(
            unicode_range=_ranges(given),
            text=given.choice("text", TEXTS, "templates") if given.has("text") else "",
            text_only=given.flag("text_only", default=False),
            formats=given.choices("formats", FORMATS, ("woff2",)),
            allow=given.texts("allow"),
            fallback=given.choice("fallback", FALLBACKS, "auto"),
            preload=given.flag("preload", default=True),
        )
        _check(table, given, glob, rule)
        given.close()
        found["." + glob if glob.startswith("/") else glob] = rule
    return found


def _check(table: Table, given: Table, glob: str, rule: FontRule) -> None:
    if "formats" in given and given.peek("formats") == []:
        table.refuse("has no `formats`", glob, hint='write `formats = ["woff2"]`, or leave it out')
    if "text" in given and not rule.unicode_range and not rule.text_only and "unicode_range" not in given:
        hint = "add a range that is kept in any case, as text from a database may need it; or `text_only = true`"
        table.refuse("has `text` without a `unicode_range`", glob, hint=hint)
    if "unicode_range" in given and given.peek("unicode_range") == []:
        table.refuse("has no range", glob, "unicode_range", hint='write `["U+0000-00FF"]`, or leave it out')


def _ranges(table: Table) -> tuple[str, ...]:
    """Ranges as CSS writes them."""
    found = []
    for index, text in enumerate(table.texts("unicode_range")):
        if parsed_range(text) is None:
            hint = "write it as CSS does: `U+0000-00FF`, `U+131` or `U+4??`"
            table.refuse(f"cannot be `{text}`", "unicode_range", index, hint=hint)
        else:
            found.append(text)
    return tuple(found)
