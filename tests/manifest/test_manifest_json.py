import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from buildassets.errors import ManifestError
from buildassets.manifest.json import SCHEMA, AssetLines, RetainedText, read_document, read_served
from buildassets.manifest.model import Entry, Manifest, Retained, dumps
from buildassets.manifest.soundness import is_file
from tests.file_names import TEXTS


def written(*names: str) -> bytes:
    """A manifest as a build writes it."""
    assets = {name: Entry(f"{number}.0123456789ab", "text/plain", number) for number, name in enumerate(names)}
    return dumps(Manifest("0.1.0", {}, "/assets/", assets, {"lit": "js/lit.js"})).encode()


SITE = written("css/app.css", "css/home.css", "img/logo.svg", "js/app.js", "js/ä.js", 'a"\\: {b')


def test_manifest_is_served_as_written() -> None:
    text = f'{{"schema": {SCHEMA}, "assets": {{"a.css": {{"file": "a.0.css"}}}}, "later": [1]}}'
    assert read_document(text, "m.json") == {"schema": 1, "assets": {"a.css": {"file": "a.0.css"}}, "later": [1]}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "manifest/invalid"),
        ("[" * 100_000, "manifest/invalid"),
        ('\ufeff{"schema": 1, "assets": {}}', "manifest/invalid"),
        ("1", "manifest/invalid"),
        ('{"schema": 1}', "manifest/invalid"),
        ('{"assets": {}}', "manifest/schema"),
        ('{"schema": 99, "assets": {}}', "manifest/schema"),
    ],
)
def test_text_that_is_not_a_manifest_is_a_diagnostic_with_place_and_hint(text: str, code: str) -> None:
    with pytest.raises(ManifestError) as caught:
        read_document(text, "build/m.json")
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.location is not None
    assert (diagnostic.code, diagnostic.location.file) == (code, "build/m.json")
    assert diagnostic.hint is not None


def test_traceback_contains_what_to_do() -> None:
    with pytest.raises(
        ManifestError, match="use the same version of buildassets for the build and for the web process"
    ):
        read_document('{"schema": 99, "assets": {}}', "m.json")


@given(st.sets(TEXTS, min_size=1), st.text(st.characters()))
@example({": ", "", "a"}, "b")
def test_entries_that_are_read_when_asked_for_are_those_of_the_whole(names: set[str], other: str) -> None:
    content = written(*names)
    assets, whole = read_served(content, "m.json")["assets"], json.loads(content)["assets"]
    assert isinstance(assets, AssetLines)
    assert {name: assets.get(name) for name in {*names, other}} == {name: whole.get(name) for name in {*names, other}}
    assert (list(assets), len(assets), dict(assets)) == (list(whole), len(whole), whole)
    assert list(assets.each()) == list(whole.items())


def test_name_that_is_not_text_has_no_entry() -> None:
    assert read_served(SITE, "m.json")["assets"].get(None) is None


def test_all_but_the_assets_is_served_as_written() -> None:
    served, whole = read_served(SITE, "m.json"), json.loads(SITE)
    assert {**served, "assets": None} == {**whole, "assets": None}


def reordered(content: bytes) -> bytes:
    lines = content.decode().split("\n")
    first, last = lines.index(' "assets": {') + 1, lines.index(" },")
    assets = [line.rstrip(",") for line in reversed(lines[first:last])]
    return "\n".join([*lines[:first], ",\n".join(assets), *lines[last:]]).encode()


def with_more_between(content: bytes) -> bytes:
    return content.replace(b'\n },\n "generator"', b'\n },\n "else": {\n  "css/app.css": {}\n },\n "generator"')


@pytest.mark.parametrize(
    "change",
    [
        lambda content: json.dumps(json.loads(content)).encode(),
        lambda content: json.dumps(json.loads(content), ensure_ascii=False, indent=2).encode(),
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: content.replace(b'"size": 1', b'"size": 7'),
        lambda content: content.replace(b'"release"', b'"later": 1, "released"'),
        lambda content: written(),
        reordered,
        with_more_between,
    ],
    ids=["one line", "indented", "line ends", "edited", "no release", "no assets", "reordered", "more members"],
)
def test_layout_of_a_manifest_does_not_change_its_meaning(change: Any) -> None:
    content = change(SITE)
    assert content != SITE
    assert read_served(content, "m.json") == json.loads(content)


@pytest.mark.parametrize("length", range(0, len(SITE) - 2, 5))
def test_a_manifest_that_is_cut_off_is_refused_before_an_entry_is_asked_for(length: int) -> None:
    with pytest.raises(ManifestError, match="run `buildassets build` again"):
        read_served(SITE[:length], "m.json")


@pytest.mark.parametrize("place", range(0, len(SITE) - 8, 5))
def test_a_manifest_with_a_hole_is_refused_before_an_entry_is_asked_for(place: int) -> None:
    with pytest.raises(ManifestError, match="run `buildassets build` again"):
        read_served(SITE[:place] + bytes(8) + SITE[place + 8 :], "m.json")


def test_unknown_schema_is_refused_in_our_own_layout_too() -> None:
    with pytest.raises(ManifestError, match="has schema 2, this version reads 1"):
        read_served(SITE.replace(b'"schema": 1', b'"schema": 2'), "m.json")


def with_earlier(*texts: str) -> bytes:
    """A manifest that retains releases."""
    earlier = [Retained("0" * 64, "2026-11-25T10:00:00Z", {text: Entry(text, "text/plain", 1)}) for text in texts]
    return dumps(
        Manifest("0.1.0", {}, "/assets/", {"a": Entry("a", "text/plain", 1)}, retained=tuple(earlier))
    ).encode()


@given(st.lists(TEXTS.filter(is_file), min_size=1))
def test_earlier_releases_that_are_read_when_asked_for_are_those_of_the_whole(texts: list[str]) -> None:
    content = with_earlier(*texts)
    retained, whole = read_served(content, "m.json")["retained"], json.loads(content)["retained"]
    assert isinstance(retained, RetainedText)
    assert (list(retained), len(retained), retained[0]) == (whole, len(whole), whole[0])


@pytest.mark.parametrize("damage", [b'{"release', b"[[[["])
def test_damaged_earlier_releases_are_refused_when_they_are_asked_for(damage: bytes) -> None:
    content = with_earlier("a").replace(b'{"assets": {"a', damage)
    retained = read_served(content, "m.json")["retained"]
    with pytest.raises(ManifestError, match="run `buildassets build` again"):
        list(retained)
