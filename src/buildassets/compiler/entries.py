"""What a manifest says of an asset: which files made it, what it refers to, and where it is stored. Pure."""

import os
from collections.abc import Callable, Iterable, Iterator

from buildassets.compiler.body import bytes_of
from buildassets.compiler.config.shown import input_name
from buildassets.compiler.config.values import Config
from buildassets.compiler.languages.reference import Link, Reference, ReferenceKind
from buildassets.compiler.model import Linked, Stored
from buildassets.digest import digest, fingerprint
from buildassets.manifest import Entry
from buildassets.media import Syntax, media_of
from buildassets.paths import LogicalPath, split_url


def imports_of(asset: LogicalPath, links: Iterable[Link]) -> tuple[LogicalPath, ...]:
    """The modules that the script `asset` waits for, by its `links`, sorted; none for what is no script.

    One that is imported with a query or a fragment is another module to a browser, by another URL.
    """
    if not _is_script(asset):
        return ()
    return tuple(sorted({target for reference, target in links if _waits_for(reference, target)}))


def _waits_for(reference: Reference, target: LogicalPath) -> bool:
    return reference.kind is ReferenceKind.MODULE and _is_script(target) and not split_url(reference.url)[1]


def _is_script(path: LogicalPath) -> bool:
    return media_of(path).syntax is Syntax.JAVASCRIPT


def entry(config: Config, asset: Linked, stored: Stored, imports: tuple[LogicalPath, ...]) -> Entry:
    """The entry of `asset`, whose file is `stored`; for `imports` see `imports_of`."""
    maps = {target for reference, target in asset.links if reference.kind is ReferenceKind.SOURCE_MAP}
    return Entry(
        file=stored.file,
        type=media_of(stored.file).type,
        size=stored.size,
        integrity=stored.integrity,
        encodings=stored.encodings,
        digests=stored.digests,
        inputs=tuple(sorted({input_name(config, path) for path in asset.draft.inputs})),
        references=tuple(target for target in asset.targets if target not in maps),
        imports=imports,
        map=min(maps, default=None),
        own=_own(asset) if asset.targets else None,
    )


def _own(asset: Linked) -> str:
    """The fingerprint of the text that the asset has before the names of others are written into it."""
    draft = asset.draft
    return fingerprint(draft.digest or digest(bytes_of(draft.body)))


def sources(config: Config, assets: Iterable[Linked], digest_of: Callable[[str], str]) -> dict[str, str]:
    """The fingerprints of the files that make `assets` of several, by the names that a manifest has for them.

    Of an asset that is made of one file the own fingerprint says enough.
    """
    several = (asset.draft.inputs for asset in assets if len(asset.draft.inputs) > 1)
    names = {input_name(config, path): path for inputs in several for path in inputs}
    found = {name: fingerprint(digest_of(path)) for name, path in sorted(names.items())}
    return {name: one for name, one in found.items() if one}  # what is gone by now has no digest


def inputs_of(asset: Linked) -> Iterator[str]:
    """Every file that was read for `asset` or looked for, more than once perhaps, and the folders around these."""
    draft = asset.draft
    yield from draft.inputs
    yield from draft.absences
    # Not every compiler tells all that it looked for in vain.
    yield from map(os.path.dirname, draft.inputs)
    if draft.origin is not None:
        yield from (origin.name for origin in draft.origin.origins if not origin.is_url)
