"""Serialises drafts for the cache: as JSON and the bytes of their texts, without paths of this machine.

Takes a draft, gives bytes; takes bytes, gives a draft, or raises ValueError if they are invalid. Others may have
written the files of a cache: reading them creates values and nothing else.
"""

import json
import os
import sys
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, Final, get_args

from buildassets.compiler.body import OnDisk
from buildassets.compiler.cache import json_values
from buildassets.compiler.cache.content_store import ContentStore
from buildassets.compiler.cache.portable_names import PortableNames
from buildassets.compiler.cache.store import Run
from buildassets.compiler.cache.traces import Trace
from buildassets.compiler.engines.protocol import Compiled
from buildassets.compiler.fonts.subset import FontMetrics, LikeFont
from buildassets.compiler.images.size import Size
from buildassets.compiler.languages.reference import Directive, Reference, ReferenceKind
from buildassets.compiler.languages.source_map.values import Mapped, Origin, SourceMap
from buildassets.compiler.model import Draft, Source
from buildassets.disk.file_sets import set_named
from buildassets.foundation.diagnostics import Diagnostic, to_json
from buildassets.foundation.digest import digest as digest_of
from buildassets.foundation.frozen import replace, values_by_name
from buildassets.foundation.lazy_pattern import lazy_pattern

_MAPPED_NUMBERS: Final = 5  # in a `Mapped`
_NUMBER_BYTES: Final = 4
_NAMED: Final = lazy_pattern("\0([^\0]*)\0")  # in a text: the name of a file, which is shown as this project names it


