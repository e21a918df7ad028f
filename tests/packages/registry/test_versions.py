"""Ranges, judged by npm's own `semver`."""

import json
import subprocess
from pathlib import Path

import pytest

from buildassets.packages.registry.documents import PackageRelease, RegistryPackage
from buildassets.packages.registry.versions import best, candidates, is_exact, newest_of, passed_over, satisfies
from tests.conftest import find_tool

VERSIONS = (
    *("0.0.1", "0.2.3", "0.2.9", "1.0.0", "1.2.0", "1.2.3", "1.2.4-beta.1", "1.2.4", "2.0.0-rc.1", "2.0.0"),
    *("2.1.5", "3.0.0-alpha", "10.0.0+build"),
)
RANGES = (
    *("", "*", "1", "1.2.x", "^1.2.3", "~1.2.3", "^0.2.3", "^0.0.1", ">= 1.2.3 < 2.0.0", "1.x || >=2.5.0", "<=2"),
    *("1.2.3 - 2", "=v1.2.3", "~> 1.2", "^ 1.2.3", "^2.0.0-0", "0.28", "||", ">1.x", "^0.x", "1.2.4-beta.1"),
)
_JUDGE = """
const semver = require(process.argv[1]), {versions, ranges} = JSON.parse(require("fs").readFileSync(0));
console.log(JSON.stringify(ranges.map(range => versions.filter(version => semver.satisfies(version, range)))));
"""


def release(version: str, published: float | None = 0.0, *, deprecated: bool = False) -> PackageRelease:
    return PackageRelease("a", version, "https://r/a.tgz", "", "", {}, {}, "it is old" if deprecated else "", published)


def package(*releases: PackageRelease, **tags: str) -> RegistryPackage:
    return RegistryPackage("a", {one.version: one for one in releases}, tags)


def test_ranges_mean_what_npm_has_them_mean(node: str) -> None:
    npm = Path(find_tool("npm")).resolve().parents[1]
    judge = next(filter(Path.is_dir, (npm / "node_modules/semver", Path("/usr/share/nodejs/semver"))))
    given = json.dumps({"versions": VERSIONS, "ranges": RANGES})
    done = subprocess.run([node, "-e", _JUDGE, str(judge)], input=given, capture_output=True, text=True, check=True)
    for wanted, expected in zip(RANGES, json.loads(done.stdout), strict=True):
        assert [one for one in VERSIONS if satisfies(one, wanted)] == expected, wanted


@pytest.mark.parametrize("wanted", ["latest", "git+ssh://x/y", "file:../a", "^1 " * 200, "workspace:*", ">=🙂"])
def test_an_invalid_range_has_no_versions(wanted: str) -> None:
    assert not satisfies("1.0.0", wanted)


@pytest.mark.parametrize(("text", "expected"), [("1.2.3", True), ("1.2", False), ("^1.2.3", False), ("1" * 300, False)])
def test_one_version_is_not_a_range(text: str, expected: bool) -> None:
    assert is_exact(text) is expected


def test_the_version_tagged_latest_is_taken_where_it_fits() -> None:
    found = package(release("1.0.0"), release("1.5.0"), release("2.0.0"), latest="1.0.0")
    assert best(found, candidates(found, ["^1"])) == "1.0.0"
    assert best(found, candidates(found, [">=1.2"])) == "2.0.0"


def test_deprecated_releases_are_taken_last() -> None:
    found = package(release("1.0.0"), release("1.1.0", deprecated=True))
    assert best(found, candidates(found, ["^1"])) == "1.0.0"
    assert best(found, candidates(found, ["1.1"])) == "1.1.0"


def test_a_tag_names_a_version() -> None:
    found = package(release("1.0.0"), release("2.0.0-rc.1"), next="2.0.0-rc.1")
    assert list(candidates(found, ["next"])) == ["2.0.0-rc.1"]


def test_young_releases_are_not_taken() -> None:
    found = package(release("1.0.0", 100.0), release("1.1.0", 200.0), release("1.2.0", None))
    assert list(candidates(found, ["^1"], 150.0)) == ["1.0.0"]
    assert list(candidates(found, ["1.1.0"], 150.0)) == []


@pytest.mark.parametrize(
    ("wanted", "taken", "expected"),
    [("^1", "1.0.0", "1.1.0"), ("1.0.0", "1.0.0", None), ("^1", "1.1.0", None), ("*", "2.0.0", None)],
)
def test_release_that_is_passed_over_is_the_one_that_would_be_taken(
    wanted: str, taken: str, expected: str | None
) -> None:
    found = package(release("1.0.0", 100.0), release("1.1.0", 200.0), release("2.0.0", 120.0))
    young = passed_over(found, [wanted], 150.0, taken)
    assert (young and young.version) == expected


def test_the_newest_is_by_number_and_not_by_text() -> None:
    assert newest_of(["1.9.0", "1.10.0", "not one"]) == "1.10.0"
    assert newest_of([]) is None
