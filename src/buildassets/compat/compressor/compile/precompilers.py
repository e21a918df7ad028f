"""Compiles other languages to CSS or JavaScript: with our engines, or the project's commands and classes.

Takes a content with its type, gives a text, or the reason why there is none. Runs commands. Imports Django.
"""

import os
import shlex
import tempfile
from collections.abc import Mapping
from typing import Any, Final

from django.utils.module_loading import import_string

from buildassets.compat.compressor.run.stand_ins.classes import written_input
from buildassets.disk.plain_files import plain
from buildassets.foundation.frozen import frozen
from buildassets.foundation.permission import BUILDING
from buildassets.programs.start import named, run_line

__all__ = ["SASS_SUFFIXES", "PrecompilerError", "SourceToCompile", "is_for_engine", "precompiled", "was_libsass"]

SASS_SUFFIXES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("text/x-scss", "text/scss"), ".scss"),
    **dict.fromkeys(("text/x-sass", "text/sass"), ".sass"),
}
_OURS: Final = ("django_libsass.",)
_SASS_COMMANDS: Final = ("sass", "sassc", "pyscss", "node-sass", "pysassc", "scss", "dart-sass")


class PrecompilerError(Exception):
    """A precompiler failed; carries the reason in our form, and its output as `detail`."""

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


@frozen
class SourceToCompile:
    """A source to compile: `file` is the absolute path of a linked one, `path` its logical one; None for others."""

    text: str
    kind: str
    attributes: Mapping[str, str]
    charset: str
    file: str | None = None
    path: str | None = None


def is_for_engine(mimetype: str, precompilers: Mapping[str, str]) -> bool:
    """Whether our own engine compiles that type: Sass, unless a class of the project's is to do it."""
    if mimetype not in SASS_SUFFIXES:
        return False
    given = precompilers.get(mimetype)
    return given is None or given.startswith(_OURS) or _is_sass_command(given)


def was_libsass(precompilers: Mapping[str, str]) -> bool:
    """Whether libsass compiles some Sass under these settings."""
    given = [precompilers.get(mimetype, "") for mimetype in SASS_SUFFIXES]
    return any(one.startswith(_OURS) or bool(_programs(one) & {"sassc", "pysassc"}) for one in given)


def _is_sass_command(given: str) -> bool:
    return bool(_programs(given) & set(_SASS_COMMANDS))


def _programs(given: str) -> set[str]:
    """The names that may be that of the program in a command, as in `npx sass`, `bundle exec sass`."""
    try:
        return {os.path.basename(word) for word in shlex.split(given)[:3]}
    except ValueError:
        return set()


def precompiled(content: SourceToCompile, precompiler: str) -> str:
    """The result of `precompiler`, a command or the dotted name of a class, for `content`. Raises PrecompilerError."""
    made = _class(precompiler)
    return _by_command(content, precompiler) if made is None else _by_class(content, made, precompiler)


def _class(name: str) -> Any:
    """The class that a dotted name means; None for a command."""
    if not all(part.isidentifier() for part in name.split(".")) or "." not in name:
        return None
    try:
        return import_string(name)
    except ImportError as fault:
        raise PrecompilerError(f"cannot import the precompiler `{name}`: {fault}") from None


def _by_class(content: SourceToCompile, made: Any, name: str) -> str:
    try:
        compiler = made(
            content.text,
            attrs=dict(content.attributes),
            filter_type=content.kind,
            charset=content.charset,
            filename=content.file,
        )
        return str(compiler.input(basename=content.path, kind="file" if content.file else "inline", elem=None))
    except Exception as fault:
        raise PrecompilerError(f"the precompiler `{name}` failed", f"{type(fault).__name__}: {fault}") from None


def _by_command(content: SourceToCompile, command: str) -> str:
    with tempfile.TemporaryDirectory(prefix="buildassets-") as folder:
        suffix = f".{content.kind}"
        filled: dict[str, str] = {}
        if "{infile}" in command:
            filled["infile"] = shlex.quote(content.file or written_input(folder, content.text))
        outfile = os.path.join(folder, "out" + suffix)
        if "{outfile}" in command:
            filled["outfile"] = shlex.quote(outfile)
        line = _filled(command, filled)
        given = b"" if "infile" in filled else content.text.encode("utf-8")
        done = run_line(named([line], permission=BUILDING), input=given)
        printed = done.stderr.decode("utf-8", "replace").strip() or done.stdout.decode("utf-8", "replace").strip()
        if done.returncode:
            raise PrecompilerError(f"the precompiler `{command}` ended with {done.returncode}", printed)
        if "outfile" not in filled:
            return _decoded(done.stdout, command)
        return _read(outfile, command, printed)


def _filled(command: str, named: Mapping[str, str]) -> str:
    """The command with its placeholders filled as Python's format strings are; other braces stay where it is none."""
    try:
        return command.format(**named)
    except (LookupError, ValueError):
        for name, value in named.items():
            command = command.replace("{" + name + "}", value)
        return command


def _read(path: str, command: str, printed: str) -> str:
    try:
        with open(plain(path), "rb") as file:
            made = file.read()
    except OSError:
        raise PrecompilerError(f"the precompiler `{command}` wrote no file", printed) from None
    return _decoded(made, command)


def _decoded(made: bytes, command: str) -> str:
    try:
        return made.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise PrecompilerError(f"what the precompiler `{command}` made is not UTF-8", str(fault)) from None
