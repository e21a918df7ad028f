"""Finds and rewrites the URLs in pieces that esbuild wrote: of other pieces, and of files next to the sources. Pure.

esbuild writes the URL of a piece with a host that we gave it. It leaves other URLs as they are in the source, relative
to that; the piece's source map names the source.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from os.path import dirname, join, normpath
from typing import Final, Literal

from buildassets.compiler.engines.esbuild.bundle import HOST, META_URL, BundlePiece, Format
from buildassets.compiler.languages.edits import Edit
from buildassets.compiler.languages.javascript.asset_url import own_url
from buildassets.compiler.languages.javascript.references import unescaped
from buildassets.compiler.languages.reference import ReferenceKind
from buildassets.compiler.languages.scan import scan
from buildassets.foundation.frozen import frozen
from buildassets.foundation.media import Syntax, media_of, suffix
from buildassets.foundation.paths import LogicalPath, from_url, quoted, relative, split_url, to_url

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
_NEAR: Final = 80  # characters before a place that are searched


@frozen
class Aim:
    """A place in a piece, and the piece or file that it points at.

    - `text[start:end]`: the reference without its quotes, or the whole string if `form` is `value`
    - `piece`: the name of the piece
    - `path`: if it is not a piece, the file, which `origin` names by a relative URL
    - `tail`: the query and fragment
    - `script`: if the file is a script to be loaded by URL, the format in which it has to be bundled
    """

    start: int
    end: int
    form: Form
    piece: str = ""
    path: str = ""
    origin: str = ""
    tail: str = ""
    script: Format | None = None


Origins = Callable[[int], str | None]  # from an offset in the text to the path of the source of that text


def aims(piece: BundlePiece, text: str, names: frozenset[str], origin_of: Origins) -> list[Aim]:
    """Every place of `text`, the body of `piece`, that points at a piece or a file; `names` are those of all pieces."""
    syntax = media_of(piece.name).syntax
    of_syntax = _in_script if syntax is Syntax.JAVASCRIPT else _in_sheet
    return sorted(of_syntax(text, names, origin_of), key=lambda aim: aim.start)


def _in_script(text: str, names: frozenset[str], origin_of: Origins) -> Iterator[Aim]:
    """The strings with our host, which name pieces, and the relative URLs of `new URL` and `import.meta.resolve`."""
    for match in _HOST.finditer(text):
        before = text[max(0, match.start() - _NEAR) : match.start()]
        name, tail = _named(unescaped(match[2]) or "", names)
        if _IMPORT_BEFORE.search(before):
            yield Aim(match.start() + 1, match.end() - 1, "module", piece=name, tail=tail)
        else:
            yield Aim(*match.span(), "value", piece=name, tail=tail)
    for match in _META.finditer(text):
        yield from _beside(
            "url", match.span(2), unescaped(match[2]) or "", origin_of, script=_script_format(text, match)
        )
    if "import.meta.resolve" in text:
        for reference in scan(Syntax.JAVASCRIPT, text):
            if reference.kind is ReferenceKind.RESOLVED and reference.url.startswith(("./", "../")):
                yield from _beside("module", (reference.start, reference.end), reference.url, origin_of, script="esm")


def _script_format(text: str, call: re.Match[str]) -> Format:
    """The format of the script whose URL is the `new URL` at `call`: classic for a worker without `type: "module"`."""
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
    """The piece that `url` names, and the query and fragment. esbuild encodes nothing, so a name may contain `#`."""
    cut = len(url)
    while cut > 0 and url[:cut] not in names:
        cut = max(url.rfind(mark, 0, cut) for mark in "?#")
    return (url[:cut], url[cut:]) if cut > 0 else (url, "")


def _beside(
    form: Form, span: tuple[int, int], url: str, origin_of: Origins, *, script: Format | None = None
) -> Iterator[Aim]:
    """The file that `url` names relative to its source; `script` is the format to bundle it in if it is a script."""
    path, tail = split_url(url)
    origin = None if _NO_PATH.match(path) else origin_of(span[0])
    if origin:
        path = normpath(join(dirname(origin), from_url(path)))
        script_format = script if suffix(path) in _SCRIPTS else None
        yield Aim(*span, form, path=path, origin=origin, tail=tail, script=script_format)


def own_base(form: Format, logical: LogicalPath) -> str:
    """The expression for its own URL in the script `logical`; the scanner of references recognizes it.

    A classic script has no `import.meta`, so there it is a variable.
    """
    return "import.meta.url" if form == "esm" else own_url(logical)


def edit_of(aim: Aim, text: str, base: LogicalPath, target: LogicalPath, *, own: str) -> Edit:
    """The edit that makes `aim`, in the asset `base`, name the asset `target`; `own` is as `own_base` gives it."""
    url = to_url(relative(base, target)) + quoted(aim.tail)
    if aim.form == "module" and not url.startswith("."):
        url = "./" + url
    if aim.form != "value":
        return Edit(aim.start, aim.end, url)
    lead = " " if _WORD_BEFORE.search(text[max(0, aim.start - 1) : aim.start]) else ""
    trail = " " if _WORD_AFTER.match(text, aim.end) else ""
    return Edit(aim.start, aim.end, f'{lead}new URL("{url}",{own}).href{trail}')


def own_edits(text: str, of_piece: Iterable[Aim], form: Format, own: str) -> Iterator[Edit]:
    """The edits that write `own` in place of `import.meta.url`.

    A classic script also gets that variable at the head of its function, with the URL of the running script or worker.
    """
    places = [match.start() for match in re.finditer(re.escape(META_URL), text)]
    if form == "iife" and (places or any(aim.form == "value" for aim in of_piece)):
        head = text.index("{") + 1
        yield Edit(head, head, f"var {own}={_OWN_URL};")
    for place in places:
        yield Edit(place, place + len(META_URL), own)


_OWN_URL: Final = (
    'typeof document=="object"?document.currentScript&&document.currentScript.src||document.baseURI:location.href'
)


def folder_removals(text: str, folders: Iterable[str]) -> Iterator[Edit]:
    """The edits that remove `folders`, relative paths around `node_modules`, from esbuild's comments and module keys.

    If `node_modules` is a link, these paths differ from one machine to another.
    """
    for folder in folders:
        for match in re.finditer(rf'(?:// |/\* |"){re.escape(folder)}(?=node_modules/)', text):
            yield Edit(match.end() - len(folder), match.end())
