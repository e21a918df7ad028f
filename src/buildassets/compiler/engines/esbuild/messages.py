"""Reads the messages on esbuild's error stream, and turns them into diagnostics.

esbuild counts lines from 1, for which U+2028 ends one too, and columns from 0, in bytes. Its suggestions are about its
own options and are left out.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from posixpath import dirname, join
from typing import Final

from buildassets.compiler.languages.javascript.jsx import HINT as JSX_HINT
from buildassets.disk.plain_files import plain
from buildassets.foundation.diagnostics import Diagnostic, Location, Severity, locate, place
from buildassets.foundation.frozen import frozen
from buildassets.foundation.nearest import nearest

_HEAD: Final = re.compile(r"^\S+ \[(ERROR|WARNING)\] ", re.MULTILINE)
_IDENTIFIER: Final = re.compile(r" \[([a-z]+(?:-[a-z]+)*)\]\Z")
_PLACE: Final = re.compile(r"    (.+):(\d+):(\d+):\n")
_MARKS: Final = re.compile(r"^ +[│╵] +(~+|\^)\s*$", re.MULTILINE)
_LINE_END: Final = re.compile(r"\r\n|[\n\r\u2028\u2029]")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_UNRESOLVED: Final = re.compile(r'Could not resolve "(.*)"\Z', re.DOTALL)
JSX_REFUSED: Final = "The JSX syntax extension is not"
_SUGGESTIONS: Final = (
    "The esbuild loader for this file",
    "You can ",
    '"--',
    "You need to set the output format",
    "you can ",
)
_NO_LOADER: Final = re.compile(r'No loader is configured for "(\.[^"]*)" files')
_SHEETS: Final = (".scss", ".sass", ".less", ".styl")
_COMPILED: Final = (".vue", ".svelte", ".astro")  # there is a compiler for each, and its text is of no use
_SUFFIX: Final = re.compile(r"\.[a-z]+\Z")


@frozen
class MessagePlace:
    """A place as esbuild prints it: `file` relative to its working directory, `column` in bytes from 0."""

    file: str
    line: int
    column: int
    length: int


@frozen
class EsbuildMessage:
    """An error or a warning. `name` is esbuild's name for this kind of warning; `notes` have their own places."""

    severity: Severity
    text: str
    name: str = ""
    spot: MessagePlace | None = None
    notes: tuple[tuple[str, MessagePlace | None], ...] = ()

    @property
    def unresolved(self) -> str | None:
        """The import that finds no file, if the message is about one."""
        match = _UNRESOLVED.match(self.text)
        return _unquoted(match[1]) if match else None


def read_messages(output: str) -> list[EsbuildMessage]:
    """The messages in esbuild's `output`, which is without colour, in the order of the output."""
    heads = list(_HEAD.finditer(output))
    ends = [*(head.start() for head in heads), len(output)][1:]
    return [_message(head[1], output[head.end() : end]) for head, end in zip(heads, ends, strict=True)]


def _message(severity: str, block: str) -> EsbuildMessage:
    text, *rest = block.rstrip("\n").split("\n\n")
    identifier = _IDENTIFIER.search(text)
    found: list[tuple[str, MessagePlace | None]] = [(text[: identifier.start()] if identifier else text, None)]
    for paragraph in rest:
        spot = _spot(paragraph + "\n")
        if spot is None and paragraph.startswith("  "):
            found.append((" ".join(paragraph.split()), None))
        elif spot is not None and found[-1][1] is None:
            found[-1] = (found[-1][0], spot)
    return EsbuildMessage(
        Severity[severity], found[0][0], identifier[1] if identifier else "", found[0][1], notes=tuple(found[1:])
    )


def _spot(paragraph: str) -> MessagePlace | None:
    head = _PLACE.match(paragraph)
    if head is None:
        return None
    marks = _MARKS.search(paragraph, head.end())
    return MessagePlace(head[1], int(head[2]), int(head[3]), len(marks[1]) if marks else 1)


