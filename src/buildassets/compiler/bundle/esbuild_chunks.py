"""The names of the pieces that esbuild writes, and the files that each of them was made from. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from posixpath import basename, splitext
from typing import Final

from buildassets.compiler.engines.esbuild.bundle import BundlePiece, Pieces
from buildassets.foundation.paths import LogicalPath

_LISTED: Final = 3  # entry points that are listed in the name of a chunk which they share


class FreeNames:
    """Gives out logical paths that are not among those `taken`."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)

    def free(self, folder: str, name: str) -> LogicalPath:
        """`name` in `folder`, with a number if that path is taken; the result is taken from then on."""
        stem, ending = splitext(name)
        path, number = f"{folder}/{name}".lstrip("/"), 1
        while path in self._taken:
            number += 1
            path = f"{folder}/{stem}-{number}{ending}".lstrip("/")
        self._taken.add(path)
        return LogicalPath(path)


def entry_number(piece: BundlePiece) -> int | None:
    """The number of the entry that the piece was made of; None if it is a chunk."""
    stem, _ = splitext(piece.name)
    return int(stem[1:]) if stem[:1] == "e" and stem[1:].isdecimal() and piece.entry else None


def named_chunks(
    pieces: Pieces, entries: Sequence[LogicalPath], folder: str, names: FreeNames
) -> dict[str, LogicalPath]:
    """The logical paths of scripts and of entries with style sheets, by the names of their pieces.

    A chunk that `import()` loads is named after its source, one that several entry points share after these, so that an
    edit does not change the names.
    """
    logical: dict[str, LogicalPath] = {}
    for piece in pieces.pieces:
        number = entry_number(piece)
        if number is not None:
            logical[piece.name] = entries[number]
    imported = [piece for piece in pieces.pieces if piece.entry and piece.name not in logical]
    for piece in sorted(imported, key=lambda piece: piece.entry or ""):
        if piece.name.endswith(".js"):
            logical[piece.name] = names.free(folder, f"{_stem(piece.entry or '')}.js")
    reaching = _reaching(pieces)
    shared = {
        tuple(sorted(logical[entry] for entry in reaching.get(piece.name, ()) if entry in logical)): piece.name
        for piece in pieces.pieces
        if piece.name.endswith(".js") and "/" not in piece.name and piece.name not in logical
    }
    for sharing in sorted(shared):
        logical[shared[sharing]] = names.free(folder, f"{_shared_stem(sharing)}.js")
    return logical


def _shared_stem(entries: Sequence[LogicalPath]) -> str:
    stems = sorted({_stem(path) for path in entries}) or ["shared"]
    more = len(stems) - _LISTED
    return "-".join(stems) if more <= 0 else f"{'-'.join(stems[:_LISTED])}-and-{more}-more"


def _stem(path: str) -> str:
    return splitext(basename(path))[0]


def inputs_of(pieces: Pieces) -> dict[str, tuple[str, ...]]:
    """The files read for each piece, by its name: those of all entry points that reach it, `import()` included."""
    entries = {piece.name: piece.entry for piece in pieces.pieces if piece.entry}
    sheets = {piece.style_sheet: piece.entry for piece in pieces.pieces if piece.style_sheet and piece.entry}
    inputs = pieces.inputs or {}
    read_for = {path: _reached([path], inputs) for path in set(entries.values())}
    by_name: dict[str, tuple[str, ...]] = {}
    for name, reaching in _reaching(pieces).items():
        read = {file for entry in reaching for file in read_for[entries[entry]]}
        by_name[name] = tuple(sorted(read))
    for name, entry in sheets.items():
        by_name[name] = tuple(sorted(read_for[entry]))
    return by_name


def _reaching(pieces: Pieces) -> dict[str, set[str]]:
    """The entry points that import each piece, by its name; directly or through others, itself included."""
    imports = {piece.name: piece.imports for piece in pieces.pieces}
    reaching: dict[str, set[str]] = {}
    for piece in pieces.pieces:
        if piece.entry:
            for name in _reached([piece.name], imports):
                reaching.setdefault(name, set()).add(piece.name)
    return reaching


def _reached(starts: Iterable[str], edges: Mapping[str, Sequence[str]]) -> set[str]:
    pending = list(starts)
    seen: set[str] = set()
    while pending:
        node = pending.pop()
        if node not in seen:
            seen.add(node)
            pending += edges.get(node, ())
    return seen
