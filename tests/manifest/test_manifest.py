"""The manifest as text and back, against its JSON Schema."""

import functools
import json
import pickle
from contextlib import suppress
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given

from buildassets.errors import ManifestError
from buildassets.manifest.json import checksum
from buildassets.manifest.model import (
    Companion,
    Delta,
    Entry,
    Manifest,
    Packages,
    Retained,
    ViteSource,
    dumps,
    entries_as_written,
    is_whole,
    loads,
    read_document,
)
from tests.file_names import TEXTS

SCHEMA = json.loads(files("buildassets").joinpath("manifest.schema.json").read_text())

ENTRY = Entry(
    file="css/app.3f2a9c1b0d4e.css",
    type="text/css",
    size=18211,
    integrity="sha384-" + "A" * 64,
    encodings={"gzip": 4120, "br": 3577},
    inputs=("css/_theme.scss", "css/app.scss"),
    references=("img/logo.svg",),
    imports=("js/lib.js",),
    map="css/app.css.map",
    own="0123456789ab",
    width=640,
    height=480,
    names={"components/card": {"title": "a b"}},
    variants=("img/a.480w.webp",),
    preloads=("fonts/a.woff2",),
    icons={"check": (24, 24), "vague": ()},
    plain=True,
    digests={"identity": "A" * 43 + "=", "gzip": "B" * 43 + "=", "br": "C" * 43 + "="},
    deltas={"E" * 43 + "=": Delta(302, "F" * 43 + "=")},
)

OLD = Entry(
    "css/app.0123456789ab.css",
    "text/css",
    18000,
    "sha384-" + "B" * 64,
    {"gzip": 4000},
    digests={"gzip": "D" * 43 + "="},
)


def _manifest(**assets: Entry) -> Manifest:
    return Manifest("0.1.0", {"scss": "libsass 3.6.6"}, "/assets/", assets, {"lit": "vendor/lit/index.js"})


FULL = Manifest(
    "0.1.0",
    {"scss": "libsass 3.6.6"},
    "/assets/",
    {"css/app.css": ENTRY, "LICENSE": Entry("LICENSE.0123456789ab", "text/plain", 0)},
    {"lit": "vendor/lit/index.js"},
    (Retained("0" * 64, "2026-11-25T10:00:00Z", {"css/app.css": OLD}),),
    {"vendor/old/": {"lit": "vendor/lit2/index.js", "cdn": "https://example.com/x.js"}},
    {"js/a%2Cb.js": "js/a,b.js"},
    "livereload.json",
    "release.json",
    dictionaries=True,
    packages=Packages({"site.css": ("a.css", "b.css"), "none.js": ()}, individual=True),
    importmap_integrity={"https://example.com/x.js": "sha384-" + "A" * 64},
    not_preloaded=("js/chart.js",),
    companions={"staticfiles.json": Companion(120, "A" * 43 + "=")},
    maps={"js/app.0123456789ab.js.map": Companion(80, "B" * 43 + "=")},
    vite={"app/src/a.ts": ViteSource("js/app.js", ("css/app.css",), "http://localhost:5173", "src/a.ts")},
    dev="http://localhost:5173",
    integrity="sha384",
    settings={"minify": False, "browsers": ["safari 16.4"]},
    sources={"css/_theme.scss": "0123456789ab"},
    blocks={
        "0123456789abcdef": [
            {"element": "link", "attributes": {"media": "print"}, "asset": "css/app.css", "varying": {"nonce": 0}},
            {"element": "style", "attributes": {}, "asset": "css/app.css", "inline": True},
            {"element": "", "attributes": {}, "text": "<meta>"},
        ]
    },
)


COLLECTED = replace(FULL, unreleased=("lib/",), made_from={"files": "0" * 64, "tools": "1" * 64})


