"""Reads the manifest as a JSON object, for callers that need speed more than types.

Takes text, gives a dictionary whose values have been checked, or raises ManifestError. Pure.

Separate from `manifest`, because a web process needs no more than this: modules for the error are imported only when a
manifest is refused, and no dataclass is made (together two thirds of the import time).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from zlib import crc32

from buildassets.manifest.soundness import are_retained, document_fault, entry_fault, is_text

TYPE_CHECKING = False  # our own, since importing `typing` would take a third of the start-up time of a process
if TYPE_CHECKING:
    from typing import Any, Final

    from buildassets.errors import ManifestError

SCHEMA: Final = 1

ASSETS_FOLDER: Final = "assets"  # beside the manifest, with all files of the release
STATICFILES_NAME: Final = "staticfiles.json"  # the companion that Django's `ManifestStaticFilesStorage` reads
RELEASE_FILE: Final = "release.json"  # below the URL prefix: which release is served, for pages that are open
# The delimiters of the text of the assets, and of the lines in it, in a manifest as `manifest.dumps` writes it.
_BEFORE_ASSETS: Final = b'{\n "assets": '
_BEFORE_LINES: Final = b"{\n"
_AFTER_LINES: Final = b"\n }"
_AFTER_ASSETS: Final = b',\n "'
_INDENT: Final = 2  # of these lines
# The delimiters of the text of `retained`.
_BEFORE_RETAINED: Final = b'\n "retained": '
_AFTER_RETAINED: Final = b',\n "schema": '
_CHECKSUM_LENGTH: Final = 8  # hex digits
_SHOWN_CHARACTERS: Final = 40
# Objects and arrays, each of which takes 60 to 240 bytes: the largest manifest that is read has half as many.
_MOST_NESTED: Final = 2_000_000


def release_content(release: str) -> bytes:
    """The content of the file in which open pages look for the `release` that is served."""
    return (json.dumps({"release": release}) + "\n").encode("ascii")


def read_served(content: bytes, file: str) -> dict[str, Any]:
    """The manifest in `content`, with checked values; its `assets` and `retained` may be parsed lazily.

    They are if the text has the layout of `manifest.dumps`, and its checksum proves that it is complete. Any other
    manifest, such as one that another tool has written again, is parsed as a whole. A lazily parsed entry raises
    ManifestError when it is read, if it is unsound.

    Raises ManifestError as `read_document` does, and for every fault that `soundness` finds.
    """
    if len(content) > _MOST_NESTED:
        _check_nested(content.count(b"{") + content.count(b"["), file)
    document = _laid_out(content, file)
    if document is None:
        try:
            document = read_document(content.decode(), file)
        except UnicodeDecodeError:
            raise refusal("manifest/invalid", f"`{file}` is not UTF-8", file) from None
        _check_entries(document["assets"], file)
        if not are_retained(document.get("retained", [])):
            raise no_manifest(file, "its `retained` is damaged")
    if fault := document_fault(document):
        raise no_manifest(file, f"its `{fault}` is damaged")
    return document


def _check_nested(count: int, file: str) -> None:
    if count > _MOST_NESTED:
        raise no_manifest(file, "it has too many objects and arrays")


def _check_entries(assets: Mapping[str, object], file: str) -> None:
    for path, entry in assets.items():
        _check_entry(path, entry, file)


def _check_entry(path: str, entry: object, file: str) -> None:
    if not is_text(path):
        raise no_manifest(file, "the name of an asset is damaged")
    if fault := entry_fault(entry):
        raise no_manifest(file, f"the `{fault}` of `{path}` is damaged")


def assets_span(content: bytes) -> tuple[int, int] | None:
    """The span of the text of `assets`, braces included; None unless it has the layout of `manifest.dumps`."""
    start, end = len(_BEFORE_ASSETS), content.find(_AFTER_LINES + _AFTER_ASSETS) + len(_AFTER_LINES)
    is_laid_out = content.startswith(_BEFORE_ASSETS + _BEFORE_LINES) and start < end
    return (start, end) if is_laid_out else None


def retained_span(content: bytes, start: int = 0) -> tuple[int, int] | None:
    """The span of the text of `retained` after `start`; None unless it has the layout of `manifest.dumps`."""
    before = content.find(_BEFORE_RETAINED, start)
    after = content.rfind(_AFTER_RETAINED, before)
    return (before + len(_BEFORE_RETAINED), after) if 0 <= before < after else None


def _laid_out(content: bytes, file: str) -> dict[str, Any] | None:
    span = assets_span(content)
    if span is None:
        return None
    start, end = span
    earlier = retained_span(content, end)
    if earlier is None:
        return None
    try:
        rest = json.loads(b"{" + content[end + len(b",") : earlier[0]] + b"[]" + content[earlier[1] :])
    except (ValueError, RecursionError):
        return None
    if str(rest.get("release"))[:_CHECKSUM_LENGTH] != checksum(memoryview(content)[start:end]):
        return None
    lines = AssetLines(content, start + len(_BEFORE_LINES), end - len(_AFTER_LINES), file)
    text = content[slice(*earlier)]
    retained = [] if text == b"[]" else RetainedText(text, file)
    return _known({**rest, "assets": lines, "retained": retained}, file)


def checksum(assets: bytes | memoryview) -> str:
    """The begin of `release`: the CRC-32 of the text of `assets`, braces included, as 8 hex digits.

    By it a web process checks that the text is complete, in a third of the time of SHA-256 and without loading OpenSSL.
    """
    return f"{crc32(assets):08x}"


class AssetLines(Mapping[str, object]):
    """Entries by logical path, each parsed whenever it is read.

    They are in `text` from `start` to `end`, one a line, sorted by path. Raises ManifestError, naming `file`, for other
    lines and for unsound entries: the checksum only shows that the text is complete.
    """

    def __init__(self, text: bytes, start: int, end: int, file: str) -> None:
        self._text = text
        self._start = start
        self._end = end
        self._file = file
        self._decode = json.JSONDecoder().raw_decode

    def __getitem__(self, name: str) -> Any:
        if not isinstance(name, str):  # an undefined variable of a template, for example
            raise KeyError(name)
        try:
            entry = self._looked_up(name)
        except _NO_LINES:
            raise no_manifest(self._file) from None
        _check_entry(name, entry, self._file)
        return entry

    def _looked_up(self, name: str) -> Any:
        """The entry of `name`, by bisection: making a dictionary takes longer than all lookups of most processes."""
        low, high = self._start, self._end
        while low < high:
            begin = max(low, self._text.rfind(b"\n", low, (low + high) // 2) + 1)
            path = self._path(begin)
            if path == name:
                line = self._line(begin)
                return self._decode(line, self._decode(line, _INDENT)[1] + len(": "))[0]
            if path < name:
                low = self._text.index(b"\n", begin) + 1
            else:
                high = begin
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        begin = self._start
        while begin < self._end:
            try:
                path, following = self._path(begin), self._text.index(b"\n", begin) + 1
            except _NO_LINES:
                raise no_manifest(self._file) from None
            yield path
            begin = following

    def __len__(self) -> int:
        return self._text.count(b"\n", self._start, self._end) + 1

    def parsed(self) -> dict[str, Any]:
        """All entries, parsed at once."""
        try:
            entries: dict[str, Any] = json.loads(b"{" + self._text[self._start : self._end] + b"}")
        except _NO_LINES:
            raise no_manifest(self._file) from None
        _check_entries(entries, self._file)
        return entries

    def each(self) -> Iterator[tuple[str, Any]]:
        """Every path with its entry, parsed one by one, so that only one is in memory."""
        begin = self._start
        while begin < self._end:
            try:
                path, path_end = self._decode(line := self._line(begin), _INDENT)
                entry = self._decode(line, path_end + len(": "))[0]
            except _NO_LINES:
                raise no_manifest(self._file) from None
            _check_entry(path, entry, self._file)
            yield path, entry
            begin += len(line) + len("\n")

    def _path(self, begin: int) -> str:
        """The path in the line at `begin`."""
        start = begin + _INDENT + 1
        path = self._text[start : self._text.index(b'": ', start)]
        if b"\\" in path:  # an escape, perhaps of the very quote that seemed to end the path
            escaped = self._decode(self._line(begin), _INDENT)[0]
            if not isinstance(escaped, str):
                raise TypeError
            return escaped
        return path.decode("ascii")

    def _line(self, begin: int) -> str:
        return self._text[begin : self._text.index(b"\n", begin)].decode("ascii")


# The errors for text that is not in lines, or whose lines are not a path and an entry.
_NO_LINES: Final = (ValueError, TypeError, RecursionError)


class RetainedText(Sequence[object]):
    """Earlier releases, parsed at every use: a process that serves files needs them, one that only gives URLs does not.

    Raises ManifestError, naming `file`, where the text is damaged.
    """

    def __init__(self, text: bytes, file: str) -> None:
        self._text = text
        self._file = file

    def __getitem__(self, index: Any) -> Any:
        return self._parsed()[index]

    def __len__(self) -> int:
        return len(self._parsed())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._parsed())

    def _parsed(self) -> list[Any]:
        try:
            releases = json.loads(self._text)
        except (ValueError, RecursionError):
            raise no_manifest(self._file) from None
        if not are_retained(releases):
            raise no_manifest(self._file, "its `retained` is damaged")
        retained: list[Any] = releases
        return retained


def read_document(text: str, file: str) -> dict[str, Any]:
    """The JSON object in `text`, checked to be a manifest with a known schema.

    Raises ManifestError, naming `file`, if it is not. Entries are not checked: a web process has thousands of them and
    uses a few.
    """
    if len(text) > _MOST_NESTED:
        _check_nested(text.count("{") + text.count("["), file)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as fault:
        complaint = str(getattr(fault, "msg", fault))  # without the place, which the diagnostic has
        message = f"`{file}` is not JSON: {complaint[:1].lower()}{complaint[1:]}"
        raise refusal("manifest/invalid", message, file, text, offset=getattr(fault, "pos", None)) from None
    if not isinstance(document, dict) or not isinstance(document.get("assets"), dict):
        raise no_manifest(file)
    return _known(document, file)


def _known(document: dict[str, Any], file: str) -> dict[str, Any]:
    schema = document.get("schema")
    if type(schema) is not int or schema != SCHEMA:
        shown = "of another type" if isinstance(schema, dict | list) else repr(schema)[:_SHOWN_CHARACTERS]
        raise refusal("manifest/schema", f"`{file}` has schema {shown}, this version reads {SCHEMA}", file)
    return document


def no_manifest(file: str, why: str = "") -> ManifestError:
    """The error for a JSON document `file` that is not a valid manifest; `why` is the reason."""
    reason = f": {why}" if why else ""
    return refusal("manifest/invalid", f"`{file}` is not a buildassets manifest{reason}", file)


def refusal(code: str, message: str, file: str, text: str = "", *, offset: int | None = None) -> ManifestError:
    """The error for an unusable manifest `file`, at `offset` of its `text` if given; `code` also selects the hint."""
    from buildassets.errors import ManifestError
    from buildassets.foundation.diagnostics import Location, error, locate
    from buildassets.foundation.typed import typed

    if not message.isprintable():  # names may hold any character
        message = ascii(message)[1:-1]
    build = typed("build")
    hints = {
        "config/owner": "name the manifest of the application, such as in `BUILDASSETS_MANIFEST`",
        "manifest/missing": f"run `{build}`, or name another manifest",
        "manifest/invalid": f"run `{build}` again, or name another manifest",
        "manifest/schema": "use the same version of buildassets for the build and for the web process, "
        "or build again with this one",
        "manifest/file": f"run `{build}` again, or deploy the whole release directory",
    }
    where = Location(file) if offset is None else locate(file, text, offset)
    return ManifestError([error(code, message, where, hint=hints[code])])
