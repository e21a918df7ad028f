"""Minifies style sheets with lightningcss for the given browsers, without its error recovery.

With error recovery it drops every rule that it cannot read. Without, it refuses the sheet, and our own engine
minifies that instead. Its results cannot be proven by their tokens, since it merges rules and translates values. What
is checked is what a build relies on: the references, the comments of licences, that our own lexer can read it, that
each rule is still nested in the same rules, and that custom and unknown properties have their values. It is given a
name in the place of each such value that it would change (`+4930123` is `4930120` to it), and the value is put back.
"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache, cached_property
from typing import Final

from buildassets.compiler.engines.failures import UnavailableError, sentence
from buildassets.compiler.engines.lightningcss_refusals import find_unfit
from buildassets.compiler.engines.preserved import references_in, with_comments
from buildassets.compiler.engines.program_files import files_of_modules, installed_version
from buildassets.compiler.engines.protocol import Compiled, EngineInput, EngineOptions
from buildassets.compiler.engines.sheets import SheetEngine
from buildassets.compiler.languages.css.kept_values import Declaration, Minifier, changed_values, kept_declarations
from buildassets.compiler.languages.css.open_ends import open_ends
from buildassets.compiler.languages.css.proof import faults, licences
from buildassets.compiler.languages.css.structure import TooManyError, first_lost
from buildassets.compiler.languages.edits import Edit, edited
from buildassets.errors import BuildError
from buildassets.foundation.diagnostics import Location, locate, place, warning
from buildassets.foundation.frozen import replace
from buildassets.foundation.media import Syntax

# Without browsers, lightningcss writes for the newest and removes what older ones need. These are the last that
# run on Windows 7 and 8 (Chrome, Edge, Firefox, whose 115 is also the last for macOS before 10.15), and the Safari of
# early 2023: all later versions understand what these do.
DEFAULT_BROWSERS: Final = ("chrome 109", "edge 109", "firefox 115", "ios 16.4", "safari 16.4")
_REFUSAL: Final = re.compile(r"Parsing stylesheet failed: (.*) at :(\d+):(\d+)", re.DOTALL)
_LINE_END: Final = re.compile(r"\r\n|[\n\r\f]")
_TOKEN_NAME: Final = re.compile(r'[A-Z]\w+\("(.*)"\)')  # Ident("red"), as Rust prints it for debugging
_PLACEHOLDER: Final = "-buildassets-value-"
_BUILT_IN: Final = 'set `css = "builtin"` under `[tool.buildassets.engines]`'

# The same for every sheet, so that a build reports it once.
_NO_SOURCE_MAP: Final = warning(
    "css/no-source-map",
    "style sheets are minified by the engine `builtin`, as lightningcss makes no source maps in Python",
    notes=["so they are not translated for `browsers`"],
    hint='set `source_maps = false` where the sheets have to be translated, or else `css = "builtin"`',
)


class LightningcssEngine:
    """Minifies style sheets and translates them for `browsers` (`name version`, as lightningcss knows them).

    `version` is that of the Python package.
    """

    name = "lightningcss"
    reads: tuple[str, ...] = ("browsers",)

    def __init__(self, version: str, browsers: Sequence[str]) -> None:
        self.version = f"lightningcss {version}"
        self._browsers = list(browsers)

    @cached_property
    def programs(self) -> tuple[str, ...]:
        """The files of its package."""
        return files_of_modules("lightningcss")

    def run(self, given: EngineInput) -> Compiled:
        """A sheet for these browsers in fewer characters; a warning if our own engine had to make it."""
        text = given.text.removeprefix("\ufeff")
        if given.wants_source_map:
            compiled = SheetEngine().run(given)
            return replace(compiled, diagnostics=(_NO_SOURCE_MAP, *compiled.diagnostics))
        if open_ends(text):
            return SheetEngine().run(given)  # which warns of the places that browsers ignore
        for unfit in find_unfit(text):
            where = locate(given.shown, text, unfit.start, unfit.end)
            return _by_our_engine(given, "css/unproven", f"which {unfit.reason}", where)
        try:
            minified, changed = self._minified(text)
        except ValueError as fault:
            complaint, where = _refusal(str(fault), text, given.shown)
            return _by_our_engine(given, "css/refused", f"which refuses it: {complaint}", where)
        for value in changed:
            where = locate(given.shown, text, value.start, value.end)
            return _by_our_engine(given, "css/unproven", f"whose result has another value of `{value.name}`", where)
        for where, complaint in _changes(text, minified, given.shown):
            return _by_our_engine(given, "css/unproven", complaint, where)
        return Compiled(_with_head(text, _with_licences(text, minified)))

    def _minified(self, text: str) -> tuple[str, list[Declaration]]:
        """The result, and the declarations whose value it lacks; raises ValueError if the sheet is refused."""
        minified = self._result(text)
        kept = kept_declarations(text, self._answers)
        changed = [*self._changed_values(kept, minified)]
        hidden = [value for value in changed if value.is_custom or not self._answers.knows(value.name)]
        if not hidden or _PLACEHOLDER in text:
            return minified, changed
        names = {value: f"{_PLACEHOLDER}{index}-" for index, value in enumerate(sorted({one.value for one in hidden}))}
        with_names = self._result(edited(text, [Edit(one.start, one.end, names[one.value]) for one in hidden]))
        minified = with_names
        for value, name in names.items():
            minified = minified.replace(name, value if "\\" in value else value.strip())
        overridden = {one for one in hidden if names[one.value] not in with_names}
        return minified, [one for one in self._changed_values(kept, minified) if one not in overridden]

    def _changed_values(self, kept: Sequence[Declaration], minified: str) -> Iterator[Declaration]:
        """Those of the declarations `kept` whose value is not in the result, unless a later one took their place."""
        for declaration in changed_values(kept, minified, self._answers):
            alone = f"a{{{declaration.name}:{declaration.value}}}"
            try:
                kept_alone = kept_declarations(alone, self._answers)
                is_overridden = not [*changed_values(kept_alone, self._result(alone), self._answers)]
            except ValueError:
                is_overridden = False
            if not is_overridden:
                yield declaration

    @cached_property
    def _answers(self) -> Minifier:
        return Minifier(knows=cache(self._knows), color=cache(self._color))

    def _knows(self, name: str) -> bool:
        """Whether it has a grammar for the property: it writes the names of others as they are."""
        with suppress(ValueError):
            return f"{name.upper()}:" not in self._result(f"a{{{name.upper()}:initial}}")
        return False

    def _color(self, text: str) -> str:
        with suppress(ValueError):
            return self._result(f"a{{color:{text}}}")
        return text

    def _result(self, text: str) -> str:
        """lightningcss's own result; raises ValueError with its reason if it refuses the sheet or panics."""
        try:
            return _processed(text, self._browsers)
        except BaseException as fault:
            if type(fault).__name__ != "PanicException":  # of PyO3, which offers no name to import
                raise
            raise ValueError(f"it panicked ({fault})") from None

    def close(self) -> None:
        """Do nothing: the engine has no resources."""


