"""The source maps of a release: each becomes an asset beside its script or sheet, which gets a link to it.

Takes assets with the links that are written into them, before names are known. The lengths of names are known already,
so a map can be made for the final text. Hidden maps are no assets; they are found by the debug IDs that they share with
their scripts (the proposal "Source Map Debug ID" of ECMA-426).
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from buildassets.compiler.body import bytes_of, text_of
from buildassets.compiler.graph.fingerprint import output_name
from buildassets.compiler.languages.css.join import is_closed
from buildassets.compiler.languages.edits import Edit, edited, in_order, moved_links
from buildassets.compiler.languages.map_comment import map_comment
from buildassets.compiler.languages.reference import Link, Reference, ReferenceKind
from buildassets.compiler.languages.scan import written
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.maps import edited_map, written_map
from buildassets.compiler.languages.source_map.values import Origin
from buildassets.compiler.model import Draft, Linked, Source, WithLinks
from buildassets.compiler.transform.original_positions import text_at
from buildassets.foundation.digest import FINGERPRINT_LENGTH, digest_of_all
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.media import Syntax, media_of, suffix
from buildassets.foundation.paths import LogicalPath, relative, to_url

_COMMENTS: Final = {Syntax.CSS: ("/*# sourceMappingURL=", " */\n"), Syntax.JAVASCRIPT: ("//# sourceMappingURL=", "\n")}
_DEBUG_ID: Final = "//# debugId="
_NAMESPACE: Final = (
    "urn:x-buildassets:source-map:"  # of debug IDs, which are UUIDs of version 5 (RFC 9562, section 5.5)
)
_GUARD: Final = b")]}'\n"  # before a map, against inclusion as a script (ECMA-426, section 10.1)
_LINE_ENDS: Final = ("\n", "\r")
# The suffixes of sources whose content may be published in a map. A map of others may name any file, even a secret one.
_SOURCES: Final = frozenset(
    (
        *(".css", ".scss", ".sass", ".less", ".styl", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"),
        *(".coffee", ".vue", ".svelte", ".jst"),
    )
)


@frozen
class Origins:
    """Gives the names and contents of origins for maps.

    `name_of` gives the name of a path that is the same on every machine. `roots` are the absolute folders whose files
    may be published in a map; without `with_content` none are.
    """

    name_of: Callable[[str], str]
    roots: Sequence[str]
    with_content: bool = True

    def source(self, map_path: LogicalPath, origin: Origin) -> str:
        """The URL of `origin` relative to the map at `map_path`."""
        return origin.name if origin.is_url else to_url(relative(map_path, self.name_of(origin.name)))

    def content(self, inputs: frozenset[str], read: dict[str, str], origin: Origin) -> str | None:
        """The text of `origin`, if it may be published: from an input's own map, of `inputs`, of source files in roots.

        Texts that are read from files are added to `read`.
        """
        if not self.with_content or origin.content is not None or origin.is_url:
            return origin.content if self.with_content else None
        if origin.name in inputs or self._is_source(origin.name):
            text = _text(origin.name)
            if text is not None:
                read[origin.name] = text
        return read.get(origin.name)

    def _is_source(self, path: str) -> bool:
        real = os.path.realpath(path)
        return suffix(path) in _SOURCES and any(real.startswith(os.path.join(root, "")) for root in self.roots)


def with_maps(given: WithLinks, origins: Origins) -> WithLinks:
    """`given` with a source map for each script and sheet that was made from other texts than itself.

    A map is named after its asset, and replaces an asset of that name. A sheet that ends within a token or a rule gets
    none: no comment can follow there.
    """
    assets, links = dict(given.assets), dict(given.written)
    for path, asset in given.assets.items():
        text = _text_to_map(path, asset.draft)
        if text is None:
            continue
        map_path = LogicalPath(f"{path}.map")
        old = map_comment(text, _syntax(path))
        cut = [Edit(old.start, old.end)] if old else []
        assets[map_path] = _source_map(
            map_path, asset.draft, text, [*cut, *_names(path, text, links[path], given)], origins=origins
        )
        links[map_path] = ()
        body, link = _commented(path, map_path, edited(text, cut))
        assets[path] = _relinked(asset, body, (*moved_links(asset.links, cut), link))
        links[path] = (*moved_links(links[path], cut), link)
    return WithLinks(assets, links)


def with_hidden_maps(given: WithLinks, origins: Origins) -> WithLinks:
    """`given` with a hidden map for each script and sheet that was made from other texts than itself.

    Comments that name the maps of vendors are taken out, and so are these maps, unless another asset refers to one. A
    script ends in the debug ID of its map; the proposal has none for sheets. Maps that nothing names, as other tools
    hide them, are taken out as well; those beside files that are released as they are become their hidden maps.
    """
    assets, links, maps = dict(given.assets), dict(given.written), {}
    of_vendors = {asset.draft.source.path: path for path, asset in assets.items() if path.endswith(".map")}
    replaced: set[LogicalPath] = set()
    for path, asset in given.assets.items():
        text = _text_to_map(path, asset.draft)
        if text is None:
            continue
        old = map_comment(text, _syntax(path))
        cut = [Edit(old.start, old.end)] if old else []
        edits = [*cut, *_names(path, text, links[path], given)]
        own_map = _source_map(LogicalPath(f"{path}.map"), asset.draft, text, edits, origins=origins)
        kept = tuple(moved_links(links[path], cut))
        replaced.update(of_vendors[read] for read in asset.draft.inputs if read in of_vendors)
        body, maps[path] = _identified(path, edited(text, cut), kept, bytes_of(own_map.draft.body))
        assets[path], links[path] = _relinked(asset, body, tuple(moved_links(asset.links, cut))), kept
    for map_path in _hidden_already(given):
        path = LogicalPath(map_path.removesuffix(".map"))
        if path not in maps and path in given.assets and given.assets[path].draft.origin is None:
            maps[path] = bytes_of(assets[map_path].draft.body)
        replaced.add(map_path)
    for path in replaced - {target for named in links.values() for _, target in named}:
        del assets[path], links[path]
    return WithLinks(assets, links, maps)


def _hidden_already(given: WithLinks) -> Iterator[LogicalPath]:
    """The source maps among the assets that nothing names."""
    named = {target for links in given.written.values() for _, target in links}
    for path, asset in given.assets.items():
        if path.endswith(".map") and path not in named and _is_source_map(bytes_of(asset.draft.body)):
            yield path


def _is_source_map(content: bytes) -> bool:
    try:
        document = json.loads(content.removeprefix(_GUARD))
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and ("mappings" in document or "sections" in document)


def _identified(path: LogicalPath, text: str, links: Sequence[Link], map_json: bytes) -> tuple[str, bytes]:
    """`text` and its map with the debug ID of both, if it is a script; it follows from all that they contain."""
    if _syntax(path) is not Syntax.JAVASCRIPT:
        return text, map_json

    content = digest_of_all([text, *(target for _, target in links), map_json.decode()])
    debug_id = uuid5(NAMESPACE_URL, _NAMESPACE + content)
    line = "" if not text or text.endswith(_LINE_ENDS) else "\n"
    # Keys are sorted, so this one comes first.
    return f"{text}{line}{_DEBUG_ID}{debug_id}\n", b'{"debugId":"%b",' % str(debug_id).encode("ascii") + map_json[1:]


def _syntax(path: LogicalPath) -> Syntax:
    syntax = media_of(path).syntax
    assert syntax is not None
    return syntax


def _text_to_map(path: LogicalPath, draft: Draft) -> str | None:
    """The text of the asset if it gets a map, else None."""
    if draft.origin is None or not draft.origin.mappings or media_of(path).syntax not in _COMMENTS:
        return None
    text = text_of(draft.body)
    return None if media_of(path).syntax is Syntax.CSS and not is_closed(text) else text


def _names(path: LogicalPath, text: str, links: Sequence[Link], given: WithLinks) -> Iterator[Edit]:
    """The edits that write names of assets into `text`; the fingerprints are not known yet, but their length is."""
    for reference, target in links:
        keeps_name = target in given.plain or given.assets[target].draft.source.keeps_name
        name = target if keeps_name else output_name(target, "0" * FINGERPRINT_LENGTH)
        yield Edit(reference.start, reference.end, written(text, reference, to_url(relative(path, name))))


def _source_map(map_path: LogicalPath, draft: Draft, text: str, edits: Iterable[Edit], *, origins: Origins) -> Linked:
    """The map of `text` after `edits`, as an asset."""
    assert draft.origin is not None
    ordered = in_order(edits)
    read: dict[str, str] = {}
    map_json = written_map(
        edited_map(draft.origin, ordered),
        Lines(edited(text, ordered), _syntax(draft.source.logical)),
        partial(origins.source, map_path),
        partial(origins.content, frozenset(draft.inputs), read),
    )
    # A lone surrogate, which JSON can express and UTF-8 cannot, is written as JSON's own escape.
    content = f"{map_json}\n".encode("utf-8", "backslashreplace")
    inputs = tuple(dict.fromkeys((*draft.inputs, *read)))
    return Linked(Draft(Source(map_path, "", shown=map_path, root=-1, relative=map_path), content, inputs=inputs))


def _commented(path: LogicalPath, map_path: LogicalPath, text: str) -> tuple[str, Link]:
    """`text` with a comment that names its map, and the link in that comment."""
    before, after = _COMMENTS[_syntax(path)]
    head = text + before if not text or text.endswith(_LINE_ENDS) else f"{text}\n{before}"
    url = to_url(relative(path, map_path))
    reference = Reference(len(head), len(head) + len(url), url, ReferenceKind.SOURCE_MAP)
    return head + url + after, (reference, map_path)


def _relinked(asset: Linked, body: str, links: tuple[Link, ...]) -> Linked:
    draft = replace(asset.draft, body=body, references=tuple(reference for reference, _ in links), digest=None)
    return Linked(draft, links)


def _text(path: str) -> str | None:
    """The text of the file, without a byte order mark; None if it cannot be read."""
    text = text_at(path)
    return None if text is None else text.removeprefix("\ufeff")
