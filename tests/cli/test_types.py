"""Configured media types, from the configuration to what is served and published."""

import json
from pathlib import Path
from typing import Any

import pytest

from buildassets.release.inventory.inventory import inventory
from buildassets.release.publish.upload import headers_of
from buildassets.runtime import Assets
from buildassets.runtime.wsgi import AssetServer
from tests.command import release_site, run
from tests.conftest import Tree, write_tree
from tests.runtime.served import get_wsgi

SITE: Tree = {
    "buildassets.toml": '[types]\n".foobar" = "application/X-Foobar"\n".js" = "application/javascript"\n',
    "assets/a.foobar": "1",
    "assets/B.FOOBAR": "2",
    "assets/app.js": "start( 1 )\n" * 50,
    "assets/app.css": 'a { background: url("a.foobar?data-url") }',
}


def entries(folder: Path) -> Any:
    return json.loads((folder / "build/manifest.json").read_text())["assets"]


def test_the_manifest_has_the_configured_types(tmp_path: Path) -> None:
    release_site(tmp_path, SITE)
    found = {path: entry["type"] for path, entry in entries(tmp_path).items()}
    assert found["a.foobar"] == found["B.FOOBAR"] == "application/x-foobar"
    assert found["app.js"] == "application/javascript"
    assert found["app.css"] == "text/css"


def test_type_does_not_change_compilation_and_compression(tmp_path: Path) -> None:
    run(write_tree(tmp_path, SITE), "build")
    entry = entries(tmp_path)["app.js"]
    assert "start(1)" in (tmp_path / "build/assets" / entry["file"]).read_text()
    assert "gzip" in entry["encodings"]


def test_changed_type_keeps_the_file(tmp_path: Path) -> None:
    run(write_tree(tmp_path, SITE), "build")
    before = entries(tmp_path)
    write_tree(tmp_path, {"buildassets.toml": '[types]\n".foobar" = "text/x-foobar"\n'})
    assert run(tmp_path, "build").returncode == 0
    after = entries(tmp_path)
    assert after["a.foobar"] == {**before["a.foobar"], "type": "text/x-foobar"}
    settings = json.loads((tmp_path / "build/manifest.json").read_text())["generator"]["settings"]
    assert settings == {"types": {".foobar": "text/x-foobar"}}


def test_a_data_url_has_the_type(tmp_path: Path) -> None:
    write_tree(
        tmp_path, {**SITE, "buildassets.toml": f"{SITE['buildassets.toml']!s}[data_urls]\ninclude = ['*.foobar']"}
    )
    run(write_tree(tmp_path, {"assets/app.css": 'a { background: url("a.foobar") }'}), "build")
    sheet = (tmp_path / "build/assets" / entries(tmp_path)["app.css"]["file"]).read_text()
    assert "data:application/x-foobar" in sheet


def test_a_file_is_served_and_published_with_its_type(tmp_path: Path) -> None:
    run(write_tree(tmp_path, {**SITE, "assets/app.css": ""}), "build")
    manifest = tmp_path / "build/manifest.json"
    assets = Assets(manifest)
    assert (
        get_wsgi(AssetServer(assets=assets), assets.url("a.foobar")).headers["content-type"] == "application/x-foobar"
    )
    files = inventory(manifest.read_bytes(), "build").files
    types = {name.rpartition(".")[2]: headers_of(name, one).type for name, one in files.items() if "app." in name}
    assert types == {"css": "text/css; charset=utf-8", **dict.fromkeys(("js", "gz", "br"), "application/javascript")}


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ('"foobar" = "a/b"', "`types.foobar` is not a suffix", "write the last one in lower case with its dot, as in"),
        ('".Foo" = "a/b"', '`types.".Foo"` is not a suffix', "write the last one in lower case with its dot, as in"),
        ('".a.b" = "a/b"', '`types.".a.b"` is not a suffix', "write the last one in lower case with its dot, as in"),
        ('".a" = "b"', '`types.".a"` cannot be `b`', "write a media type without parameters, as in"),
        ('".a" = "a/b; c=d"', '`types.".a"` cannot be `a/b; c=d`', "write a media type without parameters, as in"),
        ('".a" = "a/b\\r\\nX: y"', '`types.".a"` cannot be `a/b', "write a media type without parameters, as in"),
    ],
)
def test_malformed_type_is_refused(tmp_path: Path, line: str, message: str, hint: str) -> None:
    done = run(write_tree(tmp_path, {**SITE, "buildassets.toml": f"[types]\n{line}\n"}), "build")
    assert done.returncode == 2
    assert f"error[config/value]: {message}" in done.stderr
    assert "--> buildassets.toml:2:" in done.stderr
    assert f"hint: {hint}" in done.stderr