def _by_our_engine(given: EngineInput, code: str, complaint: str, where: Location) -> Compiled:
    message = f"`{given.shown}` is minified by the engine `builtin` and not by lightningcss, {complaint}"
    refused = warning(code, message, where, notes=["so it is not translated for `browsers`"], hint=_BUILT_IN)
    compiled = SheetEngine().run(given)
    return replace(compiled, diagnostics=(refused, *compiled.diagnostics))


def _refusal(message: str, text: str, shown: str) -> tuple[str, Location]:
    """The reason in lightningcss's `message`, in our form, and its place."""
    match = _REFUSAL.fullmatch(message)
    if match is None:
        return sentence(message), Location(shown)
    line, column = int(match[2]), int(match[3])
    lines = _LINE_END.split(text)
    line_text = lines[line] if line < len(lines) else ""
    # It counts lines from 0, columns from 1 and in UTF-16.
    before = line_text.encode("utf-16-le")[: 2 * (column - 1)].decode("utf-16-le", "ignore")
    return sentence(_TOKEN_NAME.sub(r"`\1`", match[1])), place(shown, line + 1, len(before) + 1, line_text)


def _changes(text: str, minified: str, shown: str) -> Iterator[tuple[Location, str]]:
    """The checks that the result `minified` fails: each with a place in `text` and a clause for the message.

    The number of references to a URL may change: equal rules are merged, prefixed properties are added.
    """
    written = references_in(Syntax.CSS, text)
    before = {reference.url for reference in written}
    after = {reference.url for reference in references_in(Syntax.CSS, minified)}
    for reference in written:
        if reference.url not in after:
            yield locate(shown, text, reference.start, reference.end), f"whose result lacks `{reference.url}`"
    for url in sorted(after - before):
        yield Location(shown), f"whose result refers to `{url}`"
    if faults(minified):
        yield Location(shown), "whose result cannot be read"
        return
    try:
        if lost := first_lost(text, minified):
            what = f"`{lost.at_rule}`" if lost.at_rule else "rule"
            where = locate(shown, text, lost.start, lost.end)
            yield where, f"whose result has this {what} in another place or not at all"
    except TooManyError:
        yield Location(shown), "whose result cannot be compared, because nested lists of selectors expand to too many"


