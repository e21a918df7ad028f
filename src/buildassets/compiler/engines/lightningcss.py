"""Style sheets through lightningcss, for browsers that are named, and never with its error recovery.

With error recovery it drops every rule that it cannot read. Without, it refuses the sheet, which is then minified by
rcssmin. Its results cannot be proven by their tokens, for it merges rules and translates values; what is checked is
what a build relies on: the references, the comments of licences, that our own lexer can read it, and that each rule
still stands in what it stood in.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from buildassets.compiler.engines.lightningcss_refusals import find_unfit
from buildassets.compiler.engines.preserved import references_in, with_comments
from buildassets.compiler.engines.program_files import files_of_modules
from buildassets.compiler.engines.protocol import Compiled, EngineInput, EngineOptions
from buildassets.compiler.engines.rcssmin import RcssminEngine
from buildassets.compiler.engines.unavailable import UnavailableError
from buildassets.compiler.engines.wording import sentence
from buildassets.compiler.languages.css.lexer import Kind, faults, pieces
from buildassets.compiler.languages.css.open_ends import open_ends
from buildassets.compiler.languages.css.structure import TooManyError, first_lost
from buildassets.diagnostics import Location, locate, place, warning
from buildassets.errors import BuildError
from buildassets.media import Syntax

# Without browsers, lightningcss writes for the newest and takes away what older ones need. These are the last that
# run on Windows 7 and 8 (Chrome, Edge, Firefox, whose 115 is also the last for macOS before 10.15), and the Safari of
# early 2023: all that came since then understands what they do.
DEFAULT_BROWSERS: Final = ("chrome 109", "edge 109", "firefox 115", "ios 16.4", "safari 16.4")
_SAID: Final = re.compile(r"Parsing stylesheet failed: (.*) at :(\d+):(\d+)", re.DOTALL)
_LINE_END: Final = re.compile(r"\r\n|[\n\r\f]")
_TOKEN_NAME: Final = re.compile(r'[A-Z]\w+\("(.*)"\)')  # Ident("red"), as its programmers see it
_RCSSMIN: Final = 'set `css = "rcssmin"` under `[tool.buildassets.engines]`'

# It is the same for every sheet, so a build tells it once.
_NO_SOURCE_MAP: Final = warning(
    "css/no-source-map",
    "style sheets are minified by rcssmin, as lightningcss makes no source maps in Python",
    notes=["so they are not translated for `browsers`"],
    hint='set `source_maps = false` where the sheets have to be translated, or else `css = "rcssmin"`',
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
        """Its package, and that of rcssmin, which minifies what it refuses."""
        return (*files_of_modules("lightningcss"), *RcssminEngine().programs)

    def run(self, given: EngineInput) -> Compiled:
        """A sheet for these browsers in fewer characters; a warning where rcssmin had to make it."""
        text = given.text.removeprefix("\ufeff")
        if given.wants_source_map:
            compiled = RcssminEngine().run(given)
            return replace(compiled, diagnostics=(_NO_SOURCE_MAP, *compiled.diagnostics))
        if open_ends(text):
            return RcssminEngine().run(given)  # which says what browsers give up on
        for unfit in find_unfit(text):
            where = locate(given.shown, text, unfit.start, unfit.end)
            return _by_rcssmin(given, "css/unproven", f"which {unfit.reason}", where)
        try:
            minified = self._minified(text)
        except ValueError as fault:
            complaint, where = _refusal(str(fault), text, given.shown)
            return _by_rcssmin(given, "css/refused", f"which refuses it: {complaint}", where)
        for where, complaint in _changes(text, minified, given.shown):
            return _by_rcssmin(given, "css/unproven", complaint, where)
        return Compiled(_with_head(text, _with_licences(text, minified)))

    def _minified(self, text: str) -> str:
        """What lightningcss gives; ValueError with its reason where it gives nothing."""
        from lightningcss import process_stylesheet

        try:
            return process_stylesheet(text, browsers_list=self._browsers)
        except BaseException as fault:
            if type(fault).__name__ != "PanicException":  # of PyO3, which has nowhere to import it from
                raise
            raise ValueError(f"it panicked ({fault})") from None

    def close(self) -> None:
        """Nothing is held."""


def _by_rcssmin(given: EngineInput, code: str, complaint: str, where: Location) -> Compiled:
    message = f"`{given.shown}` is minified by rcssmin and not by lightningcss, {complaint}"
    said = warning(code, message, where, notes=["so it is not translated for `browsers`"], hint=_RCSSMIN)
    compiled = RcssminEngine().run(given)
    return replace(compiled, diagnostics=(said, *compiled.diagnostics))


def _refusal(said: str, text: str, shown: str) -> tuple[str, Location]:
    """The reason in our form, and its place."""
    match = _SAID.fullmatch(said)
    if match is None:
        return sentence(said), Location(shown)
    line, column = int(match[2]), int(match[3])
    lines = _LINE_END.split(text)
    line_text = lines[line] if line < len(lines) else ""
    # It counts lines from 0, columns from 1 and in UTF-16.
    before = line_text.encode("utf-16-le")[: 2 * (column - 1)].decode("utf-16-le", "ignore")
    return sentence(_TOKEN_NAME.sub(r"`\1`", match[1])), place(shown, line + 1, len(before) + 1, line_text)


def _changes(text: str, minified: str, shown: str) -> Iterator[tuple[Location, str]]:
    """Where and how the result is none that a build can rely on.

    How often something is referred to can change: equal rules are merged, prefixed properties are added.
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
        yield Location(shown), "whose result cannot be compared, as nested lists of selectors stand for too many"


