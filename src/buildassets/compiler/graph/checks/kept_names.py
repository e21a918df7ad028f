"""Checks the files that keep their names: those of `fingerprinted`, which carry a hash already, and those of `plain`.

Other build tools write the former. They are released as they are: their references are not rewritten, and caches keep
them for good.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from buildassets.compiler.config.values import Config
from buildassets.compiler.languages.reference import ReferenceKind
from buildassets.compiler.model import Linked
from buildassets.compiler.sources.globs import compile_globs, plain_names
from buildassets.compiler.transform.original_positions import OriginalPositions
from buildassets.foundation.diagnostics import Diagnostic, Severity, error, warning
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.paths import LogicalPath
from buildassets.manifest.model import LIVERELOAD_NAME, RELEASE_FILE

_RESERVED: Final = (RELEASE_FILE, LIVERELOAD_NAME)
OTHER_NAME: Final = "leave the source out with `exclude`, or take it out of `fingerprinted` or `plain`"
# Hashes are written in hex or in base 32, 36 or 64, alone or after a separator: `index-DiwrgTda.js` of Vite,
# `main.3f2a9c1b.js` of webpack, `chunk-ABCDEFGH.js` of esbuild. Of eight such digits one is nearly always a number or a
# capital. With the `-` and `_` of base 64 exactly eight count, as in `D-wrgT_a`, but not `latin-400-normal`.
_BEHIND_SEPARATOR: Final = lazy_pattern(r"[-_.~](?=[\w-]*[0-9A-Z])(?:[a-zA-Z0-9]{8,}|[\w-]{8})(?=\.|\Z)", re.ASCII)
_ALONE: Final = lazy_pattern(r"(?=[a-zA-Z]*[0-9])[a-zA-Z0-9]{8,}(?=\.|\Z)", re.ASCII)


def fingerprinted_faults(
    config: Config, assets: Mapping[LogicalPath, Linked], kept: Sequence[LogicalPath]
) -> Iterator[Diagnostic]:
    """The diagnostics for those of `assets` that keep their names, `kept`, and for the globs of `fingerprinted`."""
    of_vite = {index for index, root in enumerate(config.sources) if root.manifest}
    for index, pattern in enumerate(config.fingerprinted):
        if not any(map(compile_globs([pattern]), kept)):
            where = config.place("fingerprinted", index)
            message = f"`{pattern}` in `fingerprinted` matches no file that is released"
            yield warning("fingerprinted/empty", message, where)
    without_hash = [path for path in kept if not carries_hash(path)]
    yield from _of_vite(config, [path for path in without_hash if assets[path].draft.source.root in of_vite], assets)
    if plain := [path for path in without_hash if assets[path].draft.source.root not in of_vite]:
        more = f" and {len(plain) - 1} more" if len(plain) > 1 else ""
        yield warning(
            "fingerprinted/name",
            f"`{plain[0]}`{more} would keep a name without a hash",
            config.place("fingerprinted"),
            notes=["caches keep a file with such a name even when it changes"],
            hint="match only names that change with their content",
        )
    own_names = plain_names(config, assets) if kept else ()
    for path in kept:
        yield from _unknown_names(config, assets[path], assets, own_names)


def reserved_name_faults(config: Config, assets: Mapping[LogicalPath, Linked]) -> Iterator[Diagnostic]:
    """An error for each of `assets` that keeps a name which releases use, if only in another mode."""
    for name in map(LogicalPath, sorted({*_RESERVED, *filter(None, [config.precache])})):
        is_plain = name in plain_names(config, [name])
        if name in assets and (is_plain or assets[name].draft.source.keeps_name):
            message = f"`{name}` has the name of a file that releases have for themselves"
            where = config.place("plain" if is_plain else "fingerprinted")
            yield error("companion/name", message, where, hint=OTHER_NAME)


def _of_vite(
    config: Config, plain: Sequence[LogicalPath], assets: Mapping[LogicalPath, Linked]
) -> Iterator[Diagnostic]:
    """The warning for the files of Vite that keep names without a hash."""
    if plain:
        more = f" and {len(plain) - 1} more" if len(plain) > 1 else ""
        yield warning(
            "fingerprinted/name",
            f"`{plain[0]}`{more} keeps a name without a hash",
            config.place("sources", assets[plain[0]].draft.source.root, "path"),
            notes=["scripts or sheets of Vite name it, and caches keep it even when it changes"],
            hint="import the file in place of putting it into `public/`, and let Vite name files with `[hash]`",
        )


def carries_hash(logical: str) -> bool:
    """Whether a part of the file name looks like a hash; a word in capitals does, too."""
    name = logical[logical.rfind("/") + 1 :]
    return (_BEHIND_SEPARATOR.search(name) or _ALONE.match(name)) is not None


def with_any_hash(name: str) -> str:
    """The file name `name` as a glob, with `*` for what looks like a hash."""
    found = _ALONE.sub("*", name, count=1) if _ALONE.match(name) else name
    return _BEHIND_SEPARATOR.sub(lambda match: f"{match[0][0]}*", found)


def _unknown_names(
    config: Config, asset: Linked, assets: Mapping[LogicalPath, Linked], plain: Collection[LogicalPath]
) -> Iterator[Diagnostic]:
    """An error for each reference to an asset that gets a new name, since this file is not rewritten."""
    positions = OriginalPositions(asset.draft, config.shown)
    for reference, target in asset.links:
        if reference.kind is ReferenceKind.ORIGINAL or target in plain:
            continue
        if target not in assets or not assets[target].draft.source.keeps_name:
            is_map = reference.kind is ReferenceKind.SOURCE_MAP
            yield Diagnostic(
                Severity.WARNING if is_map else Severity.ERROR,
                "fingerprinted/reference",
                message=f"`{target}` gets a new name, and this file is released unchanged",
                location=positions.place_of(positions.number_of(reference)),
                notes=(),
                hint="let a glob of `fingerprinted` match both of them, or neither",
            )
