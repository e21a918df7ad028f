"""Measures of a build that are kept, and their release."""

import json
from pathlib import Path

import pytest

from buildassets.compiler.cache.measures import keep_measures, kept_measures
from buildassets.foundation.measures import BundleContents, Measures
from tests.building import build, load_config
from tests.conftest import Tree, write_tree

MEASURED = Measures({"graph": 0.5}, {"a.js": BundleContents({"b.js": 3}, {"b.js": ("c.js",)}, "b.js")})
SITE: Tree = {
    "buildassets.toml": '[bundles]\n"all.css" = ["a.css", "b.css"]\n',
    "assets/a.css": "a { color: red }\n",
    "assets/b.css": "b { color: tan; background: url(c.svg) }\n",
    "assets/c.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
}


def test_measures_come_back_for_their_release_only(tmp_path: Path) -> None:
    keep_measures(str(tmp_path), "/site/build", "0" * 64, MEASURED)
    assert kept_measures(str(tmp_path), "/site/build", "0" * 64) == MEASURED
    assert kept_measures(str(tmp_path), "/site/build", "1" * 64) is None
    assert kept_measures(str(tmp_path), "/site/other", "0" * 64) is None


@pytest.mark.parametrize(
    "damage", [{"seconds": {"graph": "x"}}, {"contents": {"a": {"sizes": {"b": -1}}}}, {"contents": []}, {"format": 0}]
)
def test_a_damaged_file_counts_as_absent(tmp_path: Path, damage: dict[str, object]) -> None:
    keep_measures(str(tmp_path), "build", "0" * 64, MEASURED)
    (file,) = (tmp_path / "measures").iterdir()
    file.write_text(json.dumps({**json.loads(file.read_text()), **damage}))
    assert kept_measures(str(tmp_path), "build", "0" * 64) is None


def test_a_build_keeps_its_times_and_what_its_bundles_are_made_of(tmp_path: Path) -> None:
    measured = built_measures(write_tree(tmp_path, SITE))
    assert {"sources", "transform", "graph", "write"} <= measured.seconds.keys()
    assert list(measured.contents) == ["all.css"]
    made = measured.contents["all.css"]
    assert list(made.sizes) == ["a.css", "b.css"]
    (bundle,) = (tmp_path / "build/assets").glob("all.*.css")
    assert abs(sum(made.sizes.values()) - bundle.stat().st_size) < 20  # the names that references get


def test_a_build_of_what_changed_keeps_the_contents_of_bundles(tmp_path: Path) -> None:
    before = built_measures(write_tree(tmp_path, SITE))
    write_tree(tmp_path, {"assets/more.svg": "<svg xmlns='http://www.w3.org/2000/svg'></svg>"})
    assert built_measures(tmp_path).contents == before.contents


def built_measures(folder: Path) -> Measures:
    config = load_config(start=str(folder))
    result = build(config, cache=str(folder / "cache"))
    measured = kept_measures(str(folder / "cache"), config.output, result.manifest_digest)
    assert measured is not None
    return measured
