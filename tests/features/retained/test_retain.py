"""Earlier releases in a manifest: which, for how long, and no missing file."""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.config.values import Mode, Retain
from buildassets.compiler.incremental.no_op import kept_or_built
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult, LastBuild
from buildassets.features.retained.retain import Retaining, Superseded
from buildassets.manifest.model import Entry, Manifest, Retained, digest_of_release, loads
from tests.building import build, load_config
from tests.conftest import Tree, read_tree, settle, write_tree

HOUR = 3600.0
SITE: Tree = {
    "buildassets.toml": 'compress = ["gzip"]\n[retain]\nreleases = 2\nhours = 24\n',
    "assets/app.css": "a { color: red }\n" * 20,
    "assets/app.js": "call(1)\n",
}


class Site:
    """A project whose clock stands where it is set."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hours = 0.0

    def build(self, files: Mapping[str, str] | None = None, mode: Mode = "production") -> BuildResult:
        write_tree(self.folder, files or {})
        return build(load_config(start=str(self.folder)), mode=mode, clock=lambda: self.hours * HOUR)

    def release(self, text: str, at_hours: float = 0) -> Manifest:
        """The manifest of a build whose script is `text`."""
        self.hours = at_hours
        assert self.build({"assets/app.js": f"{text}\n"}).succeeded
        return loads(self.manifest.decode())

    @property
    def manifest(self) -> bytes:
        return (self.folder / "build/manifest.json").read_bytes()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(write_tree(tmp_path, SITE))


def names(manifest: Manifest) -> list[list[str]]:
    """The files of each retained release."""
    return [[entry.file for entry in one.assets.values()] for one in manifest.retained]


def test_superseded_release_is_retained_with_what_only_it_names(site: Site) -> None:
    first = site.release("one()")
    release = digest_of_release(site.manifest)
    second = site.release("two()", at_hours=1)
    (kept,) = second.retained
    assert (kept.release, kept.superseded) == (release, "1970-01-01T01:00:00Z")
    assert list(kept.assets) == ["app.js"]
    assert kept.assets["app.js"].file == first.assets["app.js"].file


def test_copies_are_retained_with_their_file(site: Site) -> None:
    site.build()
    assert site.build({"assets/app.css": "b { color: tan }\n" * 20}).succeeded
    (kept,) = loads(site.manifest.decode()).retained
    assert [*kept.assets["app.css"].encodings] == ["gzip"]


def test_nothing_is_retained_unless_it_is_wanted(site: Site) -> None:
    write_tree(site.folder, {"buildassets.toml": ""})
    site.release("one()")
    assert site.release("two()").retained == ()


def test_a_build_that_changes_nothing_writes_nothing_and_keeps_the_list(site: Site) -> None:
    site.release("one()")
    site.release("two()")
    site.hours = 1000
    assert site.build().written == ()


def test_a_change_of_other_settings_keeps_the_list(site: Site) -> None:
    site.release("one()")
    before = site.release("two()")
    site.hours = 1000
    site.build({"buildassets.toml": f'url = "/other/"\n{SITE["buildassets.toml"]!s}'})
    assert loads(site.manifest.decode()).retained == before.retained


def test_only_so_many_releases_are_retained_newest_first(site: Site) -> None:
    made = [site.release(f"call({number})", at_hours=number).assets["app.js"].file for number in range(4)]
    assert names(loads(site.manifest.decode())) == [[made[2]], [made[1]]]


@pytest.mark.parametrize(("hours", "kept"), [(34, 2), (34.1, 1)])
def test_release_goes_when_it_was_superseded_longer_ago_than_wanted(site: Site, hours: float, kept: int) -> None:
    site.release("one()")
    site.release("two()", at_hours=10)
    assert len(site.release("three()", at_hours=hours).retained) == kept


def test_a_release_that_comes_again_is_not_an_earlier_one(site: Site) -> None:
    first, second = site.release("one()"), site.release("two()")
    again = site.release("one()")
    assert again.assets == first.assets
    assert names(again) == [[second.assets["app.js"].file]]


def test_fewer_releases_are_retained_as_soon_as_that_is_wanted(site: Site) -> None:
    for text in ("one()", "two()", "three()"):
        site.release(text)
    site.build({"buildassets.toml": 'compress = ["gzip"]\nretain.releases = 1\n'})
    assert len(loads(site.manifest.decode()).retained) == 1


def test_removed_files_are_not_named(site: Site) -> None:
    site.build()
    (copy,) = (site.folder / "build/assets").glob("*.gz")
    site.build({"assets/app.css": "b { color: tan }\n" * 20})
    copy.unlink()
    site.build()
    assert loads(site.manifest.decode()).retained[0].assets["app.css"].encodings == {}
    (site.folder / "build/assets" / copy.stem).unlink()
    site.build()
    assert loads(site.manifest.decode()).retained == ()


def test_builds_for_development_retain_nothing_and_are_not_retained(site: Site) -> None:
    site.build(mode="development")
    assert site.release("two()").retained == ()
    site.release("three()")
    site.build(mode="development")
    assert loads(site.manifest.decode()).retained == ()


@pytest.mark.parametrize("damage", [b"{", b'{"schema": 9, "assets": {}}', b"\xff"])
def test_manifest_that_cannot_be_read_stops_the_build(site: Site, damage: bytes) -> None:
    site.release("one()")
    path = site.folder / "build/manifest.json"
    path.write_bytes(damage)
    before = read_tree(site.folder / "build")
    result = site.build({"assets/app.js": "two()\n"})
    assert [found.code for found in result.diagnostics] == ["retain/unreadable"]
    assert read_tree(site.folder / "build") == before


def test_release_states_what_it_retains(site: Site) -> None:
    site.release("one()")
    site.release("two()")
    document = json.loads(site.manifest)
    (kept,) = document["retained"]
    assert set(kept["assets"]["app.js"]) & {"inputs", "references", "map"} == set()


def test_a_build_that_knows_of_the_last_retains_what_one_without_a_past_does(site: Site, tmp_path: Path) -> None:
    twin = Site(write_tree(tmp_path / "twin", SITE))
    wholly = []

    def built_from_last(*, last: LastBuild | None) -> BuildResult:
        wholly.append(last is None)
        return build(config, last=last, clock=lambda: twin.hours * HOUR)

    for number in range(5):
        twin.hours = site.hours = number * 10
        site.build({"assets/app.js": f"call({number})\n"})
        write_tree(twin.folder, {"assets/app.js": f"call({number})\n"})
        config = load_config(start=str(twin.folder))
        settle()
        assert kept_or_built(BuildRequest(config=config, cache=str(tmp_path / "cache")), built_from_last).succeeded
        assert read_tree(twin.folder / "build") == read_tree(site.folder / "build")
    assert wholly == [True, False, False, False, False]


def test_a_build_works_again_when_a_retained_file_is_gone(site: Site, tmp_path: Path) -> None:
    site.release("one()")
    kept = site.release("two()").retained[0].assets["app.js"].file
    config = load_config(start=str(site.folder))
    for _ in range(2):
        settle()
        result = kept_or_built(BuildRequest(config=config, cache=str(tmp_path / "cache")), partial(build, config))
        (site.folder / "build/assets" / kept).unlink(missing_ok=True)
    assert result.written == ("assets/release.json", "manifest.json")
    assert loads(site.manifest.decode()).retained == ()


FILES = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("0123"), min_size=1)


def entries(files: Mapping[str, str]) -> dict[str, Entry]:
    return {path: Entry(f"{path}.{version}", "text/plain", 1, encodings={"br": 1}) for path, version in files.items()}


@given(st.lists(st.tuples(FILES, st.integers(0, 30)), min_size=1), st.integers(0, 4), st.integers(0, 48))
def test_each_file_of_the_last_releases_is_named_once(
    history: list[tuple[dict[str, str], int]], releases: int, hours: int
) -> None:
    """Whatever the releases were: nothing is named twice, nothing too old, and all that is young and recent enough."""
    now = 0.0
    kept: tuple[Retained, ...] = ()
    before: dict[str, Entry] = {}
    for number, (files, passed) in enumerate(history):
        now += passed * HOUR
        assets = entries(files)
        retaining = Retaining(Retain(releases, hours), partial(float, now))
        kept = retaining.retained(Superseded(str(number), before, kept), assets, lambda file, size: True)
        named = [entry.file for one in (assets, *(release.assets for release in kept)) for entry in one.values()]
        assert len(named) == len(set(named))
        assert len(kept) <= releases
        if releases:
            assert {entry.file for entry in before.values()} <= set(named)
        before = assets
