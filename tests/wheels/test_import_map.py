"""Import maps in the releases of installed packages, in the map of an application."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from buildassets.compiler.result import BuildResult
from buildassets.errors import ConfigError
from buildassets.features.import_map.merged import option_text
from buildassets.runtime import Assets
from tests.building import build, codes, load_config, manifest_of
from tests.command import run
from tests.conftest import Tree, write_tree
from tests.wheels.packages import FILES, forge, install, site

__all__ = ["site"]

MAP = '[importmap]\n"cards" = "js/card.js"\n"cards/" = "js/"\n'
BOTH = 'packages = ["cards", "tiles"]\n'


def application(folder: Path, settings: str = 'packages = ["cards"]\n', files: Tree | None = None) -> Path:
    return write_tree(folder, {"assets/app.js": "export {}\n", "buildassets.toml": settings, **(files or {})})


def merged(folder: Path, settings: str = 'packages = ["cards"]\n') -> BuildResult:
    return build(load_config(start=str(application(folder, settings))))


def refused(folder: Path, settings: str = 'packages = ["cards"]\n') -> list[str]:
    """The errors of a configuration, with their notes."""
    with pytest.raises(ConfigError) as raised:
        load_config(start=str(application(folder, settings)))
    return [" / ".join((f"{one.code}: {one.message}", *one.notes)) for one in raised.value.diagnostics]


def test_names_of_a_package_are_in_the_map_of_the_application(site: Path, tmp_path: Path) -> None:
    install(site, "cards", settings=MAP)
    manifest = manifest_of(merged(tmp_path))
    assert manifest.importmap == {
        "cards": "cards/js/card.js",
        "cards/card.js": "cards/js/card.js",
        "cards/size.js": "cards/js/size.js",
    }
    entry = manifest.assets["cards/js/card.js"]
    element = str(Assets(tmp_path / "build/manifest.json").importmap())
    page = json.loads(re.sub("<.*?>", "", element))
    assert page["imports"]["cards"] == f"/assets/{entry.file}"
    assert page["integrity"][f"/assets/{entry.file}"] == entry.integrity


def test_modules_of_the_application_import_by_these_names(site: Path, tmp_path: Path) -> None:
    install(site, "cards", settings=MAP)
    application(tmp_path, files={"assets/app.js": 'import { area } from "cards"\nconsole.log(area)\n'})
    result = build(load_config(start=str(tmp_path)))
    assert codes(result) == []
    assert manifest_of(result).assets["app.js"].imports == ("cards/js/card.js",)


def test_scopes_of_a_package_are_for_its_modules(site: Path, tmp_path: Path) -> None:
    install(site, "cards", settings='[importmap.scopes]\n"js/" = { size = "js/size.js" }\n')
    assert manifest_of(merged(tmp_path)).scopes == {"cards/js/": {"size": "cards/js/size.js"}}


def test_a_name_of_the_application_goes_before_that_of_a_package(site: Path, tmp_path: Path) -> None:
    install(site, "cards", settings=MAP)
    result = merged(tmp_path, f'packages = ["cards"]\n{MAP.splitlines()[0]}\ncards = "app.js"\n')
    assert manifest_of(result).importmap["cards"] == "app.js"


def test_two_packages_with_one_name_are_a_warning_that_names_both(site: Path, tmp_path: Path) -> None:
    for name in ("cards", "tiles"):
        install(site, name, settings='[importmap]\nsize = "js/size.js"\n')
    config = load_config(start=str(application(tmp_path, BOTH)))
    (fault,) = config.notices
    assert fault.code == "importmap/versions"
    assert fault.notes == (
        "package `cards` maps it to `cards/js/size.js`",
        "package `tiles` maps it to `tiles/js/size.js`",
    )
    assert manifest_of(build(config)).scopes == {
        "cards/": {"size": "cards/js/size.js"},
        "tiles/": {"size": "tiles/js/size.js"},
    }


def test_a_conflict_with_an_application_of_django_names_both(site: Path, tmp_path: Path) -> None:
    install(site, "cards", settings=MAP)
    text = option_text("shop", places=["cards/"], importmap={"cards": "app.js"})
    done = run(application(tmp_path), "build", "--also", "assets", "--also", text)
    assert done.returncode == 2
    assert "error[importmap/conflict]: `cards` is mapped twice in the scope `cards/`" in done.stderr
    assert "application `shop` maps it to `app.js`" in done.stderr
    assert "package `cards` maps it to `cards/js/card.js`" in done.stderr


def test_a_new_map_of_a_package_is_taken_over(site: Path, tmp_path: Path) -> None:
    install(site, "cards", settings=MAP)
    application(tmp_path)
    for settings, names in ((MAP, 3), ('[importmap]\n"size" = "js/size.js"\n', 1)):
        install(site, "cards", settings=settings)
        assert run(tmp_path, "build").returncode == 0
        assert len(json.loads((tmp_path / "build/manifest.json").read_text())["importmap"]) == names


def test_a_host_that_only_a_package_names_is_an_error(site: Path, tmp_path: Path) -> None:
    install(site, "cards", settings='[importmap]\nlit = "https://evil.example/lit.js"\n')
    (shown,) = refused(tmp_path)
    assert shown.startswith("importmap/host: package `cards` maps `lit` to a host that the configuration does not name")
    settings = 'packages = ["cards"]\n[importmap]\nother = "https://evil.example/other.js"\n'
    assert "lit" in manifest_of(merged(tmp_path, settings)).importmap


def mapped(name: str, target: str) -> Callable[[dict[str, Any]], None]:
    return lambda document: document["importmap"].update({name: target})


HOSTILE = {
    "a module of the application": mapped("/assets/app.js", "js/card.js"),
    "a URL": mapped("https://cdn.example/app.js", "js/card.js"),
    "a relative URL": mapped("./app.js", "js/card.js"),
    "a file outside": mapped("lit", "../app.js"),
    "an absolute file": mapped("lit", "/etc/passwd"),
    "a file of the application": mapped("lit", "app.js"),
    "a scope outside": lambda document: document.update(scopes={"../": {"lit": "js/card.js"}}),
    "all modules": lambda document: document.update(scopes={"/": {"lit": "js/card.js"}}),
    "data": mapped("lit", "data:text/javascript,alert(1)"),
    "a script": mapped("lit", "javascript:alert(1)"),
    "a password": mapped("lit", "https://me:secret@evil.example/"),
    "names of a page": lambda document: document.update(modules={"/assets/app.js": "js/card.js"}),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_map_is_an_error_that_names_the_package(
    site: Path, tmp_path: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    forge(install(site, "cards"), change)
    try:
        found = [f"{one.code}: {one.message} {one.location} {one.notes}" for one in merged(tmp_path).diagnostics]
    except ConfigError as fault:
        found = [f"{one.code}: {one.message} {one.location} {one.notes}" for one in fault.diagnostics]
    assert found
    assert all("cards" in one for one in found)
    assert not (tmp_path / "build").exists()


def test_a_name_of_an_object_is_a_name(site: Path, tmp_path: Path) -> None:
    install(site, "cards", settings='[importmap]\n"__proto__" = "js/card.js"\n"constructor" = "js/size.js"\n')
    assert manifest_of(merged(tmp_path)).importmap.keys() == {"__proto__", "constructor"}


def test_modules_whose_names_a_page_maps_are_refused(site: Path, tmp_path: Path) -> None:
    install(site, "cards", FILES, settings='modules = "importmap"\n')
    result = merged(tmp_path)
    assert [one.message for one in result.diagnostics] == [
        'it was built with `modules = "importmap"`, whose names are for pages of one site'
    ]
