"""The values that a manifest may have."""

import copy
import os
from typing import Any

import pytest
from hypothesis import given

from buildassets.errors import ManifestError
from buildassets.manifest.json import read_served
from buildassets.manifest.model import Entry, Manifest, dumps, entries_of, loads, loads_lazily
from buildassets.manifest.soundness import entry_fault, is_file
from tests.file_names import TEXTS
from tests.manifests import DIGEST, SOUND, mutants, signed

DELTAS: list[Any] = [{"x": {}}, {DIGEST: {"size": 1}}, {DIGEST: {"size": "1", "digest": DIGEST}}, 1, None]
BROKEN: list[tuple[str, Any]] = [
    *(("file", name) for name in ("../x", "/x", "", ".", "a//b", "a/./b", "a/", "a\0b", "\ud800", 1, None, ["a"])),
    *(("type", text) for text in ("", "css", "a/b\r\nx: y", 'a/"b"', "a/b; c=d", "a/b/c", "é/b", 1, None)),
    *(("size", size) for size in (-1, "1", 1.0, True, None, 1 << 63, 10**30)),
    *(
        ("integrity", text)
        for text in ("", "md5-AAAA", "sha256-%", f"sha256-{DIGEST}\n", f"sha384-{DIGEST}", DIGEST, 1)
    ),
    *(("encodings", sizes) for sizes in ("gzip", None, {"gzip": "1"}, {"gzip": -1}, {"a\nb": 1}, {"": 1}, [1])),
    *(
        ("digests", digests)
        for digests in ("x", None, {"br": "A\r\nB"}, {"br": DIGEST[:-1]}, {"br": 1}, {"b r": DIGEST})
    ),
    *(("deltas", deltas) for deltas in DELTAS),
    *((key, value) for key in ("inputs", "references", "imports") for value in ("a", None, [1], ["\ud800"], {"a": 1})),
    *((key, value) for key in ("map", "own") for value in (1, ["a"], "\ud800")),
]


def with_entry(**values: Any) -> bytes:
    document = copy.deepcopy(SOUND)
    document["assets"]["css/app.css"].update(values)
    return signed(document)


def test_output_of_a_build_is_sound() -> None:
    assert signed(SOUND) == dumps(loads(signed(SOUND))).encode()
    assert not any(map(entry_fault, SOUND["assets"].values()))


@pytest.mark.parametrize(("key", "value"), BROKEN)
def test_a_broken_value_is_the_error_of_the_manifest(key: str, value: Any) -> None:
    content = with_entry(**{key: value})
    entries = entries_of(content, "m.json")  # which the checksum lets pass
    assert entries["js/lib.js"].size == 1
    for read in (lambda: entries["css/app.css"], lambda: loads(content, "m.json")):
        with pytest.raises(
            ManifestError, match=rf"`m\.json` is not a buildassets manifest: the `{key}` of `css/app\.css`"
        ):
            read()


@pytest.mark.parametrize("key", ["type", "size"])
def test_an_entry_that_lacks_something_is_the_error_of_the_manifest(key: str) -> None:
    document = copy.deepcopy(SOUND)
    del document["assets"]["css/app.css"][key]
    with pytest.raises(ManifestError, match="is not a buildassets manifest"):
        loads(signed(document))
    with pytest.raises(ManifestError, match="is not a buildassets manifest"):
        entries_of(signed(document))["css/app.css"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("url", 1), ("url", None), ("release", 1), ("livereload", "../x"), ("livereload", 1), ("importmap", [])),
        *(("importmap", {"a": 1}), ("modules", {"a": None}), ("scopes", {"a/": 1}), ("scopes", {"a/": {"b": 1}})),
        *(("retained", {}), ("retained", [1]), ("retained", [{"assets": {"a": {"file": "../x"}}}]), ("schema", True)),
        *(("generator", []), ("generator", {"version": "1", "engines": {"css": 1}}), ("assets", []), ("schema", [[1]])),
        ("generator", {"version": "1", "engines": {}, "settings": {"a": [[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]}}),
    ],
)
def test_invalid_value_next_to_the_assets_is_an_error_of_the_manifest(key: str, value: Any) -> None:
    content = signed({**SOUND, key: value} if key != "release" else SOUND)
    if key == "release":
        content = content.replace(b'"release": "', b'"release": 1, "x": "')
    with pytest.raises(ManifestError, match=r"manifest|has schema"):
        loads(content)
    with pytest.raises(ManifestError, match=r"manifest|has schema"):
        loads_lazily(content)


@given(TEXTS)
def test_every_name_that_a_file_can_have_is_sound(name: str) -> None:
    can_be = "\0" not in name and os.path.normpath(name).lstrip("/") == name and name.strip("/") not in (".", "..")
    assert is_file(name) == (can_be and not name.startswith("../"))
    if is_file(name):
        content = dumps(Manifest("1", {}, "/", {name: Entry(name, "text/css", 1)})).encode()
        assert loads(content).assets[name].file == name


def test_mutants_are_read_or_are_the_error_of_the_manifest() -> None:
    read = 0
    for content in mutants(seed=1, count=1000):
        for reader in (loads, loads_lazily, lambda text: list(read_served(text, "m.json")["assets"].each())):
            try:
                reader(content)
                read += 1
            except ManifestError:
                continue
            except AttributeError:  # no `each`: it is parsed already
                continue
    assert read > 100
