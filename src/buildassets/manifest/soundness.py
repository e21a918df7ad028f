"""Checks the values of a manifest: names below `assets/`, sizes, digests, media types.

Takes parsed JSON, gives the key of a value that no build writes. Pure; fast, as a web process checks each entry that it
uses: the checksum only shows that a text is complete, not who wrote it.
"""

from __future__ import annotations

import os
from binascii import a2b_base64
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from buildassets.foundation.paths import normalise

TYPE_CHECKING = False  # our own, since importing `typing` would take a third of the start-up time of a process
if TYPE_CHECKING:
    from typing import Final

_LARGEST_BYTES: Final = (1 << 63) - 1  # of a file
_SHA256_BYTES: Final = 32
_DIGEST_BYTES: Final = {"sha256": _SHA256_BYTES, "sha384": 48, "sha512": 64}
_IN_TYPES: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&-^_.+"  # RFC 6838, section 4.2
_NOT_IN_ATTRIBUTE_NAMES: Final = " \"'<>/="
_IN_URLS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/[]@!$&*+,;=%"
_DEEPEST: Final = 16  # settings in settings
_IS_WINDOWS: Final = os.name == "nt"
# Devices and characters, as Microsoft's "Naming Files, Paths, and Namespaces" lists them, and those of consoles.
_DEVICES: Final = frozenset(
    (
        *("con", "prn", "aux", "nul", "conin$", "conout$"),
        *(f"{port}{digit}" for port in ("com", "lpt") for digit in "123456789¹²³"),
    )
)
_FORBIDDEN: Final = frozenset('<>:"\\|?*').union(map(chr, range(32)))
_CODINGS: Final = frozenset(("identity", "gzip", "br", "zstd"))  # the present ones, whose form needs no check


def entry_fault(entry: object) -> str:
    """The key of the first unsound value in an entry; empty where all known keys are sound.

    Only `file` is required here; readers require the other keys that they need. Unknown keys are ignored.
    """
    if not isinstance(entry, dict) or "file" not in entry:
        return "file"
    for key, value in entry.items():
        is_sound = _OF_ENTRIES.get(key)
        if is_sound is not None and not is_sound(value):
            return str(key)
    return ""


def document_fault(document: Mapping[str, object]) -> str:
    """The key of the first unsound value in a manifest; `assets`, `retained` and `generator` are not checked."""
    return next((key for key, is_sound in _OF_DOCUMENTS.items() if not is_sound(document.get(key))), "")


def generator_fault(generator: Mapping[str, object]) -> str:
    """The key of the first unsound value in `generator`; empty where all are sound."""
    return next((key for key, is_sound in _OF_GENERATORS.items() if not is_sound(generator.get(key))), "")


def are_retained(releases: object) -> bool:
    """Whether `releases` are earlier releases with sound entries."""
    return isinstance(releases, list) and all(map(_is_retained, releases))


def is_file(name: object) -> bool:
    """Whether `name` is the name of a file that cannot lie outside of its folder."""
    if not isinstance(name, str) or normalise(name) != name or not is_text(name):
        return False
    return "\0" not in name and not (_IS_WINDOWS and is_refused_by_windows(name))


def is_refused_by_windows(name: str) -> bool:
    """Whether Windows has no file `name`, or takes it for another: a device, a stream, one without a last dot."""
    return any(map(_is_refused_part, name.split("/")))


def _is_refused_part(part: str) -> bool:
    stem = part.partition(".")[0].rstrip(" ").lower()
    return stem in _DEVICES or part.endswith((".", " ")) or not _FORBIDDEN.isdisjoint(part)


def is_text(value: object) -> bool:
    """Whether `value` is a text that can be encoded: lone surrogates must stand for bytes, as of `os.fsdecode`."""
    if not isinstance(value, str):
        return False
    if value.isascii():
        return True
    try:
        return bool(value.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return False


def _are_texts(values: object) -> bool:
    return isinstance(values, list) and all(map(is_text, values))


def _is_size(value: object) -> bool:
    return type(value) is int and 0 <= value <= _LARGEST_BYTES


def _is_media_type(value: object) -> bool:
    return isinstance(value, str) and names_media_type(value)


@lru_cache(maxsize=64)  # a release has few different ones
def names_media_type(text: str) -> bool:
    """Whether `text` is a media type (RFC 6838, section 4.2), without parameters."""
    main, slash, sub = text.partition("/")
    # `strip` leaves nothing of a text that consists of these characters alone.
    return bool(main and slash and sub) and not main.strip(_IN_TYPES) and not sub.strip(_IN_TYPES)


def _is_integrity(value: object) -> bool:
    if not isinstance(value, str):
        return value is None
    algorithm, dash, digest = value.partition("-")
    return bool(dash) and _is_base64(digest, _DIGEST_BYTES.get(algorithm, -1))


def _is_sha256(value: object) -> bool:
    return isinstance(value, str) and _is_base64(value, _SHA256_BYTES)


def _is_base64(text: str, size_bytes: int) -> bool:
    """Whether `text` is strict base64 of exactly `size_bytes` bytes."""
    try:
        return len(a2b_base64(text, strict_mode=True)) == size_bytes
    except ValueError:
        return False


def _are_sizes(value: object) -> bool:
    return _is_by_coding(value, _is_size)


def _are_digests(value: object) -> bool:
    return _is_by_coding(value, _is_sha256)


def _is_by_coding(value: object, is_sound: Callable[[object], bool]) -> bool:
    """Whether `value` is a mapping from content codings to sound values."""
    if not isinstance(value, dict):
        return False
    return (value.keys() <= _CODINGS or all(map(_is_coding, value))) and all(map(is_sound, value.values()))


def _is_coding(value: str) -> bool:
    return value.isascii() and (value.isalnum() or value.replace("-", "").isalnum())


def _are_deltas(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_sha256, value)) and all(map(_is_sized, value.values()))