def diagnostics_of(
    messages: Iterable[EsbuildMessage], folder: str, shown: Callable[[str], str], default: Location | None
) -> Iterator[Diagnostic]:
    """The messages as diagnostics. esbuild ran in `folder`; `default` is the place of messages without one."""
    for message in messages:
        location = _location(message.spot, folder, shown) or default
        notes = tuple(_notes(message, folder, shown))
        code, text = "bundle/esbuild", _in_our_form(message.text)
        if message.unresolved is not None:
            code, text = "bundle/missing", f"cannot find `{message.unresolved}`"
        yield Diagnostic(
            message.severity, code, message=text, location=location, notes=notes, hint=_hint(message, folder)
        )


def _location(spot: MessagePlace | None, folder: str, shown: Callable[[str], str]) -> Location | None:
    if spot is None:
        return None
    path = join(folder, spot.file)
    text = _read_text(path)
    starts = [0, *(end.end() for end in _LINE_END.finditer(text))]
    if not 0 < spot.line <= len(starts):
        return place(shown(path), spot.line, spot.column + 1)
    start = starts[spot.line - 1]
    start += _characters(text[start:], spot.column)
    return locate(shown(path), text, start, start + spot.length)


def _characters(text: str, size_bytes: int) -> int:
    """The number of characters in the first `size_bytes` of `text` in UTF-8."""
    encoded = text[:size_bytes].encode("utf-8", "surrogateescape")
    return len(encoded[:size_bytes].decode("utf-8", "surrogateescape"))


def _read_text(path: str) -> str:
    try:
        with open(plain(path), encoding="utf-8", errors="surrogateescape", newline="") as file:
            return file.read()
    except OSError:
        return ""


def _notes(message: EsbuildMessage, folder: str, shown: Callable[[str], str]) -> Iterator[str]:
    for text, spot in message.notes:
        where = _location(spot, folder, shown)
        sentences = [one for one in text.split(". ") if not any(mark in one for mark in _SUGGESTIONS)]
        if sentences:
            end = f" {where.file}:{where.line}:{where.column}" if where else ""
            yield _in_our_form(". ".join(sentences)) + end
    if message.name:
        yield f"esbuild calls this `{message.name}`"


def _in_our_form(text: str) -> str:
    """`text` without a full stop at its end, in lower case, with names in backticks."""
    text = " ".join(text.split()).removesuffix(".")
    lowered = text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
    return _QUOTED.sub(lambda quoted: quoted[0] if "`" in quoted[1] else f"`{_unquoted(quoted[1])}`", lowered)


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _hint(message: EsbuildMessage, folder: str) -> str | None:
    if message.unresolved is not None:
        is_of_node = any("built into node" in text for text, _ in message.notes)
        base = join(folder, dirname(message.spot.file)) if message.spot else folder
        return None if is_of_node else _suggestion(message.unresolved, base)
    if message.text.startswith(JSX_REFUSED):
        return JSX_HINT
    unknown = _NO_LOADER.match(message.text)
    if unknown is None or unknown[1] in _COMPILED:
        return None
    if unknown[1] in _SHEETS:
        return "make the sheet an asset of its own, and name it in the page"
    return 'import it as text: `import text from "…" with { type: "text" }`'


def _suggestion(imported: str, base: str) -> str | None:
    """A hint with the file or package closest to the import `wanted` in the folder `base`."""
    if imported.startswith("."):
        start, slash, name = imported.rpartition("/")
        meant = nearest(name, _names(join(base, start), with_suffix="." in name))
        return f"did you mean `{start}{slash}{meant}`?" if meant else None
    depth = 2 if imported.startswith("@") else 1
    package = "/".join(imported.split("/")[:depth])
    packages = sorted(_packages(base))
    if package in packages or ":" in package:
        return None
    meant = nearest(package, packages, 0.75)
    return f"did you mean `{meant}{imported[len(package) :]}`?" if meant else f"install it: `npm install {package}`"


def _names(folder: str, *, with_suffix: bool) -> list[str]:
    names = _listed(folder)
    return names if with_suffix else sorted({_SUFFIX.sub("", name) for name in names})


def _packages(folder: str) -> Iterator[str]:
    while True:
        modules = join(folder, "node_modules")
        for name in _listed(modules):
            yield from (f"{name}/{one}" for one in _listed(join(modules, name))) if name.startswith("@") else (name,)
        if folder == dirname(folder):
            return
        folder = dirname(folder)


def _listed(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
