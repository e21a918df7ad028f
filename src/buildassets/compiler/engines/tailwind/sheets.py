"""A sheet for Tailwind as one text, with its imports in it and its sources taken out.

Takes a sheet and a reader, gives pieces of text that know where they come from, and the globs of the files whose
classes count. Reads files by the reader alone. Tailwind would put the same sheets in, but leaves each `url()` as it
stands.
"""

import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from buildassets.compiler.engines.reader import Reader
from buildassets.compiler.engines.tailwind.packages import homes, plugin_files, sheet_of_package
from buildassets.compiler.engines.tailwind.rules import AtRule, is_of_tailwind, quoted, rules
from buildassets.compiler.languages.css.references import scan
from buildassets.compiler.languages.reference import ReferenceKind
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate, warning
from buildassets.foundation.paths import split_url, to_url

_MOST_NESTED: Final = 100  # as in Tailwind itself
_MOST_IMPORTS: Final = 5000  # of one sheet: imports that double at each level would otherwise never end
_WITH_UTILITIES: Final = ("tailwindcss", "tailwindcss/index.css", "tailwindcss/utilities", "tailwindcss/utilities.css")
_SOURCE: Final = re.compile(r"source\(\s*(?:none|\"([^\"]*)\"|'([^']*)')\s*\)", re.IGNORECASE)
_ELSEWHERE: Final = re.compile(r"[a-z][a-z0-9+.-]*:|//|/|#", re.IGNORECASE)
_CONDITION: Final = re.compile(r"\s*(layer|supports)\s*(?:\(((?:[^()]|\([^()]*\))*)\)|(?![-\w(]))", re.IGNORECASE)

# Braces in the globs of `@source`: `{html,js}` and `{1..3}`.
_BRACES: Final = re.compile(r"\{([^{}]*)\}")
_RANGE: Final = re.compile(r"(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?")
_MOST_EXPANDED: Final = 1000  # of what one glob stands for


class Piece(NamedTuple):
    """A part of the whole text; it is at `offset` in the file `path`. What no file has is of no path."""

    text: str
    path: str = ""
    offset: int = 0


class _Replaced(NamedTuple):
    """`pieces` are in place of what is between `start` and `end`."""

    start: int
    end: int
    pieces: Sequence[Piece] = ()


class Scanned(NamedTuple):
    """A `@source`, or the `source()` of an import: `globs` as seen from `folder`, written as `written` at `place`."""

    folder: str
    globs: tuple[str, ...]
    written: str
    place: Location


