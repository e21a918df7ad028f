"""Where a piece that esbuild wrote points: at other pieces, and at files beside the sources. Pure.

esbuild writes the URL of a piece after a host of ours, and leaves what it does not know as the source has it: relative
to the source, which the piece's source map names.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from os.path import dirname, join, normpath
from typing import Final, Literal

from buildassets.compiler.engines.esbuild.bundle import HOST, META_URL, Format, Piece
from buildassets.compiler.languages.edits import Edit
from buildassets.compiler.languages.javascript.asset_url import own_url
from buildassets.compiler.languages.javascript.references import unescaped
from buildassets.compiler.languages.reference import ReferenceKind
from buildassets.compiler.languages.scan import scan
from buildassets.frozen import frozen
from buildassets.media import Syntax, media_of, suffix
from buildassets.paths import LogicalPath, from_url, quoted, relative, split_url, to_url

Form = Literal["url", "module", "value"]

_HOST: Final = re.compile(rf"""(["'`]){re.escape(HOST)}((?:(?!\1)[^\\]|\\.)*)\1""")
_META: Final = re.compile(rf"""\bnew URL\(\s*(["'`])((?:(?!\1)[^\\]|\\.)*)\1\s*,\s*{re.escape(META_URL)}\s*\)""")
_IMPORT_BEFORE: Final = re.compile(r"(?:\bfrom|\bimport|\bimport\()\s*\Z")
_WORKER_BEFORE: Final = re.compile(r"\bnew (?:Shared)?Worker\(\s*(?:/\*.*?\*/\s*)?\Z")
_MODULE_AFTER: Final = re.compile(r"\s*,\s*\{[^{}]*?\btype:\s*[\"'`]module[\"'`]")
_WORD_BEFORE: Final = re.compile(r"[\w$]\Z")
_WORD_AFTER: Final = re.compile(r"[\w$]")
_NO_PATH: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*:|[/\\#?]|\Z")
_SCRIPTS: Final = frozenset((".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx"))
_NEAR: Final = 80  # characters that are looked at before a place


@frozen
class Aim:
    """A place in a piece, and where it points.

    `text[start:end]` is the reference without its quotes, or the whole string where that is a value. `piece` is the
    name of a piece, or else `path` the file that is meant, beside `origin`. `tail` is the query and fragment. `script`
    is the form in which a script that runs by itself is wanted.
    """

    start: int
    end: int
    form: Form
    piece: str = ""
    path: str = ""
    origin: str = ""
    tail: str = ""
    script: Format | None = None


Origins = Callable[[int], str | None]  # from a place in the text to the source that wrote it


def aims(piece: Piece, text: str, names: frozenset[str], origin_of: Origins) -> list[Aim]:
    """Every place of `text`, the body of `piece`, that points at a piece or a file; `names` are those of all pieces."""
    syntax = media_of(piece.name).syntax
    found = _in_script(text, names, origin_of) if syntax is Syntax.JAVASCRIPT else _in_sheet(text, names, origin_of)
    return sorted(found, key=lambda aim: aim.start)


def _in_script(text: str, names: frozenset[str], origin_of: Origins) -> Iterator[Aim]:
    for match in _HOST.finditer(text):
        before = text[max(0, match.start() - _NEAR) : match.start()]
        name, tail = _named(unescaped(match[2]) or "", names)
        if _IMPORT_BEFORE.search(before):
            yield Aim(match.start() + 1, match.end() - 1, "module", piece=name, tail=tail)
        else:
            yield Aim(*match.span(), "value", piece=name, tail=tail)
    for match in _META.finditer(text):
        yield from _beside("url", match.span(2), unescaped(match[2]) or "", origin_of, _wanted(text, match))
    if "import.meta.resolve" in text:
        for reference in scan(Syntax.JAVASCRIPT, text):
            if reference.kind is ReferenceKind.RESOLVED and reference.url.startswith(("./", "../")):
                yield from _beside("module", (reference.start, reference.end), reference.url, origin_of, "esm")


def _wanted(text: str, call: re.Match[str]) -> Format:
    """A worker that is not said to be a module is a classic script; anything else may be one."""
    is_worker = _WORKER_BEFORE.search(text[max(0, call.start() - _NEAR) : call.start()])
    return "iife" if is_worker and not _MODULE_AFTER.match(text, call.end()) else "esm"


def _in_sheet(text: str, names: frozenset[str], origin_of: Origins) -> Iterator[Aim]:
    for reference in scan(Syntax.CSS, text):
        if reference.kind is ReferenceKind.SOURCE_MAP:
            continue
        if reference.url.startswith(HOST):
            name, tail = _named(reference.url[len(HOST) :], names)
            yield Aim(reference.start, reference.end, "url", piece=name, tail=tail)
            continue
        yield from _beside("url", (reference.start, reference.end), reference.url, origin_of)


def _named(url: str, names: frozenset[str]) -> tuple[str, str]:
    """The piece that `url` names, and its query and fragment: esbuild encodes no character, so a name may hold `#`."""
    cut = len(url)
    while cut > 0 and url[:cut] not in names:
        cut = max(url.rfind(mark, 0, cut) for mark in "?#")
    return (url[:cut], url[cut:]) if cut > 0 else (url, "")


def _beside(
    form: Form, span: tuple[int, int], url: str, origin_of: Origins, script: Format | None = None
) -> Iterator[Aim]:
    """What `url` points at as seen from the source that wrote it; `script` is wanted where that is a script."""
    path, tail = split_url(url)
    origin = None if _NO_PATH.match(path) else origin_of(span[0])
    if origin:
        path = normpath(join(dirname(origin), from_url(path)))
        wanted = script if suffix(path) in _SCRIPTS else None
        yield Aim(*span, form, path=path, origin=origin, tail=tail, script=wanted)


def own_base(form: Format, logical: LogicalPath) -> str:
    """What the script `logical` says for its own URL; a name by which references are known.

    What is no module has no `import.meta`, and there it is a variable.
    """
    return "import.meta.url" if form == "esm" else own_url(logical)


def edit_of(aim: Aim, text: str, base: LogicalPath, target: LogicalPath, own: str) -> Edit:
    """What makes `aim` name the asset `target` from the asset `base`, a script that calls its URL `own`."""
    url = to_url(relative(base, target)) + quoted(aim.tail)
    if aim.form == "module" and not url.startswith("."):
        url = "./" + url
    if aim.form != "value":
        return Edit(aim.start, aim.end, url)
    lead = " " if _WORD_BEFORE.search(text[max(0, aim.start - 1) : aim.start]) else ""
    trail = " " if _WORD_AFTER.match(text, aim.end) else ""
    return Edit(aim.start, aim.end, f'{lead}new URL("{url}",{own}).href{trail}')


def own_edits(text: str, found: Iterable[Aim], form: Format, own: str) -> Iterator[Edit]:
    """What writes `own` where the sources say `import.meta.url`.

    In a classic script it is a variable at the head of its function, with the URL of the script that runs, or of the
    worker.
    """
    places = [match.start() for match in re.finditer(re.escape(META_URL), text)]
    if form == "iife" and (places or any(aim.form == "value" for aim in found)):
        head = text.index("{") + 1
        yield Edit(head, head, f"var {own}={_OWN_URL};")
    for place in places:
        yield Edit(place, place + len(META_URL), own)


_OWN_URL: Final = (
    'typeof document=="object"?document.currentScript&&document.currentScript.src||document.baseURI:location.href'
)


def unnamed_folders(text: str, folders: Iterable[str]) -> Iterator[Edit]:
    """What takes the `folders`, relative paths of where packages lie, out of esbuild's comments and keys of modules.

    Where `node_modules` is a link, these differ from one machine to another.
    """
    for folder in folders:
        for match in re.finditer(rf'(?:// |/\* |"){re.escape(folder)}(?=node_modules/)', text):
            yield Edit(match.end() - len(folder), match.end())
