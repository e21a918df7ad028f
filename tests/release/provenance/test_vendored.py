import json
from pathlib import Path

import pytest

from buildassets.foundation.permission import BUILDING
from buildassets.packages.lock import Lock, LockedPackage, write_lock
from buildassets.release.provenance.vendored import Component, vendored
from tests.conftest import Tree, write_tree
from tests.corpus.packages import node_modules

BANNERS = {
    "/*! jQuery v3.7.1 | (c) OpenJS Foundation and other contributors | jquery.org/license */": ("jQuery", "3.7.1"),
    "/*!\n * jQuery JavaScript Library v3.7.1\n * https://jquery.com/\n */": ("jQuery JavaScript Library", "3.7.1"),
    '@charset "UTF-8";/*!\n * Bootstrap  v5.3.3 (https://getbootstrap.com/)\n */': ("Bootstrap", "5.3.3"),
    "/*!\n * Font Awesome Free 6.5.1 by @fontawesome - https://fontawesome.com\n */": ("Font Awesome Free", "6.5.1"),
    "/* @preserve\n * Leaflet 1.9.4, a JS library for interactive maps.\n */": (
        "Leaflet",
        "1.9.4",
    ),
    "/**\n* vue v3.5.0-beta.1\n* (c) 2018-present Yuxi (Evan) You\n* @license MIT\n**/": ("vue", "3.5.0-beta.1"),
    "/*! Hammer.JS - v2.0.7 - 2016-04-22\n * http://hammerjs.github.io/\n */": ("Hammer.JS", "2.0.7"),
    "/*! jQuery UI - v1.13.2 - 2022-07-14\n* http://jqueryui.com */": ("jQuery UI", "1.13.2"),
    "/*! normalize.css v8.0.1 | MIT License | github.com/necolas/normalize.css */": ("normalize.css", "8.0.1"),
    "//     Underscore.js 1.13.6\n//     https://underscorejs.org": ("Underscore.js", "1.13.6"),
    "/*! @preserve sweetalert2 v11.4.8\n*/": ("sweetalert2", "11.4.8"),
    "\ufeff\n/*! Select2 4.1.0-rc.0 | https://github.com/select2/select2 */": ("Select2", "4.1.0-rc.0"),
}
NO_BANNERS = (
    "",
    "a { color: red } /*! jQuery v3.7.1 */",
    "/**\n * @license\n * Lodash <https://lodash.com/>\n * Based on Underscore.js 1.8.3\n */",
    "// https://d3js.org v7.9.2 Copyright 2010-2026 Mike Bostock",
    "/* see section 4.2 of the style guide */",
    "/*! the 1.5 em rule */ a {}",
    '"/*! jQuery v3.7.1 */"',
    "/*! jQuery v3 */",
    "/*! never closed v1.2.3",
)


def found(folder: Path, files: Tree) -> tuple[Component, ...]:
    write_tree(folder, files)
    return vendored({name: str(folder / name) for name in files if not name.endswith(".json")}, str(folder))


@pytest.mark.parametrize(("banner", "expected"), BANNERS.items(), ids=str)
def test_a_lone_file_is_known_by_its_banner(tmp_path: Path, banner: str, expected: tuple[str, str]) -> None:
    (component,) = found(tmp_path, {"vendor/a.js": f"{banner}\nfunction(){{}}"})
    assert component == Component(*expected, license="", is_package=False, locations=("vendor/a.js",))


@pytest.mark.parametrize("text", NO_BANNERS)
def test_other_comments_than_banners_name_nothing(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, {"a.js": text}) == ()


def test_only_files_that_have_comments_have_banners(tmp_path: Path) -> None:
    assert found(tmp_path, {"a.png": "/*! jQuery v3.7.1 */"}) == ()


def package(name: str, version: str = "1.2.3", **more: object) -> str:
    return json.dumps({"name": name, "version": version, **more})


def test_a_package_is_known_by_its_description(tmp_path: Path) -> None:
    files = {
        "node_modules/@scope/lib/package.json": package("@scope/lib", license="(MIT OR Apache-2.0)"),
        "node_modules/@scope/lib/dist/b.js": "/*! Something v9.9.9 */",
        "node_modules/@scope/lib/a.css": "",
        "app.js": "",
    }
    locations = ("node_modules/@scope/lib/a.css", "node_modules/@scope/lib/dist/b.js")
    assert found(tmp_path, files) == (Component("@scope/lib", "1.2.3", "(MIT OR Apache-2.0)", True, locations),)


