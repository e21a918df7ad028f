"""The live reload client in pages: there where a development build is followed, and nowhere else."""

import json
from pathlib import Path

import pytest

from buildassets.runtime import Assets
from tests.conftest import write_tree
from tests.runtime.pages import elements, write_release
from tests.runtime.test_jinja import render


def development(folder: Path, *, url: str | None = None) -> Assets:
    return Assets(write_release(folder, livereload="livereload.json"), url=url, reload=True)


def test_a_release_has_none(tmp_path: Path) -> None:
    manifest = write_release(tmp_path)
    assert Assets(manifest).livereload() == ""
    assert Assets(manifest, reload=True).livereload() == ""


def test_a_process_that_follows_no_builds_has_none(tmp_path: Path) -> None:
    with pytest.warns(RuntimeWarning, match="release for development"):
        assets = Assets(write_release(tmp_path, livereload="livereload.json"))
    assert assets.livereload() == ""


def test_the_client_knows_where_to_look_and_what_the_page_was_made_with(tmp_path: Path) -> None:
    markup = development(tmp_path, url="/a&b").livereload(nonce="n")
    ((tag, attributes),) = elements(markup)
    assert (tag, attributes) == (
        "script",
        {
            "nonce": "n",
            "data-prefix": "/a&b/",
            "data-server": "/a&b/livereload.json",
            "data-release": json.loads((tmp_path / "manifest.json").read_text())["release"],
        },
    )


def test_the_client_knows_the_templates_that_the_watcher_has_seen(tmp_path: Path) -> None:
    assets = development(tmp_path)
    for content, expected in [('{"templates": "ab"}', "ab"), ("", None), ("[]", None), ('{"templates": 1}', None)]:
        write_tree(tmp_path, {"assets/livereload.json": content})
        ((_, attributes),) = elements(assets.livereload())
        assert attributes.get("data-templates") == expected


def test_client_is_in_the_page_unchanged(tmp_path: Path) -> None:
    client = Path(__file__).parents[2].joinpath("src/buildassets/runtime/livereload.js").read_text(encoding="utf-8")
    assert development(tmp_path).livereload().endswith(f">{client}</script>")
    assert client.isascii()  # whatever encoding the page has


@pytest.mark.parametrize("autoescape", [True, False])
def test_jinja_gives_what_the_method_gives(tmp_path: Path, autoescape: bool) -> None:
    assets = development(tmp_path)
    assert render("{{ livereload(nonce='n') }}", assets, autoescape=autoescape) == assets.livereload(nonce="n")


def test_a_page_follows_from_a_release_to_a_development_build_and_back(tmp_path: Path) -> None:
    assets = Assets(write_release(tmp_path), reload=True)
    assert assets.livereload() == ""
    write_release(tmp_path, livereload="livereload.json")
    assert "data-release" in assets.livereload()
    write_release(tmp_path, {"css/app.css": ""})
    assert assets.livereload() == ""


def test_inlined_text_is_marked_under_development_only(tmp_path: Path) -> None:
    assert '<style data-livereload="css/app.css">' in development(tmp_path).inline("css/app.css")
    with pytest.warns(RuntimeWarning, match="release for development"):
        assets = Assets(tmp_path / "manifest.json")
    assert "<style>" in assets.inline("css/app.css")
