"""`build --provenance`."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.command import BROKEN, release_site, run
from tests.conftest import Tree, read_tree, write_tree

SITE: Tree = {
    "buildassets.toml": 'sources = ["assets", { path = "node_modules/lib", prefix = "lib" }]\n',
    "assets/css/app.scss": '@use "theme" as *;\na { background: url(../img/a.svg); color: $c }\n',
    "assets/css/_theme.scss": "$c: red;\n",
    "assets/img/a.svg": "<svg/>",
    "assets/vendor/jquery.js": "/*! jQuery v3.7.1 | (c) OpenJS */\nvar jQuery;\n",
    "node_modules/lib/package.json": '{"name": "lib", "version": "2.0.0", "license": "MIT"}',
    "node_modules/lib/lib.css": "b { color: red }\n",
}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A project that was built so."""
    return release_site(tmp_path, SITE, "--provenance")


def statement(site: Path) -> Any:
    return json.loads((site / "build.intoto.json").read_text())


def bill(site: Path) -> Any:
    return json.loads((site / "build.cdx.json").read_text())


def test_the_statement_names_every_file_that_made_the_release(site: Path) -> None:
    definition = statement(site)["predicate"]["buildDefinition"]
    files = {
        "buildassets.toml": "buildassets.toml",
        "lib/lib.css": "node_modules/lib/lib.css",
        "lib/package.json": "node_modules/lib/package.json",
        **{name.removeprefix("assets/"): name for name in SITE if name.startswith("assets/")},
    }
    assert {one["name"]: one["digest"]["sha256"] for one in definition["resolvedDependencies"]} == {
        name: sha256(site / path) for name, path in files.items()
    }


def test_the_statement_is_about_the_manifest_and_names_the_bill(site: Path) -> None:
    document = statement(site)
    (subject,), (byproduct,) = document["subject"], document["predicate"]["runDetails"]["byproducts"]
    assert subject == {"name": "manifest.json", "digest": {"sha256": sha256(site / "build/manifest.json")}}
    assert byproduct == {"name": "build.cdx.json", "digest": {"sha256": sha256(site / "build.cdx.json")}}


def test_the_bill_names_what_others_wrote(site: Path) -> None:
    found = [(one["name"], one["version"], one.get("purl")) for one in bill(site)["components"]]
    assert found == [("jQuery", "3.7.1", None), ("lib", "2.0.0", "pkg:npm/lib@2.0.0")]


def test_provenance_does_not_disturb_the_release(site: Path) -> None:
    assert run(site, "verify").returncode == 0
    run(site, "build", "-q")
    assert run(site, "clean").stderr == "removed nothing\n"
    assert (site / "build.intoto.json").exists()


@pytest.mark.parametrize("options", [(), ("--no-cache",), ("--jobs", "2")], ids=str)
def test_the_same_sources_give_the_same_bytes(site: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    other = write_tree(tmp_path / "else/where", SITE)
    for folder in (site, other):
        assert run(folder, "build", "--provenance", *options).returncode == 0
    for name in ("build.intoto.json", "build.cdx.json"):
        assert (site / name).read_bytes() == (other / name).read_bytes()


def test_missing_provenance_is_written_without_a_build(site: Path) -> None:
    before = (site / "build.intoto.json").read_bytes()
    for _ in range(2):
        (site / "build.intoto.json").unlink()
        assert "wrote nothing" in run(site, "build", "--provenance").stderr
        assert (site / "build.intoto.json").read_bytes() == before


def test_edited_source_is_in_the_provenance(site: Path) -> None:
    write_tree(site, {"assets/css/_theme.scss": "$c: tan;\n"})
    before = statement(site)
    run(site, "build", "--provenance")
    assert statement(site)["subject"] != before["subject"]
    digests = {one["name"]: one["digest"]["sha256"] for one in _dependencies(site)}
    assert digests["css/_theme.scss"] == sha256(site / "assets/css/_theme.scss")


def _dependencies(site: Path) -> Any:
    return statement(site)["predicate"]["buildDefinition"]["resolvedDependencies"]


def test_times_are_only_those_that_are_given(site: Path) -> None:
    assert "metadata" not in statement(site)["predicate"]["runDetails"]
    run(site, "build", "--provenance", SOURCE_DATE_EPOCH="86400")
    assert statement(site)["predicate"]["runDetails"]["metadata"]["finishedOn"] == "1970-01-02T00:00:00Z"
    assert bill(site)["metadata"]["timestamp"] == "1970-01-02T00:00:00Z"


def test_json_names_the_files(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "build", "--provenance", "-o", "out", "--json")
    assert json.loads(done.stdout)["provenance"] == ["out.intoto.json", "out.cdx.json"]


def test_failed_build_writes_no_provenance(tmp_path: Path) -> None:
    assert run(write_tree(tmp_path, BROKEN), "build", "--provenance").returncode == 1
    assert not [name for name in read_tree(tmp_path) if name.endswith((".intoto.json", ".cdx.json"))]