def _are_companions(value: object) -> bool:
    return value is None or (
        isinstance(value, dict) and all(map(is_file, value)) and all(map(_is_sized, value.values()))
    )


def _are_packages(value: object) -> bool:
    if not isinstance(value, dict):
        return value is None
    return _is_mapping(value.get("members"), _are_texts) and type(value.get("individual")) is bool


def _is_sized(value: object) -> bool:
    return isinstance(value, dict) and _is_size(value.get("size")) and _is_sha256(value.get("digest"))


def _is_retained(release: object) -> bool:
    if not isinstance(release, dict):
        return False
    assets, texts = release.get("assets"), [release.get(key, "") for key in ("release", "superseded")]
    if not isinstance(assets, dict) or not all(map(is_text, (*texts, *assets))):
        return False
    return not any(map(entry_fault, assets.values()))


def _are_named(value: object) -> bool:
    """Whether `value` is None or a mapping from texts to texts."""
    return value is None or _is_mapping(value, is_text)


def _is_size_of_icon(value: object) -> bool:
    return isinstance(value, list) and len(value) in (0, 2) and all(map(_is_size, value))


def _are_named_by_scope(value: object) -> bool:
    return value is None or _is_mapping(value, lambda names: _is_mapping(names, is_text))


def _is_mapping(value: object, is_sound: Callable[[object], bool]) -> bool:
    return isinstance(value, dict) and all(map(is_text, value)) and all(map(is_sound, value.values()))


def _are_elements(value: object) -> bool:
    """Whether `value` is a list of the elements of a block: each names an asset or holds a text."""
    return isinstance(value, list) and all(map(_is_element, value))


def _is_element(value: object) -> bool:
    if not isinstance(value, dict) or (value.get("element") != "" and not _is_element_name(value.get("element"))):
        return False  # without a name it is a text between elements
    attributes = value.get("attributes", {})
    if not isinstance(attributes, dict) or not all(map(_is_attribute_name, attributes)):
        return False
    return _is_plain(attributes, 2) and is_text(value.get("asset", value.get("text")))


def _is_element_name(value: object) -> bool:
    return isinstance(value, str) and value[:1].isalpha() and value.isascii() and value.replace("-", "").isalnum()


def _is_attribute_name(value: object) -> bool:
    """Whether `value` is the name of an attribute (HTML, section 13.1.2.3)."""
    if not is_text(value) or not value:
        return False
    return str(value).isprintable() and not any(mark in str(value) for mark in _NOT_IN_ATTRIBUTE_NAMES)


def _is_vite_source(value: object) -> bool:
    if not isinstance(value, dict) or not is_text(value.get("asset")) or not _are_texts(value.get("css")):
        return False
    return is_text(value.get("source", "")) and (not value.get("dev") or _is_server(value["dev"]))


def _is_server(value: object) -> bool:
    """Whether `value` is a URL of HTTP, as any other might run as a script, that can end no string of one."""
    if not isinstance(value, str) or not value.isascii() or not value.startswith(("http://", "https://")):
        return False
    return not value.strip(_IN_URLS)


def _or_nothing(is_sound: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or is_sound(value)


def _are_settings(value: object) -> bool:
    return value is None or (isinstance(value, dict) and _is_plain(value, _DEEPEST))


def _is_plain(value: object, levels: int) -> bool:
    """Whether `value` consists of texts and numbers, nested in at most `levels` levels."""
    if isinstance(value, dict | list):
        inner: Iterable[object] = (*value, *value.values()) if isinstance(value, dict) else value
        return levels > 0 and all(_is_plain(element, levels - 1) for element in inner)
    return not isinstance(value, str) or is_text(value)


_OF_ENTRIES: Final[Mapping[str, Callable[[object], bool]]] = {
    "file": is_file,
    "type": _is_media_type,
    "size": _is_size,
    "integrity": _is_integrity,
    "encodings": _are_sizes,
    "digests": _are_digests,
    "inputs": _are_texts,
    "references": _are_texts,
    "imports": _are_texts,
    "map": _or_nothing(is_text),
    "own": _or_nothing(is_text),
    "plain": lambda value: type(value) is bool,
    "width": _or_nothing(_is_size),
    "height": _or_nothing(_is_size),
    "names": lambda value: value is None or _is_mapping(value, _are_named),
    "icons": lambda value: value is None or _is_mapping(value, _is_size_of_icon),
    "deltas": _are_deltas,
}
_OF_DOCUMENTS: Final[Mapping[str, Callable[[object], bool]]] = {
    "url": _or_nothing(is_text),
    "release": _or_nothing(is_text),
    "livereload": _or_nothing(is_file),
    "release_file": _or_nothing(is_file),
    "companions": _are_companions,
    "maps": _are_companions,
    "vite": lambda value: value is None or _is_mapping(value, _is_vite_source),
    "dev": _or_nothing(_is_server),
    "integrity": _or_nothing(is_text),
    "packages": _are_packages,
    "not_preloaded": _or_nothing(_are_texts),
    "importmap": _are_named,
    "importmap_integrity": _are_named,
    "modules": _are_named,
    "scopes": _are_named_by_scope,
    "blocks": lambda value: value is None or _is_mapping(value, _are_elements),
    "unreleased": _or_nothing(_are_texts),
}
_OF_GENERATORS: Final[Mapping[str, Callable[[object], bool]]] = {
    "version": is_text,
    "engines": lambda value: _is_mapping(value, is_text),
    "settings": _are_settings,
    "sources": _are_named,
    "made_from": _are_named,
}
