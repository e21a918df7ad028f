"""The names that esbuild gives to what CSS modules (`*.module.css`) declare, for templates to look up.

Takes esbuild's pieces, gives the names in each of them. A source map names what was renamed, which is how a name
of a piece is found; what one class is composed of (`composes`) is learnt from a bundle of the modules alone.
"""

import json
import os
import re
from collections.abc import Iterable, Mapping
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

from buildassets.compiler.engines.esbuild.bundle import BundleOptions, BundlePiece, Bundler
from buildassets.compiler.languages.css.lexer import Kind, tokens, unescaped
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.mappings import NONE
from buildassets.compiler.languages.source_map.maps import read_map
from buildassets.compiler.languages.source_map.values import SourceMap
from buildassets.foundation.frozen import replace
from buildassets.foundation.media import Syntax

SUFFIX: Final = ".module.css"

Local: TypeAlias = tuple[str, str]  # the absolute path of a module, and a name as it is written there
Exports: TypeAlias = Mapping[str, Mapping[str, tuple[Local, ...]]]
"""What each name of each module, by path, stands for: itself, and the names that it is composed of, those first."""

# esbuild takes the mark that needs the fewest backslashes.
_STRING: Final = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)"""
_ENTRY: Final = re.compile(rf"({_STRING}|[^\s\"'`:,{{}}]+): ({_STRING})")
_OBJECT: Final = re.compile(rf"var (\S+) = \{{((?:\s*(?:{_STRING}|[^\s\"'`:,{{}}]+): {_STRING},?)*)\s*\}};")
_EXPORTED: Final = re.compile(r"(\S+) as m(\d+)\b")


def exports_of(bundler: Bundler, sheets: Iterable[str], options: BundleOptions) -> Exports:
    """The exports of the modules `sheets`, absolute paths; empty if esbuild cannot bundle them or knows no modules."""
    ordered = sorted(sheets)
    lines = (f"export {{ default as m{number} }} from {json.dumps(path)};" for number, path in enumerate(ordered))
    with TemporaryDirectory(prefix="buildassets-") as folder:
        entry = os.path.join(os.path.realpath(folder), "names.js")
        with open(entry, "w", encoding="utf-8") as file:
            file.write("\n".join(lines))
        alone = replace(options, format="esm", splitting=False, minify=False)
        pieces = {piece.name: piece for piece in bundler.run([entry], alone, None).pieces}
    if "e0.js" not in pieces or "e0.css" not in pieces:
        return {}
    by_token = {token: local for local, token in local_names(pieces["e0.css"]).items()}
    return _read(pieces["e0.js"].body.decode("utf-8"), ordered, by_token)


def _read(text: str, sheets: list[str], by_token: Mapping[str, Local]) -> Exports:
    """The exports in the script `text`, in which `by_token` gives what each token stands for."""
    objects = {match[1]: match[2] for match in _OBJECT.finditer(text)}
    exports: dict[str, dict[str, tuple[Local, ...]]] = {}
    for name, number in _EXPORTED.findall(text):
        written = ((_string(key), _string(value)) for key, value in _ENTRY.findall(objects.get(name, "")))
        exports[sheets[int(number)]] = {
            key: tuple(by_token[token] for token in value.split() if token in by_token) for key, value in written
        }
    return exports


def _string(written: str) -> str:
    mark = written[0]
    if mark not in "\"'`":
        return written
    inside = written[1:-1]
    if mark != '"':
        inside = inside.replace(f"\\{mark}", mark).replace('"', '\\"')
    try:
        return str(json.loads(f'"{inside}"'))
    except ValueError:  # an escape that JSON lacks
        return written[1:-1]


def local_names(piece: BundlePiece) -> dict[Local, str]:
    """The names in the sheet `piece` of what CSS modules declare."""
    text = piece.body.decode("utf-8")
    source_map = read_map(piece.source_map or "", Lines(text, Syntax.CSS)) or SourceMap()
    renamed: dict[Local, str] = {}
    same: dict[Local, str] = {}
    for offset, origin, _, _, name in source_map.mappings:
        path = source_map.origins[origin].name if origin != NONE else ""
        if not path.endswith(SUFFIX):
            continue
        token = next(tokens(text, offset), None)
        if token is None or token.kind is not Kind.NAME:
            continue
        written = unescaped(text[token.start : token.end])
        if name != NONE:
            renamed.setdefault((path, source_map.names[name]), written)
        elif text[offset - 1 : offset] in ("#", "."):
            same.setdefault((path, written), written)
    return same | renamed


def names_in(piece: BundlePiece, exports: Exports) -> dict[str, dict[str, str]]:
    """The names of each module in the sheet `piece`, by the path of the module, as the attribute `class` has them.

    A name of which the sheet has no rule is left out.
    """
    known = local_names(piece)
    found: dict[str, dict[str, str]] = {}
    for path in (path for path in piece.made_of if path in exports):
        tokens_of = {
            name: [known[local] for local in locals_ if local in known] for name, locals_ in exports[path].items()
        }
        found[path] = {name: " ".join(given) for name, given in tokens_of.items() if given}
    return found
