"""`buildassets vendor` with published packages of each form: modules, sheets, CommonJS, bundles, peers."""

from pathlib import Path

import pytest

from tests.cli.test_vendor import importmap, locked, project, published, registry, succeed, vendored
from tests.command import run
from tests.conftest import write_tree

__all__ = ["project", "published", "registry"]
pytestmark = [pytest.mark.corpus, pytest.mark.thorough]


def test_files_for_browsers_are_vendored_with_licences_and_build(project: Path) -> None:
    printed = succeed(project, "vendor", "add", "htmx.org@2", "alpinejs", "bootstrap-icons")
    assert "vendored htmx.org 2.0.4\n" in printed
    assert succeed(project, "vendor", "add", "htmx.org") == "htmx.org 2.0.4 is locked already; its range is `2`\n"
    assert vendored(project) == {
        "vendor/htmx.org/LICENSE",
        "vendor/htmx.org/dist/htmx.esm.js",
        "vendor/alpinejs/dist/module.esm.js",
        "vendor/bootstrap-icons/LICENSE",
        "vendor/bootstrap-icons/font/bootstrap-icons.css",
        "vendor/bootstrap-icons/font/fonts/bootstrap-icons.woff",
        "vendor/bootstrap-icons/font/fonts/bootstrap-icons.woff2",
    }
    assert importmap(project) == {
        "own": "js/own.js",
        "htmx.org": "vendor/htmx.org/dist/htmx.esm.js",
        "alpinejs": "vendor/alpinejs/dist/module.esm.js",
    }
    assert (project / "buildassets.toml").read_text().startswith("# ours\n")
    assert '"own" = "js/own.js" # stays\n' in (project / "buildassets.toml").read_text()
    built = run(project, "build")
    assert (built.returncode, "warning" in built.stderr) == (0, False), built.stderr
    entry = locked(project)["htmx.org"]
    assert (entry["version"], entry["range"], entry["direct"], entry["license"]) == ("2.0.4", "2", True, "0BSD")
    assert succeed(project, "vendor", "verify") == "verified alpinejs, bootstrap-icons, htmx.org\n"


def test_imported_packages_come_and_go_with_a_package(project: Path) -> None:
    succeed(project, "vendor", "add", "lit@3")
    found = locked(project)
    assert set(found) == {"lit", "lit-html", "lit-element", "@lit/reactive-element"}
    assert {name for name, one in found.items() if one["direct"]} == {"lit"}
    assert found["lit"]["requires"]["lit-html"] == "^3.2.0"
    assert importmap(project)["lit"] == "vendor/lit/index.js"
    assert importmap(project)["lit-html"] == "vendor/lit-html/lit-html.js"
    assert importmap(project)["lit-element/lit-element.js"] == "vendor/lit-element/lit-element.js"
    assert importmap(project)["lit/decorators.js"] == "vendor/lit/decorators.js"
    write_tree(project, {"assets/js/app.js": 'import { LitElement } from "lit"; console.log(LitElement)\n'})
    built = run(project, "build")
    assert (built.returncode, "warning" in built.stderr) == (0, False), built.stderr
    assert "removed @lit/reactive-element\n" in succeed(project, "vendor", "remove", "lit")
    assert vendored(project) == set()
    assert importmap(project) == {"own": "js/own.js"}
    assert not (project / "buildassets.lock").exists()


def test_package_of_commonjs_only_is_refused_with_a_hint_at_bundles(project: Path) -> None:
    done = run(project, "vendor", "add", "react")
    assert done.returncode == 1
    assert "error[vendor/unfit]: `react` 19.2.0 is CommonJS only, which no browser loads" in done.stderr
    assert "bundle = true" in done.stderr
    assert vendored(project) == set()
    assert not (project / "buildassets.lock").exists()


def test_imported_peer_and_sheets_come_with_a_package(project: Path) -> None:
    succeed(project, "vendor", "add", "bootstrap")
    assert set(locked(project)) == {"bootstrap", "@popperjs/core"}
    assert {"vendor/bootstrap/dist/css/bootstrap.css", "vendor/bootstrap/dist/js/bootstrap.esm.js"} <= vendored(project)
    assert importmap(project)["@popperjs/core"] == "vendor/@popperjs/core/lib/index.js"
    built = run(project, "build")
    assert (built.returncode, "warning" in built.stderr) == (0, False), built.stderr


def test_script_for_pages_of_a_package_for_bundlers_is_vendored(project: Path) -> None:
    succeed(project, "vendor", "add", "vue")
    assert vendored(project) == {"vendor/vue/LICENSE", "vendor/vue/dist/vue.global.js"}
    assert importmap(project) == {"own": "js/own.js"}
