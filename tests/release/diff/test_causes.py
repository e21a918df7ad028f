"""Why fingerprints are others: down to the file, the engine or the setting."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildassets.manifest.model import Entry, Manifest
from buildassets.release.diff.causes import AssetChange, change_of, difference
from buildassets.release.diff.text import cause_text
from tests.building import build, load_config
from tests.conftest import Tree, write_tree

SITE: Tree = {
    "buildassets.toml": '[bundles]\n"js/all.js" = ["js/one.js", "js/two.js"]\n',
    "assets/css/_theme.scss": "$colour: red;\n",
    "assets/css/app.scss": '@use "theme" as *; a { color: $colour }\n',
    "assets/css/home.css": 'a { background: url("../img/a.svg") }\n',
    "assets/img/a.svg": '<svg xmlns="http://www.w3.org/2000/svg"><image href="b.png"/></svg>\n',
    "assets/img/b.png": "pixels",
    "assets/js/app.js": 'import { cycle } from "./cycle.js";\nimport("./late.js");\ncycle();\n',
    "assets/js/back.js": 'import { cycle } from "./cycle.js";\nexport const back = () => cycle;\n',
    "assets/js/cycle.js": 'import { back } from "./back.js";\nexport const cycle = () => back;\n',
    "assets/js/late.js": 'new URL("../img/a.svg", import.meta.url);\n',
    "assets/js/one.js": "one();\n",
    "assets/js/two.js": "two();\n",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_tree(tmp_path, SITE)


def manifest_of(site: Path, files: Mapping[str, str | None] | None = None) -> Manifest:
    """The manifest of a build after writing or removing `files`."""
    for name, text in (files or {}).items():
        (site / name).unlink() if text is None else write_tree(site, {name: text})
    manifest = build(load_config(start=str(site))).manifest
    assert manifest is not None
    return manifest


def changes_of(site: Path, files: Mapping[str, str | None]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Of each asset that an edit changes: the way to the cause, and the causes."""
    changes = difference(manifest_of(site), manifest_of(site, files)).changes
    return {one.path: (" > ".join(one.chain), tuple(map(cause_text, one.causes))) for one in changes}


def test_nothing_differs_between_two_builds_of_the_same(site: Path) -> None:
    found = difference(manifest_of(site), manifest_of(site))
    assert (found.changes, found.before) == ((), found.after)


def test_a_leaf_is_the_cause_of_all_that_reaches_it_by_the_shortest_way(site: Path) -> None:
    because = ("`img/b.png` changed",)
    assert changes_of(site, {"assets/img/b.png": "other"}) == {
        "css/home.css": ("css/home.css > img/a.svg > img/b.png", because),
        "img/a.svg": ("img/a.svg > img/b.png", because),
        "img/b.png": ("img/b.png", because),
        "js/app.js": ("js/app.js > js/late.js > img/a.svg > img/b.png", because),
        "js/late.js": ("js/late.js > img/a.svg > img/b.png", because),
    }


def test_a_partial_is_named(site: Path) -> None:
    found = changes_of(site, {"assets/css/_theme.scss": "$colour: blue;\n"})
    assert found == {"css/app.css": ("css/app.css", ("`css/_theme.scss` changed",))}


def test_the_member_of_a_bundle_is_named(site: Path) -> None:
    found = changes_of(site, {"assets/js/two.js": "other();\n"})
    assert found["js/all.js"] == ("js/all.js", ("`js/two.js` changed",))


def test_the_member_of_a_cycle_that_was_edited_is_named(site: Path) -> None:
    edited = 'import { cycle } from "./cycle.js";\nexport const back = cycle;\n'
    found = changes_of(site, {"assets/js/back.js": edited})
    assert {path: chain for path, (chain, _) in found.items()} == {
        "js/app.js": "js/app.js > js/cycle.js > js/back.js",
        "js/back.js": "js/back.js",
        "js/cycle.js": "js/cycle.js > js/back.js",
    }
    assert {causes for _, causes in found.values()} == {("`js/back.js` changed",)}


def test_added_and_removed_assets_are_reported(site: Path) -> None:
    edits = {"assets/css/_theme.scss": None, "assets/css/_skin.scss": "$colour: red;\n", "assets/new.txt": "new"}
    found = difference(
        manifest_of(site),
        manifest_of(site, {**edits, "assets/css/app.scss": '@use "skin" as *; a { color: tan }\n'}),
    )
    sheet, text = found.changes
    assert (text.path, text.kind, text.causes) == ("new.txt", "added", ())
    assert [cause_text(cause) for cause in sheet.causes] == [
        "`css/_skin.scss` is new in it",
        "`css/_theme.scss` is no longer in it",
        "`css/app.scss` changed",
    ]


def test_an_asset_that_is_gone_is_removed(site: Path) -> None:
    (gone,) = difference(
        manifest_of(site, {"assets/new.txt": "new"}), manifest_of(site, {"assets/new.txt": None})
    ).changes
    assert (gone.path, gone.kind, gone.after) == ("new.txt", "removed", None)


def test_a_new_asset_is_the_cause_of_what_refers_to_it(site: Path) -> None:
    found = changes_of(site, {"assets/img/a.svg": None, "assets/img/c.svg": "<svg/>", **_naming("c.svg")})
    assert found["js/late.js"][1] == ("`js/late.js` changed",)


def _naming(image: str) -> dict[str, str]:
    return {
        "assets/css/home.css": f'a {{ background: url("../img/{image}") }}\n',
        "assets/js/late.js": f'new URL("../img/{image}", import.meta.url);\n',
    }