def _with_licences(text: str, minified: str) -> str:
    """`minified` with the licence comments that lightningcss removed: it keeps only those at the head."""
    if text.count("/*!") <= minified.count("/*!"):
        return minified
    return with_comments(minified, licences(text), licences(minified))


def _with_head(text: str, minified: str) -> str:
    """`minified` with the `@charset` that lightningcss removes, if the text is not all ASCII."""
    if text.startswith('@charset "') and not minified.isascii():
        return f'@charset "utf-8";{minified}'
    return minified


def lightningcss_engine(options: EngineOptions) -> LightningcssEngine:
    """The engine `lightningcss`; raises BuildError if it is not installed or lacks one of the browsers."""
    try:
        return LightningcssEngine(_installed_version(), _known(options.browsers or DEFAULT_BROWSERS))
    except UnavailableError as why:
        raise BuildError([why.diagnostic("css/unavailable", None)]) from None


def _installed_version() -> str:
    try:
        import lightningcss
    except ImportError:
        raise UnavailableError(
            "lightningcss is not installed", 'run `pip install "buildassets[lightningcss]"`'
        ) from None
    return installed_version("lightningcss", os.path.dirname(lightningcss.__path__[0]))


def _processed(text: str, browsers: list[str]) -> str:
    """lightningcss's result for the sheet. Raises ValueError."""
    from lightningcss import process_stylesheet

    return process_stylesheet(text, browsers_list=browsers)


def _known(browsers: Sequence[str]) -> list[str]:
    """For each browser, the newest version that lightningcss knows and that is not newer."""
    newest = []
    for browser in browsers:
        name, _, version = browser.partition(" ")
        known = next((one for one in _versions(version) if _is_known(f"{name} {one}")), None)
        if known is None:
            raise UnavailableError(f"lightningcss knows no `{browser}`", "name a version that there is in `browsers`")
        newest.append(f"{name} {known}")
    return newest


def _versions(version: str) -> Iterator[str]:
    """`version` and the possible ones before it, as in `16.4.1`, 16.4, 16.3, … 16.0, 16, 15, …."""
    numbers = [int(digits) for digits in version.split(".")]
    yield version
    if numbers[1:]:
        yield from (f"{numbers[0]}.{minor}" for minor in range(numbers[1], -1, -1))
    for major in range(numbers[0], 0, -1):
        yield from (str(major), f"{major}.0")


def _is_known(browser: str) -> bool:
    try:
        _processed("", [browser])
    except ValueError:
        return False
    return True
