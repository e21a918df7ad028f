"""Computes the answer to a request for a file of a release, from its method and a few headers, by RFC 9110.

Takes values and gives values: the caller has looked the file up, and reads its content afterwards. Pure; standard
library and vocabulary only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from buildassets.foundation.frozen import compile_now, frozen, replace
from buildassets.foundation.media import DELTA, SUFFIXES
from buildassets.foundation.paths import to_url
from buildassets.runtime.conditions import NOT_MODIFIED, PRECONDITION_FAILED, http_date, range_holds, refused
from buildassets.runtime.negotiation import IDENTITY, preferred_coding
from buildassets.runtime.ranges import ByteRange, requested_spans

REASONS: Final[Mapping[int, str]] = {
    200: "OK",
    204: "No Content",
    206: "Partial Content",
    304: "Not Modified",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    412: "Precondition Failed",
    416: "Range Not Satisfiable",
    431: "Request Header Fields Too Large",
}
# The headers that an answer depends on, beside method and path.
REQUEST_HEADERS: Final = (
    "accept-encoding",
    "available-dictionary",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "origin",
    "range",
)
EVERY_ORIGIN: Final = "*"

_MOST_CHARACTERS: Final = 8192  # of one header, all its lines together
_FINGERPRINT: Final = re.compile(r"\.[0-9a-f]{12}(?=(?:\.[^.]*)?\Z)")
_METHODS: Final = "GET, HEAD, OPTIONS"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_FOR_ONCE: Final = "no-store"
# The headers that clients of ranges read, beside those that scripts of every origin may read (Fetch, section 4.11).
_EXPOSED: Final = "Accept-Ranges, Content-Encoding, Content-Range, ETag"
_PREFLIGHT_S: Final = 86400

Headers = tuple[tuple[str, str], ...]


@frozen
class Representation:
    """One file to send, by its name below an absolute `folder`: an uncompressed asset or a precompressed copy.

    `size` is in bytes; `etag` includes its quotes.
    """

    folder: str
    name: str
    size: int
    etag: str

    @property
    def path(self) -> str:
        """The absolute path of the file."""
        return f"{self.folder}/{self.name}"


@dataclass(frozen=True, slots=True, eq=False)  # compared by identity: comparing fields would cost more than an answer
class Resource:
    """The target of one URL: a file, by its name below an absolute `folder`, and the copies next to it.

    `sizes` and `tags` belong to `codings`, in the same order, which begins with `identity`. There is one value for each
    asset, so it holds no more than needed. `modified` is in seconds since 1970; `is_lasting` is true where the name
    depends on the content. `deltas` are the deltas to the file, by the digest of the file that a browser must have, and
    None where browsers are not asked to keep the file as a dictionary for its successors (RFC 9842). `headers` are the
    application's; they replace ours of the same name.
    """

    folder: str
    name: str
    type: str
    codings: tuple[str, ...]
    sizes: tuple[int, ...]
    tags: tuple[str, ...]
    modified: int
    is_lasting: bool = True
    deltas: Mapping[str, Representation] | None = None
    headers: Headers = ()

    def representation(self, coding: str) -> Representation:
        """The file in that coding: itself for `identity`, else a copy."""
        index = self.codings.index(coding)
        return Representation(
            self.folder, self.name + SUFFIXES.get(coding, ""), self.sizes[index], f'"{self.tags[index]}"'
        )


@frozen
class GeneratedTarget:
    """The target of a URL whose content is not a file and may change with each release, so that no cache keeps it."""

    type: str
    content: bytes


@frozen
class Answer:
    """The answer to send: status, headers, and the content as bytes and as spans of `file`.

    `file` is also set where the method is HEAD and nothing of it is sent: if it is gone, the server must send
    `NOT_FOUND` instead.
    """

    status: int
    headers: Headers
    content: tuple[bytes | ByteRange, ...] = ()
    file: Representation | None = None


compile_now(Representation, Answer, ByteRange)  # here, for which no request then waits


def answer(
    resource: Resource | GeneratedTarget | None,
    method: str,
    headers: Mapping[str, str],
    origins: frozenset[str] = frozenset(),
) -> Answer:
    """The answer to `method` for `resource`, which is None for an unknown path.

    `headers` are those of `REQUEST_HEADERS`, with names in lower case; pages of `origins` may read the content.
    """
    if resource is None:
        return _without_content(NOT_FOUND) if method == "HEAD" else NOT_FOUND
    if isinstance(resource, GeneratedTarget):
        given = _fixed(resource, method, headers.get("origin"), origins)
        return _without_content(given) if method == "HEAD" else given
    decided = _kept if sum(map(len, headers.values())) <= _KEPT_CHARACTERS else _decided
    return decided(resource, method, tuple(headers.items()), origins)


def _fixed(resource: GeneratedTarget, method: str, origin: str | None, origins: frozenset[str]) -> Answer:
    """The whole content: ranges and conditions are for files that caches keep."""
    shared: Headers = ()
    if origins and EVERY_ORIGIN not in origins:
        shared = (("Vary", "Origin"),)
    if EVERY_ORIGIN in origins or origin in origins:
        shared = (*shared, ("Access-Control-Allow-Origin", EVERY_ORIGIN if EVERY_ORIGIN in origins else origin or ""))
    if method == "OPTIONS":
        return Answer(204, (("Allow", _METHODS), *shared))
    if method not in ("GET", "HEAD"):
        return _refusal(405, ("Allow", _METHODS))
    lengths = (("Content-Type", resource.type), ("Content-Length", str(len(resource.content))))
    return Answer(200, (*lengths, *shared, ("Cache-Control", _FOR_ONCE), _NO_SNIFFING), (resource.content,))


def _decided(resource: Resource, method: str, headers: Headers, origins: frozenset[str]) -> Answer:
    by_name = dict(headers)
    common = _common_headers(resource, by_name.get("origin"), origins)
    given = _answer(resource, method, by_name, common)
    return _without_content(given) if method == "HEAD" else given


# Browsers send few different headers, and request few files again and again. This bounds the memory to some 500 kB.
_KEPT_CHARACTERS: Final = 200
_kept: Final = lru_cache(maxsize=256)(_decided)


def _without_content(given: Answer) -> Answer:
    return replace(given, content=())


def _answer(resource: Resource, method: str, headers: Mapping[str, str], common: Headers) -> Answer:
    if method == "OPTIONS":
        return Answer(204, (("Allow", _METHODS), *_preflight_headers(common)))
    if method not in ("GET", "HEAD"):
        return _refusal(405, ("Allow", _METHODS))
    if max(map(len, headers.values()), default=0) > _MOST_CHARACTERS:
        return _refusal(431)
    sizes = dict(zip(resource.codings, resource.sizes, strict=True))
    delta = (resource.deltas or {}).get(_available_dictionary(headers))
    coding = preferred_coding(headers.get("accept-encoding"), {**sizes, DELTA: delta.size} if delta else sizes)
    if coding is None:
        return _refusal(406, ("Vary", "Accept-Encoding"))
    chosen = delta if delta and coding == DELTA else resource.representation(coding)
    common = (*common, ("ETag", chosen.etag), *_caching_headers(resource))
    status = refused(headers, chosen.etag, resource.modified)
    if status == NOT_MODIFIED:
        return Answer(NOT_MODIFIED, common)
    if status == PRECONDITION_FAILED:
        return _refusal(PRECONDITION_FAILED)
    strong_date = resource.modified if len(sizes) == 1 and not resource.deltas else None
    is_part = method == "GET" and range_holds(headers.get("if-range"), chosen.etag, strong_date)
    spans = requested_spans(headers.get("range"), chosen.size) if is_part else None
    if coding != IDENTITY:
        common = (*common, ("Content-Encoding", coding))
        # A client would decompress all parts of a multipart answer at once, so a compressed file is sent as a whole.
        spans = None if spans and len(spans) > 1 else spans
    return _content(resource, chosen, spans, common)


def _caching_headers(resource: Resource) -> Headers:
    """The application's headers, with our `Cache-Control` unless they hold one."""
    if any(name.lower() == "cache-control" for name, _ in resource.headers):
        return resource.headers
    return (("Cache-Control", _FOR_EVER if resource.is_lasting else _FOR_ONCE), *resource.headers)