def test_a_setting_is_named_and_files_that_are_known_to_be_the_same_are_not(site: Path) -> None:
    found = changes_of(site, {"buildassets.toml": f"minify = false\n{SITE['buildassets.toml']!s}"})
    assert found["css/app.css"][1][-1] == "the setting `minify` is false, not as usual"
    assert not any("changed" in cause for cause in found["css/app.css"][1])
    assert found["css/home.css"][1][-1] == "perhaps also `css/home.css` changed"
    assert "img/b.png" not in found


def test_an_engine_of_another_version_is_named(site: Path) -> None:
    old = manifest_of(site)
    new = manifest_of(site, {"assets/css/_theme.scss": "$colour: blue;\n", "assets/img/b.png": "other"})
    new = replace(new, engines={**new.engines, "scss": "libsass 9"}, version="9.0")
    causes = _causes(change_of("css/app.css", old, new))
    assert causes[0] == "`css/_theme.scss` changed"
    assert causes[1] == f"`scss` is made by libsass 9, not by {old.engines['scss']}"
    assert causes[2].startswith("buildassets is 9.0, not ")
    assert _causes(change_of("img/b.png", old, new)) == ["`img/b.png` changed"]  # no engine makes pictures


def test_another_esbuild_is_a_cause_of_what_is_made_of_several_scripts(site: Path) -> None:
    old = replace(manifest_of(site), engines={"bundle": "esbuild 1"})
    new = replace(manifest_of(site, {"assets/js/two.js": "three();\n"}), engines={"bundle": "esbuild 2"})
    assert "`bundle` is made by esbuild 2, not by esbuild 1" in _causes(change_of("js/all.js", old, new))
    assert _causes(change_of("js/two.js", old, new)) == ["`js/two.js` changed"]


def _causes(change: AssetChange | None) -> list[str]:
    assert change is not None
    return [cause_text(cause) for cause in change.causes]


def test_an_asset_that_is_as_it_was_has_no_change(site: Path) -> None:
    assert change_of("img/b.png", manifest_of(site), manifest_of(site, {"assets/js/one.js": "other();\n"})) is None


def _manifest(**versions: tuple[str, tuple[str, ...]]) -> Manifest:
    """Assets as an older version describes them: each with its version and what it refers to."""
    return Manifest(
        "0.1.0",
        {},
        "/",
        {
            path: Entry(f"{path}.{one}", "text/css", 1, inputs=(path, "x"), references=to)
            for path, (one, to) in versions.items()
        },
    )


def test_older_manifests_show_possible_changes() -> None:
    old, new = _manifest(a=("1", ("b",)), b=("1", ())), _manifest(a=("2", ("b",)), b=("2", ()))
    change = change_of("a", old, new)
    assert change is not None
    assert change.chain == ("a", "b")
    assert _causes(change) == ["one of `b`, `x` changed"]


def test_an_unknown_cycle_is_reported_as_such() -> None:
    old, new = _manifest(a=("1", ("b",)), b=("1", ("a",))), _manifest(a=("2", ("b",)), b=("2", ("a",)))
    assert _causes(change_of("a", old, new)) == ["one of those that refer to each other changed: `a`, `b`"]


def test_a_file_that_keeps_its_name_is_compared_by_content() -> None:
    entry = Entry("a.js", "text/javascript", 1, integrity="sha256-A")
    old = Manifest("0.1.0", {}, "/", {"a.js": entry})
    assert change_of("a.js", old, old) is None
    assert change_of("a.js", old, replace(old, assets={"a.js": replace(entry, integrity="sha256-B")})) is not None


SHEETS = "abcde"


@settings(max_examples=12)
@given(
    st.lists(st.sets(st.sampled_from(SHEETS), max_size=2), min_size=5, max_size=5),
    st.sets(st.sampled_from(SHEETS), min_size=1, max_size=2),
)
def test_every_way_is_the_shortest_to_an_edited_sheet(
    tmp_path_factory: pytest.TempPathFactory, imports: list[set[str]], edited: set[str]
) -> None:
    """Whatever refers to whatever, in cycles too."""
    folder = tmp_path_factory.mktemp("sheets")
    graph = dict(zip(SHEETS, imports, strict=True))
    texts = {one: "".join(f'@import "{other}.css";\n' for other in sorted(graph[one])) for one in SHEETS}
    old = manifest_of(write_tree(folder, {"buildassets.toml": ""}), {f"assets/{one}.css": texts[one] for one in SHEETS})
    new = manifest_of(folder, {f"assets/{one}.css": f"{texts[one]}b {{ top: 1px }}\n" for one in edited})
    ways = {change.path[0]: [path[0] for path in change.chain] for change in difference(old, new).changes}
    distances = {one: _distance(graph, one, edited) for one in SHEETS}
    assert {one: len(way) - 1 for one, way in ways.items()} == {
        one: distance for one, distance in distances.items() if distance is not None
    }
    assert all(way[-1] in edited for way in ways.values())
    assert all(after in graph[before] for way in ways.values() for before, after in pairwise(way))


def _distance(graph: Mapping[str, set[str]], start: str, ends: set[str]) -> int | None:
    """How many references lie between, at least."""
    seen = reached = {start}
    for steps in range(len(graph)):
        if reached & ends:
            return steps
        reached = {other for one in reached for other in graph[one]} - seen
        seen = seen | reached
    return None