class DraftForm:
    """The serialised form of drafts of `source`; it leaves out `source` itself, which the reader knows.

    `shown` turns an absolute path into the name that the user would write.
    """

    def __init__(self, source: Source, names: PortableNames, shown: Callable[[str], str]) -> None:
        self._source = source
        self._names = names
        self._shown = shown

    def run(self, draft: Draft) -> Run | None:
        """The cache entry for `draft`, if an engine made it and it has no error."""
        if not draft.engines or draft.failed:
            return None
        sets = {found.name: found.digest for found in draft.sets}
        inputs = (self._source.path,), (*draft.inputs, *draft.absences, *sets)
        looked_at = {path for group in inputs for path in group}
        compiled = draft.compiled
        if compiled is not None and not looked_at.issuperset((*compiled.inputs, *compiled.absences)):
            return None
        try:
            return Run(self._dumped(draft, looked_at), inputs, sets)
        except ValueError:  # a text, or the name of a file, that cannot be kept
            return None

    def held(self, store: ContentStore, trace: Trace, looked_at: Collection[str]) -> Draft | None:
        """The draft that is the result of `trace`; None if it is missing or invalid.

        It may name only files that the run `looked_at`, since only their content was compared.
        """
        content = store.get(trace.result, trace.size_bytes)
        try:
            return None if content is None else self.loads(content, looked_at)
        except ValueError:
            return None

    def loads(self, content: bytes, looked_at: Collection[str]) -> Draft:
        """The draft that `run` serialised as `content`, in a run that `looked_at` these names.

        Raises ValueError if `content` is invalid.
        """
        head, _, rest = content.partition(b"\n")
        known = json_values.array(json_values.read(head), 15)
        sizes, is_text, references, inputs, absences, engines, compiled, has_map, origin, *others = known
        directives, found, digest, sets, size, metrics = others
        body, text, source_map, mapped = json_values.cut(rest, sizes, 4)
        if (references and not is_text) or digest not in (None, digest_of(body)):
            raise ValueError("sizes that do not fit the content")
        files = partial(self._files, looked_at)
        return Draft(
            self._source,
            _decoded(body) if json_values.truth(is_text) else body,
            references=tuple(map(_reference, json_values.array(references))),
            inputs=files(inputs),
            absences=files(absences),
            engines=tuple((kind, version) for kind, version in map(json_values.texts, _pairs(engines))),
            compiled=None
            if compiled is None
            else self._compiled(compiled, _decoded(text), source_map if json_values.truth(has_map) else None, files),
            origin=None if origin is None else self._origin(origin, mapped),
            directives=tuple(map(self._directive, json_values.array(directives))),
            diagnostics=tuple(map(self._diagnostic, json_values.array(found))),
            digest=digest,
            sets=tuple(set_named(name)[0] for name in files(sets)),
            size=_size(size),
            metrics=None if metrics is None else _metrics(metrics),
        )

    def _files(self, looked_at: Collection[str], names: object) -> tuple[str, ...]:
        """The paths of the files `names`. Raises ValueError for a file that is not among those `looked_at`."""
        known = json_values.texts(names)
        if not all(name in looked_at for name in known):
            raise ValueError("a file that it has not looked at")
        return tuple(map(self._names.path, known))

    def _dumped(self, draft: Draft, looked_at: Collection[str]) -> bytes:
        assert not isinstance(draft.body, OnDisk)

        def source_name(path: str) -> str:  # which may be a name that the engine has made up
            name = self._names.name(path)
            if path not in looked_at and os.path.lexists(path) and name not in map(self._names.name, looked_at):
                raise ValueError("a file that it has not looked at")
            return name

        compiled, origin = draft.compiled, draft.origin
        written = _Written(self._names, self._shown, draft.inputs)
        source_map = compiled.source_map if compiled else None
        parts = (
            _encoded(draft.body) if isinstance(draft.body, str) else draft.body,
            _encoded(compiled.text) if compiled else b"",
            b"" if source_map is None else _with_sources(source_map, source_name),
            _packed(origin) if origin else b"",
        )
        head = [
            [len(part) for part in parts],
            isinstance(draft.body, str),
            [(one.start, one.end, one.url, one.kind.value) for one in draft.references],
            written.names(draft.inputs),
            written.names(draft.absences),
            draft.engines,
            written.compiled(compiled) if compiled else None,
            source_map is not None,
            written.origin(origin) if origin else None,
            [written.directive(one) for one in draft.directives],
            [written.diagnostic(one) for one in draft.diagnostics],
            draft.digest,
            written.names(found.name for found in draft.sets),
            [draft.size.width, draft.size.height] if draft.size else [],
            draft.metrics and list(values_by_name(draft.metrics).values()),
        ]
        return b"\n".join((json.dumps(head, separators=(",", ":")).encode("ascii"), b"".join(parts)))

    def _compiled(
        self, value: object, text: str, source_map: bytes | None, files: Callable[[object], tuple[str, ...]]
    ) -> Compiled:
        inputs, absences, asset_urls, diagnostics = json_values.array(value, 4)

        def origin(name: str) -> str:
            path = self._names.path(name)  # which may be a name that the engine has made up
            return path if not os.path.lexists(path) else files([name])[0]

        return Compiled(
            text,
            files(inputs),
            absences=files(absences),
            diagnostics=tuple(map(self._diagnostic, json_values.array(diagnostics))),
            source_map=None if source_map is None else _with_sources(source_map, origin).decode("ascii"),
            asset_urls=json_values.texts(asset_urls),
        )

    def _origin(self, value: object, mapped: bytes) -> SourceMap:
        origins, names = json_values.array(value, 2)
        known = tuple(map(self._one_origin, json_values.array(origins)))
        return SourceMap(_unpacked(mapped, len(known), len(json_values.texts(names))), known, json_values.texts(names))

    def _one_origin(self, value: object) -> Origin:
        name, content, is_url = json_values.array(value, 3)
        path = json_values.text(name) if json_values.truth(is_url) else self._names.path(json_values.text(name))
        return Origin(path, json_values.text_or_none(content), is_url)

    def _directive(self, value: object) -> Directive:
        name, argument, kind, location = json_values.array(value, 4)
        place = json_values.location(location)
        place = replace(place, file=self._seen(place.file))
        return Directive(json_values.text(name), json_values.text(argument), json_values.text(kind), place)

    def _diagnostic(self, value: object) -> Diagnostic:
        return _with_texts(json_values.diagnostic(value), self._seen)

    def _seen(self, text: str) -> str:
        """`text` with the names that this project has for files."""
        return _NAMED.sub(lambda match: self._shown(self._names.path(match[1])), text) if "\0" in text else text