@functools.cache
def validator() -> Any:
    """Imported late: it takes a second of each process that collects tests."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(SCHEMA)


def test_schema_is_a_schema() -> None:
    validator().check_schema(SCHEMA)


@pytest.mark.parametrize(
    "manifest", [FULL, COLLECTED, Manifest("0.1.0", {}, "/", {})], ids=["full", "collected", "empty"]
)
def test_manifest_satisfies_the_schema(manifest: Manifest) -> None:
    validator().validate(json.loads(dumps(manifest)))


def test_manifest_of_collectstatic_names_no_inputs() -> None:
    assert "inputs" not in json.loads(dumps(COLLECTED))["assets"]["css/app.css"]
    assert loads(dumps(COLLECTED)).unreleased == ("lib/",)


def test_schema_knows_every_key() -> None:
    document = json.loads(dumps(FULL))
    (retained,) = document["retained"]
    assert set(retained) == set(SCHEMA["$defs"]["retained"]["properties"])
    assert set(retained["assets"]["css/app.css"]) == set(SCHEMA["$defs"]["retained_asset"]["properties"])
    collected = json.loads(dumps(COLLECTED))
    assert set(collected) == {*document, "unreleased"} == set(SCHEMA["properties"])
    generator = set(SCHEMA["properties"]["generator"]["properties"])
    assert set(collected["generator"]) == {*document["generator"], "made_from"} == generator
    assert set(document["assets"]["css/app.css"]) == set(SCHEMA["$defs"]["asset"]["properties"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("file", "css/app.css"),
        ("file", "/css/app.3f2a9c1b0d4e.css"),
        ("file", "../app.3f2a9c1b0d4e.css"),
        ("type", "css"),
        ("size", -1),
        ("size", "1"),
        ("integrity", "md5-AAAA"),
        ("encodings", {"gzip": 1.5}),
        ("digests", {"gzip": "AAAA"}),
        ("inputs", ["/home/me/app.scss"]),
        ("inputs", ["a", "a"]),
        ("references", ["./a.css"]),
        ("references", "a.css"),
        ("map", ""),
    ],
)
def test_schema_refuses_a_broken_asset(field: str, value: Any) -> None:
    document = json.loads(dumps(FULL))
    document["assets"]["css/app.css"][field] = value
    assert not validator().is_valid(document)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("schema", 2), ("release", "abc"), ("url", "/assets"), ("assets", []), ("importmap", {"a": 1})),
        *(("retained", {}), ("scopes", {"a/": "b"}), ("modules", {"a.js": "/b.js"})),
    ],
)
def test_schema_refuses_a_broken_manifest(field: str, value: Any) -> None:
    document = json.loads(dumps(FULL))
    document[field] = value
    assert not validator().is_valid(document)


def test_schema_lets_unknown_keys_pass() -> None:
    document = json.loads(dumps(FULL))
    document["later"] = document["assets"]["css/app.css"]["later"] = 1
    validator().validate(document)


def test_manifest_is_read_as_it_was_written() -> None:
    assert loads(dumps(FULL)) == FULL


def test_keys_are_sorted_and_the_text_ends_in_a_newline() -> None:
    text = dumps(_manifest(b=ENTRY, a=ENTRY))
    assert json.dumps(json.loads(text)) == json.dumps(json.loads(text), sort_keys=True)
    assert text.endswith("}\n")


def test_order_of_the_assets_makes_no_difference() -> None:
    assert dumps(_manifest(b=ENTRY, a=ENTRY)) == dumps(_manifest(a=ENTRY, b=ENTRY))


def test_absent_fields_are_left_out() -> None:
    document = json.loads(dumps(_manifest(a=Entry("a.0123456789ab", "text/plain", 0))))
    assert sorted(document["assets"]["a"]) == ["file", "inputs", "references", "size", "type"]


def test_release_follows_what_is_served_and_not_what_made_it() -> None:
    release = json.loads(dumps(FULL))["release"]
    same = replace(FULL, version="9.9", engines={"scss": "other"})
    other = replace(FULL, url="/other/")
    assert json.loads(dumps(same))["release"] == release
    assert json.loads(dumps(other))["release"] != release


def test_release_begins_with_the_checksum_of_the_text_of_the_assets() -> None:
    text = dumps(FULL)
    assets = text[text.index("{", 1) : text.index("\n },") + len("\n }")]
    assert json.loads(assets) == json.loads(text)["assets"]
    assert json.loads(text)["release"].startswith(checksum(assets.encode()))


@pytest.mark.parametrize(
    "manifest", [FULL, COLLECTED, Manifest("0.1.0", {}, "/", {})], ids=["full", "collected", "empty"]
)
def test_every_changed_byte_is_detected(manifest: Manifest) -> None:
    text = dumps(manifest)
    assert is_whole(text)
    for place, character in enumerate(text):
        for other in {chr(ord(character) ^ 1), chr(ord(character) ^ 32), " ", "\xe9"} - {character}:
            with suppress(ManifestError):
                assert not is_whole(text[:place] + other + text[place + 1 :])


def test_a_manifest_whose_generator_has_no_digest_is_whole() -> None:
    text = dumps(replace(FULL, settings={}, sources={}))
    generator = json.loads(text)["generator"]
    assert is_whole(text.replace(f'  "digest": "{generator["digest"]}",\n', ""))


def test_release_follows_every_member_that_is_served() -> None:
    others = [
        replace(FULL, importmap={}),
        replace(FULL, retained=()),
        replace(FULL, scopes={}),
        replace(FULL, modules={}),
        replace(FULL, assets={}),
    ]
    assert len({json.loads(dumps(one))["release"] for one in [FULL, *others]}) == 6


@given(TEXTS)
def test_any_name_survives(name: str) -> None:
    entry = Entry("a.0123456789ab", "text/plain", 0, references=(name,))
    assert loads(dumps(_manifest(**{name: entry}))).assets == {name: entry}


def test_name_that_is_not_utf8_survives_in_ascii() -> None:
    text = dumps(_manifest(**{"caf\udce9.css": ENTRY}))
    assert text.isascii()
    assert list(loads(text).assets) == ["caf\udce9.css"]


def test_manifest_crosses_processes() -> None:
    plain = Manifest("0.1.0", {}, "/", {"a": Entry("a.0123456789ab", "text/plain", 0)})
    assert pickle.loads(pickle.dumps(plain)) == plain


def test_unknown_keys_are_ignored() -> None:
    document = json.loads(dumps(FULL))
    document["later"] = document["generator"]["later"] = document["assets"]["css/app.css"]["later"] = {"x": 1}
    assert loads(json.dumps(document)) == FULL


@pytest.mark.parametrize("schema", [0, 2, "1", None])
def test_unknown_schema_is_refused_with_what_to_do(schema: object) -> None:
    document = json.loads(dumps(FULL)) | {"schema": schema}
    with pytest.raises(ManifestError) as caught:
        read_document(json.dumps(document), "build/manifest.json")
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "manifest/schema"
    assert diagnostic.message == f"`build/manifest.json` has schema {schema!r}, this version reads 1"
    assert diagnostic.hint


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"assets": []}', "[" * 100_000], ids=range(7))
def test_text_that_is_not_a_manifest_is_refused(text: str) -> None:
    with pytest.raises(ManifestError) as caught:
        loads(text)
    assert caught.value.diagnostics[0].code == "manifest/invalid"


@pytest.mark.parametrize(
    "assets",
    [{"a": None}, {"a": []}, {"a": {}}, {"a": "x"}, {"a": {"file": "x", "type": "y", "size": 1, "inputs": 3}}],
    ids=range(5),
)
def test_broken_asset_is_refused(assets: object) -> None:
    document = json.loads(dumps(FULL)) | {"assets": assets}
    with pytest.raises(ManifestError):
        loads(json.dumps(document))


@pytest.mark.parametrize("key", ["generator", "url"])
def test_missing_key_is_refused(key: str) -> None:
    document = json.loads(dumps(FULL))
    del document[key]
    with pytest.raises(ManifestError, match="is not a buildassets manifest"):
        loads(json.dumps(document))


def test_entries_are_read_as_they_were_written() -> None:
    assert entries_as_written(dumps(FULL).encode()) == FULL.assets
