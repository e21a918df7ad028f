"""Globs in the import map, and what pages do not load ahead."""

from pathlib import Path

import pytest

from buildassets.manifest.model import Manifest
from buildassets.runtime import Assets
from tests.building import codes
from tests.command import built
from tests.conftest import Tree

PLAIN = 'minify = false\ncompress = []\nmodules = "importmap"\n'


def manifest_of(folder: Path, files: Tree, settings: str) -> Manifest:
    """The manifest of a build that succeeds without a diagnostic."""
    result = built(folder, files, settings)
    assert result.manifest is not None
    assert codes(result) == []
    return result.manifest


PINS: Tree = {
    "assets/js/app.js": 'import "controllers"; import "lone"; import "controllers/menu";',
    "assets/controllers/index.js": "export {};",
    "assets/controllers/menu.js": 'import "lone";',
    "assets/controllers/admin/index.js": "export {};",
    "assets/controllers/admin/a.b_controller.js": "export {};",
    "assets/controllers/style.css": "",
    "assets/lone.js": 'import "./deep.js";',
    "assets/deep.js": "export {};",
}
NAMES = {
    "controllers": "controllers/index.js",
    "controllers/menu": "controllers/menu.js",
    "controllers/admin": "controllers/admin/index.js",
    "controllers/admin/a.b_controller": "controllers/admin/a.b_controller.js",
}


@pytest.mark.parametrize(
    ("pin", "names"),
    [
        ('"controllers/*" = "controllers/**/*.js"', NAMES),
        ('"controllers" = "controllers/**/*.js"', NAMES),
        ('"controllers/" = "controllers/**"', NAMES),
        ('"controllers/**" = "controllers/**/*"', NAMES),
        ('"*" = "controllers/admin/*.js"', {"a.b_controller": NAMES["controllers/admin/a.b_controller"]}),
        ('"@x/*/y" = "controllers/m*.js"', {"@x/menu/y": "controllers/menu.js"}),
    ],
)
def test_a_glob_pins_each_module_by_its_path_without_suffix(tmp_path: Path, pin: str, names: dict[str, str]) -> None:
    files: Tree = {**PINS, "assets/js/app.js": "x()", "assets/controllers/menu.js": "x()"}
    manifest = manifest_of(tmp_path, files, f"{PLAIN}[importmap]\n{pin}\n")
    assert {name: path for name, path in manifest.importmap.items() if name} == names


@pytest.mark.parametrize(
    ("preload", "left_out"),
    [
        ("", ()),
        ('"lone" = false', ("lone.js", "deep.js")),
        ('"lone" = true', ()),
        ('"controllers/menu" = false', ("controllers/menu.js",)),
        ('"controllers/*" = false', ("controllers/index.js", "controllers/menu.js")),
    ],
)
def test_files_that_need_no_preload_are_left_out(tmp_path: Path, preload: str, left_out: tuple[str, ...]) -> None:
    pins = f'[importmap]\n"controllers/*" = "controllers/**/*.js"\n"lone" = "lone.js"\n[importmap_preload]\n{preload}\n'
    manifest_of(tmp_path, PINS, PLAIN + pins)
    assets = Assets(tmp_path / "build/manifest.json")
    loaded = ("js/app.js", "controllers/index.js", "controllers/menu.js", "lone.js", "deep.js")
    markup = assets.modulepreload("js/app.js")
    assert {path for path in loaded if assets.url(path) not in markup} == set(left_out)
    assert assets.url("lone.js") in assets.modulepreload("lone.js")


def test_a_package_of_npm_can_be_left_out_by_its_name(tmp_path: Path) -> None:
    files: Tree = {
        "assets/app.js": 'import "chart.js";',
        "node_modules/chart.js/package.json": '{"module": "dist/chart.js"}',
        "node_modules/chart.js/dist/chart.js": "export {};",
    }
    settings = 'sources = ["assets", { path = "node_modules", prefix = "npm", npm = true }]\n[importmap_preload]\n'
    for modules in ("rewrite", "importmap"):
        manifest = manifest_of(tmp_path, files, f'modules = "{modules}"\n{settings}"chart.js" = false\n')
        assert manifest.not_preloaded == ("npm/chart.js/dist/chart.js",)


def test_a_name_that_means_nothing_is_a_warning(tmp_path: Path) -> None:
    result = built(tmp_path, PINS, '[importmap]\n"lone" = "lone.js"\n[importmap_preload]\n"lome" = false\n')
    (found,) = (one for one in result.diagnostics if one.code == "importmap/preload")
    assert (found.is_error, found.hint) == (False, "did you mean `lone`?")