class TailwindSheet:
    """The sheet `text` of the file `path`, which imports others below the absolute `folders` and from packages.

    The first of `folders` is that of the project.

    Packages are in a `node_modules` next to a sheet or above it.

    `pieces` are the whole text. `scans` is whether it has utilities, so that classes count; those of the templates only
    if `is_automatic`. If it `has_sources` of its own, `included` and `excluded` are these. `texts` are those of all
    sheets that are in it, by path.
    """

    def __init__(self, path: str, text: str, reader: Reader, shown: str, *, folders: Sequence[str]) -> None:
        self._project = folders[0]
        self._within = tuple(os.path.join(folder, "") for folder in folders)
        self.scans = False
        self.is_automatic = True
        self.has_sources = False
        self.included: list[Scanned] = []
        self.excluded: list[Scanned] = []
        self.texts: dict[str, str] = {}
        self.shown = {path: shown}
        self.diagnostics: list[Diagnostic] = []
        self._imports = 0
        self._top = os.path.dirname(path)
        self._reader = reader
        self.pieces: tuple[Piece, ...] = tuple(self._pieces(path, text, ()))

    @property
    def whole(self) -> str:
        """The whole text."""
        return "".join(piece.text for piece in self.pieces)

    def begin_with(self, text: str) -> None:
        """Put `text` before all others."""
        self.pieces = (Piece(text), *self.pieces)

    def place(self, path: str, start: int, end: int) -> Location:
        """The place of the span in the sheet at `path`."""
        return locate(self.shown[path], self.texts[path], start, end)

    def _pieces(self, path: str, text: str, around: tuple[str, ...]) -> Iterator[Piece]:
        """The text of one sheet, that lies in those `around` it."""
        self.texts[path] = text
        self.shown.setdefault(path, self._reader.shown(path))
        position = 0
        for replaced in sorted(self._replaced(path, text, around), key=lambda one: one.start):
            if replaced.start >= position:
                yield Piece(text[position : replaced.start], path, position)
                yield from replaced.pieces
                position = replaced.end
        yield Piece(text[position:], path, position)

    def _replaced(self, path: str, text: str, around: tuple[str, ...]) -> Iterator[_Replaced]:
        for rule in rules(text):
            yield from self._of_rule(path, text, rule, around)
        if around:
            yield from self._moved_urls(path, text)

    def _of_rule(self, path: str, text: str, rule: AtRule, around: tuple[str, ...]) -> Iterator[_Replaced]:
        if rule.name in ("@import", "@reference") and rule.value:
            if not is_of_tailwind(rule.value):
                yield from self._of_import(path, rule, around)
            elif rule.name == "@import" and rule.value in _WITH_UTILITIES:
                yield from self._of_utilities(path, text, rule)
        elif rule.name == "@tailwind" and rule.words[:1] == ("utilities",):
            yield from self._of_utilities(path, text, rule)
        elif rule.name == "@tailwind":
            self._warn_of_old(path, rule)
        elif rule.name == "@source":
            self._add_source(path, rule)
            yield from (_Replaced(rule.start, rule.end),) if rule.value is not None else ()
        elif rule.name in ("@plugin", "@config") and rule.value:
            yield from self._of_plugin(path, rule)
        elif rule.name == "@charset" and around:
            yield _Replaced(rule.start, rule.end)

    def _add_source(self, path: str, rule: AtRule) -> None:
        self.has_sources = True
        if rule.value is not None:  # else it is `inline()`, which Tailwind reads
            globs = self.excluded if "not" in rule.words else self.included
            place = self.place(path, rule.value_start, rule.value_end)
            globs.append(Scanned(os.path.dirname(path), tuple(expanded(rule.value)), rule.value, place))

    def _warn_of_old(self, path: str, rule: AtRule) -> None:
        message = f"`@tailwind {' '.join(rule.words)}` is a rule of Tailwind 3, and has no effect"
        hint = 'write `@import "tailwindcss";` in place of all such rules'
        self.diagnostics.append(
            warning("tailwind/old-rule", message, self.place(path, rule.start, rule.end), hint=hint)
        )

    def _of_import(self, path: str, rule: AtRule, around: tuple[str, ...]) -> Iterator[_Replaced]:
        """The sheet that the rule imports, in its place. Tailwind leaves an import with `url()` to the browser."""
        assert rule.value is not None
        if _ELSEWHERE.match(rule.value):
            yield _Replaced(rule.value_start, rule.value_end, (Piece(f"url({quoted(rule.value)})"),))
            return
        found = self._found(path, rule.value)
        if found is None:
            if rule.value.startswith("."):
                self._refuse(path, rule, f"cannot find `{rule.value}`", "correct the path, or create the sheet")
            return
        target, text = found
        if not target.startswith((*self._within, *homes(os.path.dirname(path), ""))):
            hint = "copy the sheet into the project, or add its folder to `load_paths` or `sources`"
            self._refuse(path, rule, f"`{rule.value}` lies outside of the project", hint)
            return
        if target == path or target in around:
            self._refuse(path, rule, f"`{rule.value}` imports this sheet in its turn", "take out one of the imports")
            return
        self._imports += 1
        if len(around) >= _MOST_NESTED or self._imports > _MOST_IMPORTS:
            self._refuse_more(path, rule)
            return
        inner = self._pieces(target, text, (*around, path))
        opened, closed = _wrapped(f"{rule.rest} reference" if rule.name == "@reference" else rule.rest)
        yield _Replaced(rule.start, rule.end, (Piece(opened), *inner, Piece(closed)))

    def _refuse_more(self, path: str, rule: AtRule) -> None:
        """Refuse an import of too many; those that follow are left without a report."""
        if self._imports <= _MOST_IMPORTS + 1:
            what = f"imports are nested more than {_MOST_NESTED} deep, or more than {_MOST_IMPORTS:,}"
            self._refuse(path, rule, what, "import each sheet once, and from one place")

    def _refuse(self, path: str, rule: AtRule, message: str, hint: str) -> None:
        place = self.place(path, rule.value_start, rule.value_end)
        self.diagnostics.append(error("tailwind/failed", message, place, hint=hint))

    def _found(self, path: str, url: str) -> tuple[str, str] | None:
        """The sheet that an import in `path` names, and its text."""
        folder = os.path.dirname(path)
        for name in (url, f"{url}.css"):
            target = os.path.normpath(os.path.join(folder, name))
            if (text := self._reader.read(target)) is not None:
                return target, text
        return None if url.startswith(".") else sheet_of_package(self._reader, folder, url, project=self._project)

    def _of_utilities(self, path: str, text: str, rule: AtRule) -> Iterator[_Replaced]:
        """The rule with Tailwind's own detection off; a folder that it names counts in place of the templates."""
        self.scans = True
        source = _SOURCE.search(text, rule.start, rule.end)
        if source is None:
            end = rule.end - text[rule.start : rule.end].endswith(";")
            yield _Replaced(end, end, (Piece(" source(none)"),))
            return
        self.is_automatic = False
        if base := source[1] or source[2]:
            self.included.append(Scanned(os.path.dirname(path), (base,), base, self.place(path, *source.span())))
            yield _Replaced(*source.span(), (Piece("source(none)"),))

    def _of_plugin(self, path: str, rule: AtRule) -> Iterator[_Replaced]:
        """The rule with an absolute path in place of a relative one: the text is read as one of the first sheet."""
        assert rule.value is not None
        folder = os.path.dirname(path)
        is_path = rule.value.startswith((".", "/"))
        target = plugin_files(self._reader, folder, rule.value, project=self._project)
        if is_path and target is None:
            self._refuse(path, rule, f"cannot find `{rule.value}`", "correct the path, or create the file")
        elif target is not None:
            yield _Replaced(rule.value_start, rule.value_end, (Piece(quoted(target)),))

    def _moved_urls(self, path: str, text: str) -> Iterator[_Replaced]:
        """Each relative URL of a sheet that is put in, as seen from the first one."""
        folder = os.path.relpath(os.path.dirname(path), self._top).replace(os.sep, "/")
        imports = [(rule.value_start, rule.value_end) for rule in rules(text) if rule.value is not None]
        for reference in scan(text):
            is_import = any(start <= reference.start < end for start, end in imports)
            if reference.kind is ReferenceKind.URL and not is_import and not _ELSEWHERE.match(reference.url):
                name, tail = split_url(reference.url)
                moved = posixpath.normpath(f"{to_url(folder)}/{name}") + tail
                yield _Replaced(reference.start, reference.end, (Piece(_escaped_url(moved)),))