def _with_licences(text: str, minified: str) -> str:
    """`minified` with the comments that lightningcss took away: it keeps those at the head only."""
    if text.count("/*!") <= minified.count("/*!"):
        return minified
    return with_comments(minified, _licences(text), _licences(minified))


def _licences(text: str) -> list[str]:
    return [piece for kind, piece, _ in pieces(text) if kind is Kind.COMMENT and piece.startswith("/*!")]


def _with_head(text: str, minified: str) -> str:
    """`minified` with the `@charset` that lightningcss takes away, where there is anything that it matters for."""
    if text.startswith('@charset "') and not minified.isascii():
        return f'@charset "utf-8";{minified}'
    return minified


def lightningcss_engine(options: EngineOptions) -> LightningcssEngine:
    """The engine `lightningcss`; raises BuildError where it is not installed or knows none of the browsers."""
    try:
        return LightningcssEngine(_installed_version(), _known(options.browsers or DEFAULT_BROWSERS))
    except UnavailableError as why:
        raise BuildError([why.diagnostic("css/unavailable", None)]) from None


def _installed_version() -> str:
    from importlib.metadata import version

    try:
        import lightningcss  # noqa: F401 - whether it loads is the question
    except ImportError:
        raise UnavailableError(
            "lightningcss is not installed", 'run `pip install "buildassets[lightningcss]"`'
        ) from None
    return version("lightningcss")


def _known(browsers: Sequence[str]) -> list[str]:
    """For each of the browsers the newest that lightningcss knows and that is not newer."""
    found = []
    for browser in browsers:
        name, _, version = browser.partition(" ")
        known = next((one for one in _versions(version) if _is_known(f"{name} {one}")), None)
        if known is None:
            raise UnavailableError(f"lightningcss knows no `{browser}`", "name a version that there is in `browsers`")
        found.append(f"{name} {known}")
    return found


def _versions(version: str) -> Iterator[str]:
    """`16.4.1`, and then what could come before it: 16.4, 16.3, … 16.0, 16, 15, …."""
    numbers = [int(digits) for digits in version.split(".")]
    yield version
    if numbers[1:]:
        yield from (f"{numbers[0]}.{minor}" for minor in range(numbers[1], -1, -1))
    for major in range(numbers[0], 0, -1):
        yield from (str(major), f"{major}.0")


def _is_known(browser: str) -> bool:
    from lightningcss import process_stylesheet

    try:
        process_stylesheet("", browsers_list=[browser])
    except ValueError:
        return False
    return True
