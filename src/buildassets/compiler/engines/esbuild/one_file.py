"""Runs esbuild's transform on one text at a time, with the flags that the caller chooses.

Takes a command, texts and flags; gives texts with source maps and diagnostics.
"""

import os
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from buildassets.compiler.engines.esbuild.minify import EsbuildEngine, errors_of, source_map_of, warnings_of
from buildassets.compiler.engines.failures import DiedError
from buildassets.compiler.engines.protocol import Compiled, EngineInput
from buildassets.foundation.diagnostics import Location, error, reason_text

_FLAGS: Final = (
    *("--charset=utf8", "--legal-comments=inline", "--log-level=silent", "--log-limit=0"),
    *("--sourcemap=external", "--sources-content=false", "--log-override:html-comment-in-js=silent"),
)
_WITH_ATTRIBUTES: Final = (0, 20)


class OneFileEsbuild(EsbuildEngine):
    """The esbuild of a project, in processes that live as long as this."""

    @cached_property
    def programs(self) -> tuple[str, ...]:
        """The command."""
        return (os.path.realpath(self.command.path),)

    @property
    def knows_attributes(self) -> bool:
        """Whether it has a name for import attributes among the features of a target."""
        return tuple(int(digits) for digits in self.command.version.split(".")[:2]) >= _WITH_ATTRIBUTES

    def transformed(self, given: EngineInput, flags: Sequence[str]) -> Compiled:
        """The result for `given` with `flags`; an error for each fault of its syntax."""
        text = given.text.removeprefix("\ufeff")
        try:
            answer = self._answer(text, (*_FLAGS, *flags))
        except UnicodeEncodeError:
            return _failed("it contains half a surrogate pair, which esbuild cannot read", given)
        except TimeoutError:
            return _failed(f"esbuild did not finish in {self._limit_seconds:g} seconds", given)
        except OSError as fault:
            return _failed(f"`{self.command.path}` cannot be started: {reason_text(fault)}", given)
        except DiedError as how:
            return _failed(f"esbuild crashed ({how})", given)
        if answer.errors:
            return Compiled("", diagnostics=errors_of(text, answer.errors, given.shown))
        found = tuple(warnings_of(text, answer, given))
        return Compiled(answer.code, diagnostics=found, source_map=source_map_of(answer.source_map, given.path))


def _failed(reason: str, given: EngineInput) -> Compiled:
    message = f"cannot compile `{given.shown}`: {reason}"
    return Compiled("", diagnostics=(error("js/crash", message, Location(given.shown)),))
