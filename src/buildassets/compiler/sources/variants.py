"""Plans the variants of pictures: which widths and formats are made of which source.

Takes the configuration and the sources, gives further sources. Reads the headers of the pictures that
`images.variants` matches, and nothing where it matches none. Has what parts of fonts need, too: the original of what is
made of a file, whose path is that of the file and a name below it.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Final

from buildassets.compiler.config.values import Config, ImageVariants
from buildassets.compiler.engines.pillow import (
    engine_version,
    version_file,
    writes_avif,
)
from buildassets.compiler.images.moving import Kind, is_moving, kind_of
from buildassets.compiler.images.size import Size, SizeReader
from buildassets.compiler.images.variant import (
    DAMAGED,
    REPLACE,
    SMALLER,
    TOO_LARGE,
    Variant,
    is_too_large,
    largest_pixels,
)
from buildassets.compiler.model import Source
from buildassets.compiler.sources.globs import compile_globs
from buildassets.disk.files import chunks_of, content_of
from buildassets.foundation.diagnostics import Diagnostic, Location, error, warning
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.media import media_of
from buildassets.foundation.paths import LogicalPath

_WHERE: Final = "rename one of them, or leave it out with `exclude`"
_NEEDS: Final = 'run `pip install --upgrade "buildassets[images]"`'
_KINDS: Final[Mapping[str, Kind]] = {
    "image/jpeg": "jpeg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
}
_SUFFIXES: Final[Mapping[Kind, str]] = {"jpeg": ".jpg", "png": ".png", "gif": ".gif", "webp": ".webp", "avif": ".avif"}


@frozen
class Varied:
    """The sources of variants; `of` has the logical paths of those of each picture, sorted.

    `looked_at` is the file by which another version of Pillow is noticed.
    """

    sources: Mapping[LogicalPath, Source]
    of: Mapping[LogicalPath, tuple[LogicalPath, ...]]
    diagnostics: tuple[Diagnostic, ...] = ()
    looked_at: tuple[str, ...] = ()


@frozen
class _Picture:
    """A picture of which variants are asked for, by its header."""

    source: Source
    kind: Kind
    size: Size


def with_variants(config: Config, sources: Mapping[LogicalPath, Source]) -> tuple[dict[LogicalPath, Source], Varied]:
    """`sources`, in which each picture knows its variants, together with the sources of these."""
    varied = _varied(config, sources)
    knowing = {path: replace(sources[path], variants=variants) for path, variants in varied.of.items()}
    return {**sources, **knowing, **varied.sources}, varied


def planned(config: Config, logical: LogicalPath, path: str) -> Variant | None:
    """The variant with the logical path and the `path` of a source from here; None if none is planned now."""
    original = original_of(config, logical, path)
    found = with_variants(config, {original.logical: original})[0].get(logical) if original else None
    return found.variant if found else None


def _varied(config: Config, sources: Mapping[LogicalPath, Source]) -> Varied:
    rules: dict[LogicalPath, list[ImageVariants]] = {}
    faults: list[Diagnostic] = []
    for glob, rule in config.image_variants.items():
        matches = compile_globs([glob])
        matching = [path for path in sources if media_of(path).type in _KINDS and matches(path)]
        for path in matching:
            rules.setdefault(path, []).append(rule)
        if not matching:
            faults.append(_unmatched(config, glob))
    if rules:
        faults += _lacking(config)
    if any(fault.is_error for fault in faults):
        return Varied({}, {}, tuple(faults))
    made: dict[LogicalPath, Source] = {}
    of: dict[LogicalPath, tuple[LogicalPath, ...]] = {}
    for path, several in sorted(rules.items()):
        picture = _picture(sources[path])
        if isinstance(picture, Diagnostic):
            faults.append(picture)
            continue
        variants = {one.logical: one for rule in several for one in _variants(config, picture, rule)}
        too_large = next((one.variant for one in variants.values() if one.variant and is_too_large(one.variant)), None)
        if too_large is not None:
            faults.append(_too_large(picture.source, too_large))
            continue
        faults += made_twice("a variant", picture.source, variants, {**sources, **made}, hint=_WHERE)
        made |= variants
        of[path] = tuple(sorted(variants))
    return Varied(made, of, tuple(faults), tuple(filter(None, [version_file()])) if rules else ())


def _unmatched(config: Config, glob: str) -> Diagnostic:
    hint = "correct it, or take it out; it has to match the logical path of a JPEG, PNG, GIF, WebP or AVIF"
    where = config.place("images", "variants", glob)
    return warning("config/unmatched", f"`{glob}` in `images.variants` matches no picture", where, hint=hint)


def _lacking(config: Config) -> Iterator[Diagnostic]:
    """The errors for what is not installed."""
    where = config.place("images", "variants")
    if not engine_version():
        message = "variants of pictures need Pillow, which is not installed"
        yield error("config/unavailable", message, where, hint=_NEEDS)
        return
    asked = chain.from_iterable(rule.formats for rule in config.image_variants.values())
    if "avif" in asked and not writes_avif():
        message = f"the Pillow that is installed ({engine_version()}) cannot write AVIF"
        yield error("config/unavailable", message, where, hint=_NEEDS)


def _picture(source: Source) -> _Picture | Diagnostic:
    """The picture of `source`, or why there can be no variants of it."""
    where = Location(source.shown)
    try:
        header, head = SizeReader(), b""
        for chunk in chunks_of(source.path):
            head += chunk
            header.take(chunk)
            if header.is_found:
                break
        kind, named = kind_of(head), _KINDS[media_of(source.logical).type]
        moves = is_moving(content_of(source.path) if kind == "gif" else head)
    except OSError as fault:
        return error(DAMAGED, f"cannot read `{source.shown}`: {fault.strerror}", where, hint=REPLACE)
    if kind is None or header.size is None:
        message = f"cannot make variants of `{source.shown}`: its header is damaged"
        return error(DAMAGED, message, where, hint=REPLACE)
    if kind != named:
        message = f"`{source.shown}` is not {named.upper()}, but {kind.upper()}"
        stem = os.path.splitext(os.path.basename(source.shown))[0]
        return error("picture/mislabelled", message, where, hint=f"name it `{stem}{_SUFFIXES[kind]}`")
    if moves:
        message = f"`{source.shown}` moves, so no variants are made of it"
        return warning("picture/moving", message, where, hint="leave it out of `images.variants`, or make it a video")
    if header.size.width * header.size.height > largest_pixels(kind):
        message = f"`{source.shown}` has {header.size.width} by {header.size.height} pixels, too many to be decoded"
        return error(TOO_LARGE, message, where, hint=SMALLER)
    return _Picture(source, kind, header.size)


def _variants(config: Config, picture: _Picture, rule: ImageVariants) -> Iterator[Source]:
    """The sources of the variants of `picture`: none wider than it is, and at least one for each format."""
    width, height = picture.size.width, picture.size.height
    stem, suffix = os.path.splitext(picture.source.logical)
    for wanted in [one for one in rule.widths if one <= width] or [width]:
        scaled = max(1, (height * wanted * 2 + width) // (width * 2))
        for name in rule.formats:
            kind: Kind = picture.kind if name == "original" else name
            variant = Variant(
                picture.source.path,
                picture.kind,
                wanted,
                scaled,
                kind=kind,
                quality=rule.quality,
                strip=config.image_strip,
                source_pixels=width * height,
            )
            logical = LogicalPath(f"{stem}.{wanted}w{suffix if name == 'original' else _SUFFIXES[kind]}")
            # No file can be there, as it lies below a file: caches name it so.
            path = os.path.join(picture.source.path, os.path.basename(logical))
            yield Source(logical, path, shown=picture.source.shown, root=-1, relative=logical, recipe=variant)


def _too_large(source: Source, variant: Variant) -> Diagnostic:
    size = f"{variant.width} by {variant.height}"
    message = f"a variant of `{source.shown}` in {variant.kind.upper()} has {size} pixels, too many to be encoded"
    return error(TOO_LARGE, message, Location(source.shown), hint=SMALLER)


def original_of(config: Config, logical: LogicalPath, path: str) -> Source | None:
    """The source that the one with the logical path and the `path` was made of; None if there is no such file."""
    file = os.path.dirname(path)
    if os.path.basename(path) != os.path.basename(logical) or not os.path.isfile(file):
        return None
    original = LogicalPath("/".join((*logical.split("/")[:-1], os.path.basename(file))))
    return Source(original, file, shown=config.shown(file), root=0, relative=original)


def made_twice(
    what: str, source: Source, made: Iterable[LogicalPath], known: Mapping[LogicalPath, Source], *, hint: str
) -> Iterator[Diagnostic]:
    """The errors for those of `made`, which are each `what` of `source`, whose names other sources have."""
    for path in sorted(made):
        if path in known:
            other = known[path].shown
            message = f"`{other}` and {what} of `{source.shown}` both make `{path}`"
            yield error("source/duplicate", message, Location(other), hint=hint)
