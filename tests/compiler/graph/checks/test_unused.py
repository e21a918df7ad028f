"""Which assets nothing uses."""

from pathlib import Path

from tests.building import check, load_config
from tests.conftest import Tree, write_tree

TEMPLATE: Tree = {"buildassets.toml": "", "templates/a.html": '{{ asset("css/app.css") }}'}


def unused(folder: Path, tree: Tree) -> tuple[str, ...]:
    return check(load_config(start=str(write_tree(folder, {**TEMPLATE, "assets/css/app.css": "", **tree})))).unused


def test_assets_without_template_or_reference_are_unused(tmp_path: Path) -> None:
    tree = {"assets/css/app.css": "a { b: url(a.svg) }", "assets/css/a.svg": "<svg/>", "assets/b.svg": "<svg/>"}
    assert unused(tmp_path, tree) == ("b.svg",)


def test_a_reference_to_itself_does_not_count(tmp_path: Path) -> None:
    assert unused(tmp_path, {"assets/a.js": 'new URL("a.js", import.meta.url)'}) == ("a.js",)


def test_assets_that_only_refer_to_each_other_are_unused(tmp_path: Path) -> None:
    ring = {"assets/a.js": 'import "./b.js"', "assets/b.js": 'import "./a.js"; import "./c.js"', "assets/c.js": "1"}
    assert unused(tmp_path, ring) == ("a.js", "b.js")
    assert unused(tmp_path, {**ring, "assets/d.js": 'import "./a.js"'}) == ("d.js",)


def test_members_of_bundles_are_used(tmp_path: Path) -> None:
    settings = '[bundles]\n"all.js" = ["a.js", "b.js"]\n'
    tree = {"buildassets.toml": settings, "assets/a.js": "1", "assets/b.js": "2"}
    assert unused(tmp_path, tree) == ("all.js",)


def test_entries_and_the_import_map_are_uses(tmp_path: Path) -> None:
    settings = 'entries = ["css/*.css", "a.js"]\n[importmap]\nlit = "lit.js"\n'
    tree = {"buildassets.toml": settings, "assets/a.js": "1", "assets/lit.js": "2"}
    assert unused(tmp_path, tree) == ()


def test_a_source_map_is_used_by_what_it_is_the_map_of(tmp_path: Path) -> None:
    assert unused(tmp_path, {"buildassets.toml": "source_maps = true"}) == ()


def test_where_no_template_names_an_asset_nothing_is_reported(tmp_path: Path) -> None:
    assert unused(tmp_path, {"templates/a.html": ""}) == ()