def _escaped_url(url: str) -> str:
    return re.sub(r"[\\\"'()\s]", lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), url)


def _wrapped(conditions: str) -> tuple[str, str]:
    """The text before and after a sheet imported under `conditions`, as Tailwind writes it."""
    layer: str | None = None
    supports = ""
    while found := _CONDITION.match(conditions):
        if found[1].lower() == "layer":
            layer = found[2] or ""
        else:
            supports = found[2] if found[2].startswith("(") else f"({found[2]})"
        conditions = conditions[found.end() :]
    opened = [f"@layer {layer} {{\n"] if layer is not None else []
    opened += [f"@media {conditions.strip()} {{\n"] if conditions.strip() else []
    opened += [f"@supports {supports} {{\n"] if supports else []
    return "".join(reversed(opened)), "\n" + "}" * len(opened) + "\n"


def starts(pieces: Iterable[Piece]) -> list[int]:
    """Where each of `pieces` begins in the whole text."""
    found, position = [], 0
    for piece in pieces:
        found.append(position)
        position += len(piece.text)
    return found


def expanded(glob: str) -> list[str]:
    """The globs without braces that `glob` stands for, in order; braces without a comma or a range stay."""
    return list(dict.fromkeys(islice(_expanded(glob), _MOST_EXPANDED)))


def _expanded(glob: str) -> Iterator[str]:
    for braces in _BRACES.finditer(glob):
        choices = _choices(braces[1])
        if choices:
            for choice in choices:
                yield from _expanded(f"{glob[: braces.start()]}{choice}{glob[braces.end() :]}")
            return
    yield glob


def _choices(inside: str) -> list[str]:
    if "," in inside:
        return inside.split(",")
    if found := _RANGE.fullmatch(inside):
        first, last, step = int(found[1]), int(found[2]), abs(int(found[3] or 1)) or 1
        numbers = range(first, last + 1, step) if first <= last else range(first, last - 1, -step)
        return [str(number) for number in numbers[:_MOST_EXPANDED]]
    return []
