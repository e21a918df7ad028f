"""Embeds small files in style sheets as `data:` URLs, in place of references to them.

Takes assets with their links and the files that these name, gives assets with fewer links. A file with references of
its own is never embedded: relative URLs cannot be resolved against a `data:` URL.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from buildassets.compiler.body import bytes_of, size_of, text_of
from buildassets.compiler.languages.edits import Edit, edited, moved_links
from buildassets.compiler.languages.reference import DATA_URL_DEMAND, Link, Reference, ReferenceKind
from buildassets.compiler.languages.source_map.maps import edited_map
from buildassets.compiler.model import Linked
from buildassets.compiler.transform.original_positions import OriginalPositions
from buildassets.foundation.diagnostics import Diagnostic, error
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.media import Syntax, media_of, released_type
from buildassets.foundation.paths import LogicalPath, percent_encoded, split_url

if TYPE_CHECKING:
    from buildassets.compiler.graph.checks.look import Look

_BY_DEFAULT: Final = ("image/", "font/", "application/vnd.ms-fontobject")

# Characters that need no escape, beside letters, digits and `_.-~`. A `data:` URL keeps all of ASCII but controls, `#`
# and `%` (URL Standard, opaque path state); an unquoted `url()` ends at white space, quotes, parentheses, backslashes.
_UNESCAPED: Final = "!$&*+,/:;<=>?@[]^{|}"


@frozen
class Embedding:
    """Which files are embedded by configuration: those of at most `limit_bytes` for which `includes` is true.

    With `includes` None they are images and fonts. Files for which `is_of_any_size` is true may be larger.
    """

    limit_bytes: int
    includes: Callable[[str], object] | None = None
    is_of_any_size: Callable[[str], object] = lambda _: False

    def takes(self, reference: Reference, target: LogicalPath) -> bool:
        """Whether the file `target` is embedded in the place of `reference`, provided that it is small enough.

        Not with a fragment: that names one of many images in a file, and each place would repeat them all.
        """
        if "#" in reference.url:
            return False
        if self.includes is None:
            return media_of(target).type.startswith(_BY_DEFAULT)
        return bool(self.includes(target))

    def holds(self, target: LogicalPath, size_bytes: int) -> bool:
        """Whether the file `target`, for which `takes` is true, is small enough."""
        return size_bytes <= self.limit_bytes or bool(self.is_of_any_size(target))


def candidates(asset: Linked, embedding: Embedding | None) -> Iterator[Link]:
    """The links of `asset` that may be replaced by the files that they name; the files themselves decide later."""
    source = asset.draft.source
    if source.keeps_name or source.syntax is not Syntax.CSS:
        return
    for reference, target in asset.links:
        is_candidate = _is_demand(reference) or (embedding is not None and embedding.takes(reference, target))
        if is_candidate and reference.kind is ReferenceKind.URL and _may_be_embedded(target):
            yield reference, target


def embedded(
    asset: Linked,
    files: Mapping[LogicalPath, Linked],
    embedding: Embedding | None,
    types: Mapping[str, str],
) -> Linked:
    """`asset` with its small enough files embedded, which then are its inputs and no longer its references.

    `files` holds at least the targets of `candidates`. `types` are the configured media types by suffix.
    """
    edits: list[Edit] = []
    inputs: dict[str, None] = dict.fromkeys(asset.draft.inputs)
    for reference, target in candidates(asset, embedding):
        body = files[target].draft.body
        is_taken = _is_demand(reference) or (embedding is not None and embedding.holds(target, size_of(body)))
        if is_taken and not _references(files[target]):
            content = bytes_of(body)
            fragment = reference.url.partition("#")[2]
            url = data_url(released_type(target, types), content)
            edits.append(Edit(reference.start, reference.end, f"{url}#{fragment}" if fragment else url))
            inputs.update(dict.fromkeys(files[target].draft.inputs))
    if not edits:
        return asset

    text = edited(text_of(asset.draft.body), edits)
    links = tuple(moved_links(asset.links, edits))
    references = tuple(reference for reference, _ in links)
    origin = asset.draft.origin and edited_map(asset.draft.origin, edits)
    draft = replace(asset.draft, body=text, references=references, inputs=tuple(inputs), origin=origin, digest=None)
    return Linked(draft, links)


def refusals(look: "Look", asset: Linked) -> Iterator[Diagnostic]:
    """An error for each demand in the compiled `asset` to embed a file that cannot be embedded."""
    if asset.draft.source.syntax is not Syntax.CSS:
        return
    files = look.compiled
    positions = OriginalPositions(asset.draft, look.config.shown)
    for reference, target in asset.links:
        if not _is_demand(reference):
            continue
        if not _may_be_embedded(target):
            reason = "only images, fonts and other files that are released unchanged can"
        elif target in files and (named := _references(files[target])):
            reason = f"it refers to `{named[0]}`, which would not be found from there"
        else:
            continue
        place = positions.place_of(positions.number_of(reference))
        message = f"`{target}` cannot become a `data:` URL: {reason}"
        yield error("data-url/refused", message, place, hint="name it by its URL")


def data_url(media_type: str, content: bytes) -> str:
    """`content` as a `data:` URL (RFC 2397): percent-encoded or base64, whichever is shorter.

    It needs no escapes in CSS, in quotes of either kind or without.
    """
    encoded = b64encode(content).decode("ascii")
    if media_type == "image/svg+xml":
        percent = percent_encoded(content, _UNESCAPED)
        if len(percent) <= len(encoded) + len(";base64"):
            return f"data:{media_type},{percent}"
    return f"data:{media_type};base64,{encoded}"


def _may_be_embedded(target: LogicalPath) -> bool:
    return media_of(target).syntax in (None, Syntax.SVG)


def _is_demand(reference: Reference) -> bool:
    return split_url(reference.url)[1].partition("#")[0] == "?" + DATA_URL_DEMAND


def _references(file: Linked) -> tuple[LogicalPath, ...]:
    """The logical paths that `file` refers to, missing ones if there are no others."""
    return file.targets or tuple(target for _, target in file.missing)
