"""Names of releases, and the packages that bring them."""

import json
import sys
from pathlib import Path

import pytest

from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Diagnostic
from buildassets.wheels.installed import installed_releases, release_named
from tests.building import build, load_config, manifest_of
from tests.command import run
from tests.conftest import write_tree
from tests.wheels.packages import install, site

__all__ = ["site"]


def refused(name: str) -> Diagnostic:
    found = release_named(name)
    assert isinstance(found, Diagnostic)
    return found


def test_a_release_is_in_the_folder_of_its_module(site: Path) -> None:
    release = install(site, "cards", distribution="django-cards")
    (found,) = (one for one in installed_releases() if one.name == "cards")
    assert (found.folder, found.distribution) == (str(release), "django-cards 1.0")
    assert "django_cards" not in sys.modules


def test_two_packages_with_one_name_are_an_error_that_names_both(site: Path) -> None:
    install(site, "cards", distribution="django-cards")
    install(site, "cards", distribution="other-cards")
    fault = refused("cards")
    assert fault.code == "wheel/name"
    assert [note.partition(" has ")[0] for note in fault.notes] == ["django-cards 1.0", "other-cards 1.0"]


def test_names_that_differ_in_case_only_are_one_name(site: Path) -> None:
    install(site, "cards", distribution="django-cards")
    install(site, "Cards", distribution="other-cards")
    assert refused("cards").code == "wheel/name"


def test_a_package_that_is_on_the_path_twice_is_one(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(site, "cards")
    monkeypatch.syspath_prepend(str(site.parent / "."))
    monkeypatch.setattr(sys, "path", [str(site), *sys.path])
    assert not isinstance(release_named("cards"), Diagnostic)


def test_an_unknown_name_has_the_nearest_one_as_its_hint(site: Path) -> None:
    install(site, "cards")
    assert refused("card").hint == "did you mean `cards`?"


@pytest.mark.parametrize(
    "name", ["", "..", "../x", "a/b", "a\\b", "C:", "a b", ".hidden", "a\n", "__proto__", "aux", "nul.x"]
)
def test_a_name_that_is_no_folder_is_an_error(name: str) -> None:
    assert refused(name).code == "wheel/name"


@pytest.mark.parametrize("module", ["../../etc", "/etc", "cards.release:main", "cards..release", ""])
def test_a_module_that_is_none_leads_nowhere(site: Path, module: str) -> None:
    install(site, "cards")
    write_tree(site, {"cards-1.0.dist-info/entry_points.txt": f"[buildassets.releases]\ncards = {module}\n"})
    fault = refused("cards")
    assert fault.code in ("wheel/manifest", "wheel/unknown")


DAMAGED = {
    "a line without a value": (b"Name: evil\n", b"[buildassets.releases]\ngarbage\n"),
    "bytes": (b"Name: ev\xffil\n", b"[buildassets.releases]\ncards = evil\xff.release\n"),
    "a null character": (b"Name: evil\n", b"[buildassets.releases]\nevil = evil\0.release\n"),
    "no name": (b"garbage\n", b"[buildassets.releases]\nevil = evil.release\n"),
}


@pytest.mark.parametrize(("metadata", "points"), DAMAGED.values(), ids=DAMAGED)
def test_damaged_metadata_of_one_package_leaves_the_others(site: Path, metadata: bytes, points: bytes) -> None:
    install(site, "cards")
    write_tree(site, {"evil-1.0.dist-info/METADATA": metadata, "evil-1.0.dist-info/entry_points.txt": points})
    assert not isinstance(release_named("cards"), Diagnostic)


@pytest.mark.parametrize(
    "origin",
    [
        "[",
        "[" * 200_000,
        "[]",
        '{"dir_info": []}',
        '{"url": 5, "dir_info": {"editable": true}}',
        '{"url": "file://[", "dir_info": {"editable": true}}',
        '{"url": "file:///%00", "dir_info": {"editable": true}}',
        '{"url": "file:///", "dir_info": {"editable": true}}',
        '{"url": "https://evil.example/", "dir_info": {"editable": true}}',
    ],
)
def test_an_installed_package_cannot_have_other_folders_built(site: Path, origin: str) -> None:
    install(site, "cards")
    write_tree(site, {"cards-1.0.dist-info/direct_url.json": origin})
    found = release_named("cards")
    assert not isinstance(found, Diagnostic)
    assert found.project == ""


def test_an_error_has_its_place_in_the_configuration(site: Path, tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "buildassets.toml": 'packages = ["nothing"]\n'})
    with pytest.raises(ConfigError) as raised:
        load_config(start=str(tmp_path))
    (fault,) = raised.value.diagnostics
    assert (fault.code, fault.location and fault.location.line) == ("wheel/unknown", 1)


def test_a_package_is_merged_by_an_option(site: Path, tmp_path: Path) -> None:
    install(site, "cards")
    write_tree(tmp_path, {"assets/a.css": ""})
    done = run(tmp_path, "build", "--also", "package:cards", "--json")
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "build/manifest.json").read_text())
    assert "cards/css/card.css" in manifest["assets"]


def test_an_editable_package_is_found_by_its_finder(site: Path, tmp_path: Path) -> None:
    release = install(site, "cards")
    source = tmp_path / "project/src"
    source.mkdir(parents=True)
    (site / "cards").rename(source / "cards")
    sys.path.append(str(source))  # as a `.pth` file does
    try:
        write_tree(tmp_path, {"assets/a.css": "", "buildassets.toml": 'packages = ["cards"]\n'})
        assert "cards/css/card.css" in manifest_of(build(load_config(start=str(tmp_path)))).assets
    finally:
        sys.path.remove(str(source))
    assert not release.exists()
