"""Builds of projects that tests write, and what is to be read from them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from buildassets.compiler import build as compiler_build
from buildassets.compiler import check as compiler_check
from buildassets.compiler.check import CheckResult
from buildassets.compiler.config import load
from buildassets.compiler.config.values import Config, Mode
from buildassets.compiler.languages.edits import Joints
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult, LastBuild
from buildassets.foundation.diagnostics import Diagnostic, render_text
from buildassets.foundation.permission import BUILDING, Permission
from buildassets.manifest.model import Manifest


def load_config(
    file: str | None = None,
    *,
    start: str = ".",
    mode: Mode = "production",
    permission: Permission = BUILDING,
    needs_sources: bool = True,
    looks_above: bool = True,
    **overrides: Any,
) -> Config:
    """Load the configuration with these overrides of a command line."""
    return load.load_config(
        file,
        load.Overrides(**overrides),
        start=start,
        mode=mode,
        permission=permission,
        needs_sources=needs_sources,
        looks_above=looks_above,
    )


def build(config: Config, *, last: LastBuild | None = None, **asked: Any) -> BuildResult:
    """Build `config`, with what else the request asks for."""
    return compiler_build.build(BuildRequest(config=config, **asked), last=last)


def check(config: Config, **asked: Any) -> CheckResult:
    """Check `config`, with what else the request asks for."""
    return compiler_check.check(BuildRequest(config=config, **asked))


class Diagnosed(Protocol):
    """A build, a check, one run of an engine: whatever has diagnostics."""

    @property
    def diagnostics(self) -> Sequence[Diagnostic]: ...


def released(folder: Path, result: BuildResult, path: str) -> str:
    """The text of an asset, line ends as they are."""
    assert result.manifest is not None, printed(result)
    return (folder / "build/assets" / result.manifest.assets[path].file).read_bytes().decode()


def manifest_of(result: BuildResult) -> Manifest:
    """The manifest of a build, which has one."""
    assert result.manifest is not None, printed(result)
    return result.manifest


def printed(found: Diagnosed) -> str:
    """The diagnostics as a terminal shows them."""
    return "\n".join(map(render_text, found.diagnostics))


def codes(found: Diagnosed) -> list[str]:
    """The codes of the diagnostics."""
    return [one.code for one in found.diagnostics]


def only(found: Diagnosed) -> Diagnostic:
    """The one diagnostic that there is."""
    (one,) = found.diagnostics
    return one


def only_error(found: Diagnosed) -> Diagnostic:
    """The one diagnostic that there is, which is an error; deprecations are no matter."""
    (one,) = (one for one in found.diagnostics if one.code != "scss/deprecated")
    assert one.is_error
    return one


def joined(texts: Sequence[str], joints: Joints) -> str:
    """`texts` with the edits of `joints`, one behind the other."""
    pieces: list[str] = []
    for text, edits in zip(texts, joints.edits, strict=True):
        position = 0
        for start, end, replacement in edits:
            assert start >= position
            pieces += text[position:start], replacement
            position = end
        pieces.append(text[position:])
    return "".join(pieces)