def _content(
    resource: Resource, chosen: Representation, spans: tuple[ByteRange, ...] | None, common: Headers
) -> Answer:
    """The answer with all of a representation, or with the `spans` of it."""
    common = (*common, ("Accept-Ranges", "bytes"), ("Last-Modified", http_date(resource.modified)))
    if not any(name.lower() == _NO_SNIFFING[0].lower() for name, _ in resource.headers):
        common = (*common, _NO_SNIFFING)
    if spans is None:
        lengths = (("Content-Type", resource.type), ("Content-Length", str(chosen.size)))
        return Answer(200, (*lengths, *common, *_dictionary_headers(resource)), (ByteRange(0, chosen.size),), chosen)
    if not spans:
        return _refusal(416, ("Content-Range", f"bytes */{chosen.size}"))
    if len(spans) == 1:
        part = (("Content-Type", resource.type), ("Content-Range", _content_range(spans[0], chosen.size)))
        return Answer(206, (*part, ("Content-Length", str(len(spans[0]))), *common), spans, chosen)
    return _parts(resource, chosen, spans, common)


def _parts(resource: Resource, chosen: Representation, spans: tuple[ByteRange, ...], common: Headers) -> Answer:
    """The answer with several spans (RFC 9110, section 14.6)."""
    # No content holds its own digest, so this boundary is safe without searching the content.
    boundary = f"parts-{chosen.etag[1:-1]}"
    content: list[bytes | ByteRange] = []
    for span in spans:
        described = f"Content-Type: {resource.type}\r\nContent-Range: {_content_range(span, chosen.size)}"
        content += [f"\r\n--{boundary}\r\n{described}\r\n\r\n".encode("latin-1"), span]
    content.append(f"\r\n--{boundary}--\r\n".encode("latin-1"))
    length = sum(map(len, content))
    described_all = (("Content-Type", f'multipart/byteranges; boundary="{boundary}"'), ("Content-Length", str(length)))
    return Answer(206, (*described_all, *common), tuple(content), chosen)


