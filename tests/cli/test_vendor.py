"""`buildassets vendor` with real packages, from a registry of the tests, on a machine with nothing but Python."""

import errno
import json
import os
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from buildassets.cli.parse.options import configured_for_packages
from buildassets.cli.parse.permissions import permission_of
from buildassets.cli.verbs.vendor import vendoring
from buildassets.errors import PackagesError
from buildassets.packages.vendor.vendoring import add
from tests.cli.registries import serving_copy
from tests.command import run
from tests.conftest import read_tree, write_tree
from tests.packages.conftest import bare_machine
from tests.packages.published import PACKAGES, publish_real
from tests.packages.server import Registry, answering, serving

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def published() -> Iterator[Registry]:
    """A registry of real packages, which no test changes."""
    with serving() as one:
        publish_real(one, PACKAGES)
        yield one


@pytest.fixture
def registry(published: Registry) -> Iterator[Registry]:
    """A registry of real packages."""
    with serving_copy(published) as one:
        yield one


@pytest.fixture
def project(tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site with one module."""
    folder = bare_machine(tmp_path, monkeypatch)
    settings = f'# ours\nregistry = "{registry.url}"\n\n[importmap]\n"own" = "js/own.js" # stays\n'
    return write_tree(folder, {"buildassets.toml": settings, "assets/js/own.js": "export default 1\n"})


def vendored(folder: Path) -> set[str]:
    return {name for name in read_tree(folder / "assets") if name.startswith("vendor/")}


def importmap(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((folder / "buildassets.toml").read_text())["importmap"]
    return found


def locked(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((folder / "buildassets.lock").read_text())["vendor"]
    return found


def succeed(folder: Path, *arguments: str) -> str:
    done = run(folder, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_the_bill_of_materials_has_what_the_lock_has(project: Path) -> None:
    succeed(project, "vendor", "add", "alpinejs", "bootstrap-icons")
    succeed(project, "build", "--provenance")
    components = {one["name"]: one for one in json.loads((project / "build.cdx.json").read_text())["components"]}
    assert components["alpinejs"]["version"] == "3.14.8"
    assert components["alpinejs"]["purl"] == "pkg:npm/alpinejs@3.14.8"
    assert components["bootstrap-icons"]["licenses"] == [{"expression": "MIT"}]
    assert [one["location"] for one in components["alpinejs"]["evidence"]["occurrences"]] == [
        "vendor/alpinejs/dist/module.esm.js"
    ]


@pytest.mark.parametrize("written", ['importmap = { own = "js/own.js" }', 'importmap.own = "js/own.js"'])
def test_an_import_map_that_cannot_be_changed_refuses_all(project: Path, registry: Registry, written: str) -> None:
    settings = project / "buildassets.toml"
    settings.write_text(f'registry = "{registry.url}"\n{written}\n')
    before = read_tree(project)
    done = run(project, "vendor", "add", "alpinejs")
    assert (done.returncode, read_tree(project)) == (1, before)
    assert "error[vendor/importmap]: cannot change `[importmap]` in `buildassets.toml`" in done.stderr
    settings.write_text(f'registry = "{registry.url}"\n')
    succeed(project, "vendor", "add", "alpinejs")
    settings.write_text(
        f'registry = "{registry.url}"\n{written.replace("js/own.js", "vendor/alpinejs/dist/module.esm.js")}\n'
    )
    before = read_tree(project)
    done = run(project, "vendor", "remove", "alpinejs")
    assert (done.returncode, "remove `own`" in done.stderr, read_tree(project)) == (1, True, before)


def test_configuration_keeps_its_line_ends(project: Path) -> None:
    file = project / "buildassets.toml"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    succeed(project, "vendor", "add", "alpinejs")
    assert file.read_bytes().count(b"\r\n") == file.read_bytes().count(b"\n") > 2


def test_full_disk_leaves_the_import_map_unchanged(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    maps = []

    def full(*_: object, **__: object) -> None:
        maps.append(importmap(project))
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("buildassets.packages.vendor.vendoring.write_lock", full)
    config = configured_for_packages(str(project / "buildassets.toml"), permission=permission_of("vendor add"))
    before = read_tree(project)
    with pytest.raises(PackagesError):
        add(vendoring(config), {"alpinejs": ""})
    assert ["alpinejs" in one for one in maps] == [True]
    assert read_tree(project) == before


def test_audit_exits_with_1_for_an_advisory_and_2_without_an_answer(
    project: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)  # between the attempts to get an answer
    succeed(project, "vendor", "add", "alpinejs")
    assert run(project, "vendor", "audit").returncode == 0
    registry.advisories["alpinejs"] = [
        {"title": "it bites", "severity": "high", "vulnerable_versions": "<4", "url": "https://advisories.example/1"}
    ]
    found = run(project, "vendor", "audit", "--json")
    assert found.returncode == 1
    assert json.loads(found.stdout)["advisories"][0]["severity"] == "high"
    for answer in (answering(404), answering(500), answering(200, b"<html>"), answering(200, b'{"a": 1}')):
        registry.answers["/-/npm/v1/security/advisories/bulk"] = answer
        assert run(project, "vendor", "audit").returncode == 2
    registry.shutdown()
    registry.server_close()
    done = run(project, "vendor", "audit", "--json")
    assert (done.returncode, json.loads(done.stdout)["asked"]) == (2, False)


def test_audit_without_packages_asks_nothing_and_reports_that(project: Path, registry: Registry) -> None:
    done = run(project, "vendor", "audit")
    assert (done.returncode, done.stderr) == (0, "there is nothing to ask about: the lock has no packages\n")
    done = run(project, "vendor", "audit", "--json")
    assert (done.returncode, json.loads(done.stdout)["asked"], registry.asked) == (0, False, [])


def test_outdated_exits_with_1_if_any_is_and_update_stays_in_the_range(project: Path, registry: Registry) -> None:
    succeed(project, "vendor", "add", "alpinejs@3")
    done = run(project, "vendor", "outdated")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "nothing is outdated\n")
    for version in ("3.15.0", "4.0.0"):
        registry.publish(
            "alpinejs", version, {"package.json": '{"module": "a.js"}', "a.js": f"export default '{version}'"}
        )
    done = run(project, "vendor", "outdated")
    assert (done.returncode, done.stdout) == (1, "alpinejs 3.14.8: 3.15.0 in range, 4.0.0 is the newest\n")
    assert "vendored alpinejs 3.15.0\n" in succeed(project, "vendor", "update")
    assert vendored(project) == {"vendor/alpinejs/a.js"}
    assert importmap(project)["alpinejs"] == "vendor/alpinejs/a.js"


def publish_module(registry: Registry, name: str, version: str, text: str, **requires: str) -> None:
    described = json.dumps({"name": name, "version": version, "module": "index.js"})
    registry.publish(name, version, {"package.json": described, "index.js": text}, dependencies=requires)


def test_two_versions_of_a_package_have_scopes_until_one_is_removed(project: Path, registry: Registry) -> None:
    for number, name in ((1, "a"), (2, "b")):
        publish_module(registry, "core", f"{number}.0.0", f"export const version = {number}")
        publish_module(registry, name, "1.0.0", 'export { version } from "core"', core=str(number))
    assert "vendored core 1.0.0, for a only\n" in succeed(project, "vendor", "add", "a", "b")
    scopes = {"vendor/a/": {"core": "vendor/core@1.0.0/index.js"}}
    assert (importmap(project)["scopes"], importmap(project)["core"]) == (scopes, "vendor/core/index.js")
    succeed(project, "vendor", "verify")
    write_tree(project, {"assets/js/app.js": 'import "a"; import "b"\n'})
    succeed(project, "build")
    assert json.loads((project / "build/manifest.json").read_text())["scopes"] == scopes
    done = json.loads(run(project, "vendor", "update", "--json").stdout)
    assert (done["vendored"], done["scopes"]) == ([], scopes)
    succeed(project, "vendor", "remove", "a")
    assert importmap(project) == {"own": "js/own.js", "b": "vendor/b/index.js", "core": "vendor/core/index.js"}
    assert [name for name in vendored(project) if "@" in name] == []
    succeed(project, "build", "-q", "--no-cache")


def test_verify_exits_with_1_for_a_changed_missing_or_unlisted_file(project: Path) -> None:
    succeed(project, "vendor", "add", "htmx.org")
    folder = project / "assets/vendor/htmx.org"
    write_tree(folder, {"dist/htmx.esm.js": "evil()", "more.js": "x"})
    (folder / "LICENSE").unlink()
    done = run(project, "vendor", "verify", "--json")
    assert done.returncode == 1
    assert [one["message"] for one in json.loads(done.stdout)["diagnostics"]] == [
        "`assets/vendor/htmx.org/LICENSE` is missing",
        "`assets/vendor/htmx.org/dist/htmx.esm.js` is not what the lock states",
        "`assets/vendor/htmx.org/more.js` is not in the lock",
    ]
    assert "or remove it and run `buildassets vendor update htmx.org`" in done.stdout
    shutil.rmtree(folder)
    succeed(project, "vendor", "update", "htmx.org")
    succeed(project, "vendor", "verify")


def test_a_project_without_a_file_gets_one_and_pyproject_gets_its_table(project: Path, registry: Registry) -> None:
    (project / "buildassets.toml").unlink()
    done = run(project, "vendor", "add", "htmx.org", npm_config_registry=registry.url)
    assert done.returncode == 0, done.stderr
    assert importmap(project) == {"htmx.org": "vendor/htmx.org/dist/htmx.esm.js"}
    (project / "buildassets.toml").unlink()
    write_tree(project, {"pyproject.toml": "[tool.buildassets]\nminify = true\n[tool.other]\nx = 1\n"})
    assert run(project, "vendor", "add", "alpinejs", npm_config_registry=registry.url).returncode == 0
    values = tomllib.loads((project / "pyproject.toml").read_text())["tool"]
    assert values["buildassets"]["importmap"]["alpinejs"] == "vendor/alpinejs/dist/module.esm.js"
    assert values["other"] == {"x": 1}


@pytest.mark.parametrize(
    "arguments", [["add", "../x"], ["add", "a b"], ["remove", "lit"], ["update", "lit"], ["ad"], []]
)
def test_unknown_name_exits_with_2(project: Path, arguments: list[str]) -> None:
    assert run(project, "vendor", *arguments).returncode == 2


def test_a_package_with_two_ranges_is_refused(project: Path, registry: Registry) -> None:
    done = run(project, "vendor", "add", "htmx.org@1", "htmx.org@2")
    assert (done.returncode, registry.asked) == (2, [])
    assert "`htmx.org@1` and `htmx.org@2` exclude each other" in done.stderr


def test_entries_have_the_prefix_of_the_root_and_those_of_the_user_stay(project: Path, registry: Registry) -> None:
    settings = f'registry = "{registry.url}"\nsources = [{{ path = "front", prefix = "x" }}]\n'
    own = '[importmap]\n"alpinejs" = "x/own.js"\n"lit/" = "x/vendor/htmx.org/"\n'
    write_tree(project, {"buildassets.toml": settings + own, "front/own.js": "export default 1\n"})
    succeed(project, "vendor", "add", "htmx.org", "alpinejs")
    assert importmap(project) == {
        "alpinejs": "x/own.js",
        "lit/": "x/vendor/htmx.org/",
        "htmx.org": "x/vendor/htmx.org/dist/htmx.esm.js",
    }
    assert (project / "front/vendor/alpinejs/dist/module.esm.js").exists()
    assert run(project, "build").returncode == 0


def test_a_project_without_its_own_source_root_exits_with_2(project: Path, registry: Registry) -> None:
    write_tree(
        project, {"buildassets.toml": f'registry = "{registry.url}"\nsources = [{{ path = "n", npm = true }}]\n'}
    )
    done = run(project, "vendor", "add", "htmx.org")
    assert (done.returncode, "error[config/no-sources]" in done.stderr) == (2, True)
