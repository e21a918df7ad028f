"""The sources of a policy: which hashes, and where files come from."""

import base64
import hashlib
import json
from pathlib import Path

import pytest

from buildassets.runtime import AssetNotFound, Assets
from buildassets.runtime.csp import sources
from tests.runtime.pages import SITE, text, write_release


def hash_of(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    return Assets(write_release(tmp_path, importmap={"lib": "js/lib.mjs"}))


def test_sheets_and_scripts_are_hashed_as_they_are_in_the_page(assets: Assets) -> None:
    found = assets.csp(inline=["css/app.css", "js/app.js"])
    assert hash_of(SITE["css/app.css"]) in found["style-src"]
    assert hash_of("start()") in found["script-src"]


def test_import_map_and_release_watch_are_always_in_it(assets: Assets) -> None:
    found = assets.csp()
    assert found["style-src"] == ["'self'"]
    assert found["script-src"] == ["'self'", hash_of(text(assets.importmap())), hash_of(text(assets.release_watch()))]


def test_markup_counts_with_its_own_scripts(assets: Assets) -> None:
    given = "<script nonce=a>one()</script><script type='application/json'>{}</script><script src=a.js>no</script>"
    assert sources("/", [given])["script-src"] == ["'self'", hash_of("one()")]
    assert hash_of("one()") in assets.csp(inline=[given])["script-src"]


def test_one_name_needs_no_list(assets: Assets) -> None:
    assert assets.csp(inline="css/app.css") == assets.csp(inline=["css/app.css"])


def test_an_unknown_name_is_an_error(assets: Assets) -> None:
    with pytest.raises(AssetNotFound, match=r"css/app\.css"):
        assets.csp(inline=["css/ap.css"])


def test_ends_of_lines_are_those_of_a_parsed_page() -> None:
    assert sources("/", ["<style>a\r\nb\rc</style>"])["style-src"][1] == hash_of("a\nb\nc")


@pytest.mark.parametrize(
    ("prefix", "place"),
    [
        ("/assets/", "'self'"),
        ("https://cdn.example.com/a;b/", "https://cdn.example.com/a%3Bb/"),
        ("//cdn.example.com/assets/", "cdn.example.com/assets/"),
    ],
)
def test_the_place_of_the_files_is_a_source(prefix: str, place: str) -> None:
    assert sources(prefix, []) == {"script-src": [place], "style-src": [place]}


def test_release_watch_names_the_release(assets: Assets, tmp_path: Path) -> None:
    release = json.loads((tmp_path / "manifest.json").read_text())["release"]
    markup = assets.release_watch(nonce="n", data_turbo_eval="false")
    assert markup.startswith('<script nonce="n" data-prefix="/assets/" data-file="/assets/release.json"')
    assert f'data-release="{release}"' in markup
    assert 'data-turbo-eval="false"' in markup


def test_release_watch_is_nothing_in_development(tmp_path: Path) -> None:
    assert Assets(write_release(tmp_path, livereload="livereload.json"), reload=True).release_watch() == ""


def test_speculation_rules_need_their_media_type(tmp_path: Path) -> None:
    assets = Assets(write_release(tmp_path, {**SITE, "pages.speculationrules": "{}"}))
    assert assets.speculation_rules("pages.speculationrules") == f'"{assets.url("pages.speculationrules")}"'
    with pytest.raises(ValueError, match=r"end its name with `\.speculationrules`"):
        assets.speculation_rules("data/a.json")


def test_an_import_map_with_integrity_has_what_modules_import(tmp_path: Path) -> None:
    contents = {**SITE, "js/main.mjs": 'import "./lib.mjs"'}
    links = {"js/main.mjs": ("js/lib.mjs",)}
    assets = Assets(write_release(tmp_path, contents, references=links, imports=links))
    assert assets.importmap() == ""
    checks = {assets.url("js/lib.mjs"): assets.integrity("js/lib.mjs")}
    assert json.loads(text(assets.importmap(integrity=True))) == {"integrity": checks}
