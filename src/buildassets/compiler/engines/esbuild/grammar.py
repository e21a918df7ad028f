"""Checks the syntax of scripts with esbuild when another engine, or none, minifies them."""

import os
from functools import cached_property
from typing import Final

from buildassets.compiler.engines.esbuild.command import find_esbuild
from buildassets.compiler.engines.esbuild.minify import EsbuildEngine, errors_of
from buildassets.compiler.engines.process.endings import DiedError
from buildassets.compiler.engines.protocol import Compiled, EngineInput
from buildassets.compiler.engines.unavailable import UnavailableError

_FLAGS: Final = ("--loader=js", "--log-level=silent", "--log-limit=0", "--log-override:html-comment-in-js=silent")


class EsbuildGrammar(EsbuildEngine):
    """Reports syntax errors that esbuild finds, as `js/syntax`, and leaves every text as it is."""

    name = "esbuild grammar"
    reads: tuple[str, ...] = ()

    @cached_property
    def programs(self) -> tuple[str, ...]:
        """The command."""
        return (os.path.realpath(self._command.path),)

    def run(self, given: EngineInput) -> Compiled:
        """The text of `given`, with an error for each fault; without errors if esbuild gave no result."""
        text = given.text.removeprefix("\ufeff")
        try:
            answer = self._answer(text, _FLAGS)
        except (UnicodeEncodeError, OSError, DiedError):  # a TimeoutError is an OSError
            return Compiled(given.text)
        return Compiled(given.text, diagnostics=errors_of(text, answer, given.shown))


def grammar_for(folder: str) -> EsbuildGrammar | None:
    """The syntax check for a project in `folder`; None if no esbuild runs there."""
    try:
        return EsbuildGrammar(find_esbuild(folder))
    except UnavailableError:
        return None
