"""Checks the syntax of scripts and modules with esbuild: in one process, whoever minifies them."""

import os
from functools import cached_property
from typing import Final

from buildassets.compiler.engines.esbuild.minify import EsbuildEngine, errors_of
from buildassets.compiler.engines.process.endings import DiedError
from buildassets.compiler.engines.protocol import Compiled, EngineInput
from buildassets.compiler.languages.javascript.lexer import reads_as_module

_FLAGS: Final = ("--loader=js", "--log-level=silent", "--log-limit=0", "--log-override:html-comment-in-js=silent")
_AS_MODULE: Final = "\nexport {}"


class EsbuildGrammar(EsbuildEngine):
    """Reports syntax errors that esbuild finds, as `js/syntax`, and leaves every text as it is."""

    name = "esbuild grammar"
    reads: tuple[str, ...] = ()

    @cached_property
    def programs(self) -> tuple[str, ...]:
        """The command."""
        return (os.path.realpath(self.command.path),)

    def run(self, given: EngineInput) -> Compiled:
        """The text of `given`, with an error for each fault; without errors if esbuild gave no result."""
        text = given.text.removeprefix("\ufeff")
        is_module = given.path.endswith(".mjs")
        try:
            answer = self._answer(text + _AS_MODULE if is_module and not reads_as_module(text) else text, _FLAGS)
            errors = self._refused(text, answer, _FLAGS, is_module=is_module)
        except (UnicodeEncodeError, OSError, DiedError):  # a TimeoutError is an OSError
            return Compiled(given.text)
        return Compiled(given.text, diagnostics=errors_of(text, errors, given.shown))