class _Written:
    """Writes values for the JSON, with portable names for `paths`, also in texts that show these."""

    def __init__(self, names: PortableNames, shown: Callable[[str], str], paths: Iterable[str]) -> None:
        self._names = names
        seen = ((shown(path), names.name(path)) for path in paths)
        self._elsewhere = [(here, name) for here, name in seen if here != name]

    def names(self, paths: Iterable[str]) -> list[str]:
        return [self._names.name(path) for path in paths]

    def compiled(self, compiled: Compiled) -> Sequence[Any]:
        diagnostics = [self.diagnostic(one) for one in compiled.diagnostics]
        return self.names(compiled.inputs), self.names(compiled.absences), compiled.asset_urls, diagnostics

    def origin(self, origin: SourceMap) -> Sequence[Any]:
        return [(self._origin_name(one), one.content, one.is_url) for one in origin.origins], origin.names

    def _origin_name(self, one: Origin) -> str:
        return one.name if one.is_url else self._names.name(one.name)

    def directive(self, one: Directive) -> Sequence[Any]:
        place = replace(one.location, file=self._text(one.location.file))
        return one.name, one.argument, one.kind, values_by_name(place)

    def diagnostic(self, one: Diagnostic) -> Mapping[str, Any]:
        return to_json(_with_texts(one, self._text))

    def _text(self, text: str) -> str:
        if "\0" in text:
            raise ValueError("a NUL, which marks names")
        for here, name in self._elsewhere:
            text = text.replace(here, f"\0{name}\0")
        return text


def _with_texts(one: Diagnostic, changed: Callable[[str], str]) -> Diagnostic:
    """The diagnostic with `changed` applied to every text that may name files."""
    return replace(
        one,
        message=changed(one.message),
        location=one.location and replace(one.location, file=changed(one.location.file)),
        notes=tuple(map(changed, one.notes)),
        hint=None if one.hint is None else changed(one.hint),
    )


def _with_sources(source_map: str | bytes, written: Callable[[str], str]) -> bytes:
    """The map with `written` applied to each of its `sources`."""
    document = json_values.table(json_values.read(source_map))
    document["sources"] = [written(path) for path in json_values.texts(document.get("sources"))]
    return json.dumps(document, separators=(",", ":")).encode("ascii")


def _metrics(value: object) -> FontMetrics:
    like, *measures = json_values.array(value, len(FontMetrics.__match_args__))
    if like not in get_args(LikeFont):
        raise ValueError("a system font that is not known")
    return FontMetrics(like, *map(json_values.number, measures))


def _reference(value: object) -> Reference:
    start, end, url, kind = json_values.array(value, 4)
    return Reference(json_values.number(start), json_values.number(end), json_values.text(url), ReferenceKind(kind))


def _size(value: object) -> Size | None:
    numbers = json_values.array(value)
    return Size(*map(json_values.number, json_values.array(numbers, 2))) if numbers else None


def _pairs(value: object) -> Iterator[list[Any]]:
    return (json_values.array(one, 2) for one in json_values.array(value))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8")


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8")


def _packed(origin: SourceMap) -> bytes:
    try:
        numbers = array("i", chain.from_iterable(origin.mappings))
    except OverflowError:
        raise ValueError("a number that is too large") from None
    return _little_endian(numbers).tobytes()


def _unpacked(packed: bytes, origins: int, names: int) -> tuple[Mapped, ...]:
    if len(packed) % (_MAPPED_NUMBERS * _NUMBER_BYTES):
        raise ValueError("cut short")
    numbers = array("i")
    numbers.frombytes(packed)
    numbers = _little_endian(numbers)
    for used, count in ((numbers[1::_MAPPED_NUMBERS], origins), (numbers[4::_MAPPED_NUMBERS], names)):
        if used and not -1 <= min(used) <= max(used) < count:
            raise ValueError("an origin or a name that does not exist")
    each = iter(numbers)
    return tuple(zip(each, each, each, each, each, strict=True))


def _little_endian(numbers: "array[int]") -> "array[int]":
    """`numbers` converted between this machine's byte order and the stored one, in either direction."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
