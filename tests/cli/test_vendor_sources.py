"""`buildassets vendor` with small packages that have Sass sources, folders of modules, or images named by scripts."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.command import run
from tests.conftest import write_tree
from tests.packages.conftest import bare, registry
from tests.packages.server import Registry

__all__ = ["bare", "registry"]

THEME = {
    "dist/theme.js": "export default 1\n",
    "dist/theme.css": "a { color: red }\n",
    "scss/_variables.scss": "$ink: red !default;\n",
    "scss/theme.scss": '@import "variables";\na { color: $ink; background: url("../img/a.svg"); }\n',
    "img/a.svg": "<svg/>",
    "test/scss/test.scss": "b { c: d }\n",
}


def publish(registry: Registry, name: str, files: Mapping[str, str], **described: Any) -> None:
    package = {"name": name, "version": "1.0.0", **described}
    registry.publish(name, "1.0.0", {"package.json": json.dumps(package), **files})


@pytest.fixture
def project(bare: Path, registry: Registry) -> Path:
    """A project whose sheet uses the sources of a package."""
    publish(registry, "theme", THEME, module="dist/theme.js")
    sheet = '$ink: blue;\n@import "theme/scss/theme";\n'
    settings = f'registry = "{registry.url}"\ncompress = []\n[engines]\nscss = "libsass"\n'
    return write_tree(
        bare, {"buildassets.toml": settings, "assets/app.scss": sheet, "assets/vendor/own.scss": "a{b:c}"}
    )


def succeed(project: Path, *arguments: str) -> str:
    done = run(project, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stderr


def released(project: Path) -> dict[str, Any]:
    assets: dict[str, Any] = json.loads((project / "build/manifest.json").read_text())["assets"]
    return assets


def text_of(project: Path, path: str) -> str:
    return (project / "build/assets" / str(released(project)[path]["file"])).read_text()


def vendored(project: Path) -> set[str]:
    folder = project / "assets/vendor/theme"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_sass_sources_are_found_by_the_name_of_their_package_and_not_released(project: Path) -> None:
    assert "vendored the Sass sources of theme 1.0.0\n" in succeed(project, "vendor", "add", "theme", "--source")
    assert vendored(project) == {"scss/_variables.scss", "scss/theme.scss", "img/a.svg"}
    succeed(project, "build")
    assert "color:blue" in text_of(project, "app.css")
    assert sorted(released(project)) == ["app.css", "vendor/own.css", "vendor/theme/img/a.svg"]


def test_modules_and_sheets_come_with_a_second_add_and_stay_with_an_update(project: Path) -> None:
    succeed(project, "vendor", "add", "theme", "--source")
    assert "vendored theme 1.0.0 with its Sass sources\n" in succeed(project, "vendor", "add", "theme")
    assert vendored(project) >= {"dist/theme.js", "dist/theme.css", "scss/theme.scss"}
    for again in (("add", "theme", "--source"), ("update",)):
        succeed(project, "vendor", *again)
        assert vendored(project) >= {"dist/theme.js", "dist/theme.css", "scss/theme.scss"}


def test_a_sheet_without_the_sources_names_the_command_that_adds_them(project: Path) -> None:
    succeed(project, "vendor", "add", "theme")
    done = run(project, "build")
    assert done.returncode == 1
    hint = "hint: run `buildassets vendor add theme --source` for the Sass sources of the package"
    assert hint in done.stderr
    succeed(project, "vendor", "add", "theme", "--source")
    assert vendored(project) >= {"dist/theme.js", "scss/theme.scss", "img/a.svg"}
    succeed(project, "build")


def test_sources_stay_with_an_update_and_go_with_the_package(project: Path, registry: Registry) -> None:
    succeed(project, "vendor", "add", "theme", "--source")
    registry.publish(
        "theme", "1.1.0", {"package.json": '{"main": "a.js"}', "a.js": "export {}", "scss/n.scss": "a{b:c}"}
    )
    succeed(project, "vendor", "update")
    assert vendored(project) == {"scss/n.scss"}
    assert tomllib.loads((project / "buildassets.lock").read_text())["vendor"]["theme"]["source"] is True
    succeed(project, "vendor", "remove", "theme")
    assert vendored(project) == set()


def test_a_package_of_sass_alone_is_added_with_its_sources_only(project: Path, registry: Registry) -> None:
    publish(registry, "mixins", {"_index.scss": "@mixin a { b: c }\n"})
    done = run(project, "vendor", "add", "mixins")
    assert (done.returncode, "hint: run `buildassets vendor add mixins --source` for its Sass" in done.stderr) == (
        1,
        True,
    )
    succeed(project, "vendor", "add", "mixins", "--source")
    write_tree(project, {"assets/app.scss": '@import "mixins/index";\na { @include a; }\n'})
    succeed(project, "build")
    assert text_of(project, "app.css").startswith("a{b:c}")


def test_a_package_without_sass_is_refused_with_sources(project: Path, registry: Registry) -> None:
    publish(registry, "plain", {"a.js": "export {}"}, module="a.js")
    done = run(project, "vendor", "add", "plain", "--source")
    assert done.returncode == 1
    assert "error[vendor/unfit]: `plain` 1.0.0 has no Sass sources" in done.stderr
    assert "hint: add it without `--source`" in done.stderr


def test_images_that_a_script_names_are_added_and_keep_their_names(project: Path, registry: Registry) -> None:
    files = {
        "dist/map.js": 'addMarker(folderOfSheet() + "pin.png", folderOfSheet() + "shadow.png", "gone.png")',
        "dist/map.css": ".pin { background: url(images/pin.png) }",
        "dist/images/pin.png": "1",
        "dist/images/shadow.png": "2",
        "dist/images/unused.png": "3",
    }
    publish(registry, "map", files, main="dist/map.js", style="dist/map.css")
    succeed(project, "vendor", "add", "map")
    write_tree(project, {"assets/app.scss": "a { b: c }\n"})
    succeed(project, "build")
    names = {path: one["file"] for path, one in released(project).items() if path.endswith(".png")}
    kept = ("vendor/map/dist/images/pin.png", "vendor/map/dist/images/shadow.png")
    assert names == dict(zip(kept, kept, strict=True))


def test_a_folder_that_a_package_offers_is_one_entry_of_the_import_map(project: Path, registry: Registry) -> None:
    files = {"a.js": 'import "./more/b.js"', "more/b.js": "export {}", "more/unused.js": "export {}"}
    publish(registry, "wide", files, exports={".": "./a.js", "./extra/*": "./more/*", "./other/*": "./gone/*"})
    succeed(project, "vendor", "add", "wide")
    importmap = {"wide": "vendor/wide/a.js", "wide/extra/": "vendor/wide/more/"}
    assert tomllib.loads((project / "buildassets.toml").read_text())["importmap"] == importmap
    write_tree(project, {"assets/app.scss": "a{b:c}", "assets/app.js": 'import "wide/extra/b.js"'})
    succeed(project, "build")
    succeed(project, "vendor", "remove", "wide")
    assert tomllib.loads((project / "buildassets.toml").read_text()).get("importmap", {}) == {}