def test_a_description_with_only_the_kind_of_modules_is_ignored(tmp_path: Path) -> None:
    files = {
        "node_modules/lib/package.json": package("lib"),
        "node_modules/lib/esm/package.json": '{"type": "module"}',
        "node_modules/lib/esm/a.js": "",
    }
    assert [one.name for one in found(tmp_path, files)] == ["lib"]


def test_packages_inside_of_packages_are_others(tmp_path: Path) -> None:
    files = {
        "node_modules/lib/package.json": package("lib"),
        "node_modules/lib/node_modules/inner/package.json": package("inner", "0.1.0"),
        "node_modules/lib/node_modules/inner/a.js": "",
        "node_modules/lib/node_modules/lost/a.js": "",
    }
    assert [one.name for one in found(tmp_path, files)] == ["inner"]


def test_two_versions_of_a_package_are_two(tmp_path: Path) -> None:
    files = {
        f"v{n}/{name}": text
        for n in (1, 2)
        for name, text in (("package.json", package("lib", f"{n}.0.0")), ("a.js", ""))
    }
    assert [(one.name, one.version) for one in found(tmp_path, files)] == [("lib", "1.0.0"), ("lib", "2.0.0")]


def test_the_project_itself_is_not_vendored(tmp_path: Path) -> None:
    files = {"package.json": package("our-app"), "assets/app.js": "", "assets/app.css": ""}
    assert found(tmp_path, files) == ()


def test_files_around_the_project_are_ignored(tmp_path: Path) -> None:
    write_tree(tmp_path, {"package.json": package("of-somebody"), "shared/a.js": "", "project/b.js": ""})
    assert vendored({"a.js": str(tmp_path / "shared/a.js")}, str(tmp_path / "project")) == ()


def test_packages_next_to_the_project_are_known(tmp_path: Path) -> None:
    write_tree(tmp_path, {"node_modules/lib/package.json": package("lib"), "node_modules/lib/a.js": ""})
    (component,) = vendored({"a.js": str(tmp_path / "node_modules/lib/a.js")}, str(tmp_path / "project"))
    assert component.name == "lib"


@pytest.mark.parametrize(
    "text", ["{", "[]", "null", '{"name": 1, "version": "1"}', '{"name": "", "version": "1"}', "\0"]
)
def test_a_description_that_means_nothing_is_none(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, {"node_modules/lib/package.json": text, "node_modules/lib/a.js": ""}) == ()


@pytest.mark.parametrize(
    ("stated", "known"),
    [
        ("MIT", "MIT"),
        ({"type": "BSD-3-Clause", "url": "https://example.com"}, "BSD-3-Clause"),
        ([{"type": "MIT"}, {"type": "GPL-2.0"}], "MIT OR GPL-2.0"),
        (None, ""),
        (7, ""),
    ],
)
def test_a_license_is_taken_in_every_form_that_npm_has_had(tmp_path: Path, stated: object, known: str) -> None:
    files = {"lib/package.json": package("lib", license=stated), "lib/a.js": ""}
    assert [one.license for one in found(tmp_path, files)] == [known]


@pytest.mark.corpus
def test_real_packages_are_known_as_npm_knows_them() -> None:
    top = node_modules()
    names = {"jquery": "dist/jquery.js", "@fortawesome/fontawesome-free": "css/all.css", "lit": "index.js"}
    inputs = {name: str(top / name / file) for name, file in names.items()}
    lock = json.loads((Path(__file__).parents[2] / "corpus/package-lock.json").read_text())["packages"]
    assert {one.name: (one.version, one.license) for one in vendored(inputs, str(top.parent))} == {
        name: (lock[f"node_modules/{name}"]["version"], lock[f"node_modules/{name}"]["license"]) for name in names
    }


def test_files_of_the_lock_belong_to_its_packages(tmp_path: Path) -> None:
    digest, sha512 = "0" * 64, "sha512-" + "A" * 86 + "=="
    package = LockedPackage("1.2.0", "", True, sha512, "MIT", {"dist/a.js": digest})
    write_lock(str(tmp_path), Lock({}, {"@s/a": package}), permission=BUILDING)
    files = {
        "assets/vendor/@s/a/dist/a.js": "/*! other v9.9.9 */",
        "assets/vendor/@s/a/more.js": "/*! other v9.9.9 */",
        "assets/vendor/b/dist/a.js": "b()",
    }
    assert found(tmp_path, files) == (
        Component("@s/a", "1.2.0", "MIT", True, ("assets/vendor/@s/a/dist/a.js",)),
        Component("other", "9.9.9", "", False, ("assets/vendor/@s/a/more.js",)),
    )
