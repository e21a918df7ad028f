"""Kinds of files by their suffixes."""

import pytest

from buildassets.foundation.media import OCTETS, Syntax, content_type, media_of, suffix


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("css/app.css", ".css"),
        ("js/jquery.min.JS", ".js"),
        ("a.b/c", ""),
        (".htaccess", ""),
        ("a/.css", ""),
        ("a.", "."),
        ("", ""),
    ],
)
def test_suffix_is_the_last_one(path: str, expected: str) -> None:
    assert suffix(path) == expected


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("app.css", "text/css"),
        ("app.mjs", "text/javascript"),
        ("LOGO.SVG", "image/svg+xml"),
        ("app.js.map", "application/json"),
        ("site.webmanifest", "application/manifest+json"),
        ("a.wasm", "application/wasm"),
        ("a.woff2", "font/woff2"),
    ],
)
def test_media_type_follows_the_suffix(path: str, media_type: str) -> None:
    assert media_of(path).type == media_type


@pytest.mark.parametrize("path", ["LICENSE", "a.unknown", ".css"])
def test_unknown_suffix_is_octets(path: str) -> None:
    assert media_of(path) is OCTETS


@pytest.mark.parametrize(
    ("path", "syntax"),
    [
        ("a.css", Syntax.CSS),
        ("a.js", Syntax.JAVASCRIPT),
        ("a.mjs", Syntax.JAVASCRIPT),
        ("a.svg", Syntax.SVG),
        ("a.htm", Syntax.HTML),
        ("a.webmanifest", Syntax.WEB_MANIFEST),
        ("a.js.map", Syntax.SOURCE_MAP),
        ("a.json", None),
        ("a.xml", None),
        ("a.png", None),
    ],
)
def test_syntax_follows_the_suffix(path: str, syntax: Syntax | None) -> None:
    assert media_of(path).syntax is syntax


@pytest.mark.parametrize("path", ["a.png", "a.jpg", "a.woff2", "a.mp4", "a.gz", "a.zip"])
def test_compressed_formats_are_not_compressible(path: str) -> None:
    assert not media_of(path).compressible


@pytest.mark.parametrize(
    ("media_type", "served_as"),
    [
        ("text/css", "text/css; charset=utf-8"),
        ("text/html", "text/html"),  # which names its encoding itself
        ("image/svg+xml", "image/svg+xml"),
        ("application/json", "application/json"),
    ],
)
def test_text_that_cannot_name_its_encoding_is_served_with_it(media_type: str, served_as: str) -> None:
    assert content_type(media_type) == served_as