def _available_dictionary(headers: Mapping[str, str]) -> str:
    """The digest of the file that the browser has, in base64 (RFC 9842, section 2.2); empty for none."""
    return headers.get("available-dictionary", "").strip(" \t").removeprefix(":").removesuffix(":")


def _dictionary_headers(resource: Resource) -> Headers:
    """`Use-As-Dictionary`, which offers the file as a dictionary for its successors (RFC 9842, section 2.1).

    Its URL pattern matches files of the same name with any fingerprint. It is relative to the file's own URL, and so
    valid under any prefix.
    """
    name = to_url(resource.name.rpartition("/")[2])
    if resource.deltas is None or "+" in name or "*" in name:  # these two have a meaning in a pattern
        return ()
    return (("Use-As-Dictionary", f'match="{_FINGERPRINT.sub(".*", name)}"'),)


def _content_range(span: ByteRange, size: int) -> str:
    return f"bytes {span.start}-{span.stop - 1}/{size}"


def _common_headers(resource: Resource, origin: str | None, origins: frozenset[str]) -> Headers:
    """The headers of every answer about a resource: which origins may read it, and what it varies with."""
    is_for_some = bool(origins) and EVERY_ORIGIN not in origins and resource.is_lasting
    varies = ["Accept-Encoding"] * (len(resource.codings) > 1 or bool(resource.deltas))
    varies += ["Available-Dictionary"] * bool(resource.deltas) + ["Origin"] * is_for_some
    common: Headers = (("Vary", ", ".join(varies)),) if varies else ()
    # A page that can read the watcher's address could listen to it, so no other origin may read that file.
    if not resource.is_lasting or not (EVERY_ORIGIN in origins or origin in origins):
        return common
    allowed = EVERY_ORIGIN if EVERY_ORIGIN in origins else origin or ""
    return (*common, ("Access-Control-Allow-Origin", allowed), ("Access-Control-Expose-Headers", _EXPOSED))


def _preflight_headers(common: Headers) -> Headers:
    if not any(name == "Access-Control-Allow-Origin" for name, _ in common):
        return common
    conditions = ", ".join(name for name in REQUEST_HEADERS if name.startswith(("if-", "range")))
    return (
        *common,
        ("Access-Control-Allow-Methods", "GET, HEAD"),
        ("Access-Control-Allow-Headers", conditions),
        ("Access-Control-Max-Age", str(_PREFLIGHT_S)),
    )


_NO_SNIFFING: Final = ("X-Content-Type-Options", "nosniff")


def _refusal(status: int, *more: tuple[str, str]) -> Answer:
    """An answer without a file. No cache may keep it: the next release may have the file that this one lacks."""
    text = f"{REASONS[status]}\n".encode("ascii")
    described = (("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(text))))
    return Answer(status, (*described, ("Cache-Control", _FOR_ONCE), _NO_SNIFFING, *more), (text,))


NOT_FOUND: Final = _refusal(404)
