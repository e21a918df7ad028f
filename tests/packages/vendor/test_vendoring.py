"""Packages from a registry: which versions go together, and what is there when something fails."""

import errno
import json
import os
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from buildassets.cli.parse.permissions import permission_of
from buildassets.compiler.resolve.browser_files import BrowserFiles
from buildassets.disk.removal import move
from buildassets.errors import BuildAssetsError, ConfigError
from buildassets.foundation.permission import BUILDING
from buildassets.packages.lock import Outdated, read_lock
from buildassets.packages.registry.registry import Registry as Client
from buildassets.packages.registry.settings import registry_settings
from buildassets.packages.vendor.vendoring import Vendoring, add, asked_for, outdated, remove, update, verify
from tests.conftest import PATIENCE_SECONDS, read_tree, write_tree
from tests.packages.server import Answer, Registry, answering, archive, integrity_of, member, respond, tarball

pytestmark = pytest.mark.usefixtures("impatient")


def vendoring_of(project: Path, registry: Registry, *, min_age_days: float = 0) -> Vendoring:
    client = Client(registry_settings(str(project), registry.url, permission=permission_of("tools install")))
    vendor = str(project / "assets/vendor")
    return Vendoring(str(project), vendor, "assets/vendor", lambda: client, BrowserFiles(), 2e9, BUILDING, min_age_days)


def publish(registry: Registry, name: str, version: str, text: str = "export default 1", **described: Any) -> None:
    """A package of one module."""
    package = {"name": name, "version": version, "module": "index.js", **described}
    registry.publish(
        name, version, {"package.json": json.dumps(package), "index.js": text, "LICENSE": "MIT"}, **described
    )


def versions(project: Path) -> dict[str, str]:
    return {name: one.version for name, one in read_lock(str(project)).vendor.items()}


def refused(vendoring: Vendoring, *names: str) -> Any:
    """The code of the fault, after which nothing has changed."""
    folder = Path(vendoring.folder)
    before = read_tree(folder)
    with pytest.raises(BuildAssetsError) as caught:
        add(vendoring, dict(map(asked_for, names)))
    assert read_tree(folder) == before
    return caught.value.diagnostics[0]


def test_packages_and_archives_are_asked_for_at_once(bare: Path, registry: Registry) -> None:
    names = ("a", "b", "c")
    for name in names:
        publish(registry, name, "1.0.0")
    together = threading.Barrier(len(names))
    for path in [*(f"/{name}" for name in names), *registry.archives]:
        registry.answers[path] = waiting(together, registry, path)
    add(vendoring_of(bare, registry), dict.fromkeys(names, ""))
    assert versions(bare) == dict.fromkeys(names, "1.0.0")
    assert sorted(registry.paths) == sorted(registry.answers)


def waiting(together: threading.Barrier, registry: Registry, path: str) -> Answer:
    """The answer of the registry at `path`, once that many requests wait."""

    def answer(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        together.wait(timeout=PATIENCE_SECONDS)
        content = registry.archives.get(path) or json.dumps(registry.packages[path[1:]]).encode()
        respond(handler, 200, content)

    return answer


def test_licences_and_ranges_of_several_lines_make_a_lock_that_can_be_read(bare: Path, registry: Registry) -> None:
    publish(registry, "core", "1.4.0")
    publish(registry, "a", "1.0.0", 'import "core"', dependencies={"core": ">=1\n<2\u200b"}, license="MIT\u200b\x1b[2J")
    add(vendoring_of(bare, registry), {"a": ""})
    locked = read_lock(str(bare)).vendor["a"]
    assert (locked.license, locked.requires) == ("MIT[2J", {"core": ">=1 <2"})


def test_a_subpath_that_does_not_show_is_none_of_the_import_map(bare: Path, registry: Registry) -> None:
    publish(registry, "a", "1.0.0", exports={".": "./index.js", "./b\u202e": "./index.js", './c"\n[x]': "./index.js"})
    assert dict(add(vendoring_of(bare, registry), {"a": ""}).modules) == {"a": "a/index.js"}


def test_one_version_serves_all_that_want_it(bare: Path, registry: Registry) -> None:
    for version in ("1.0.0", "1.4.0", "2.0.0"):
        publish(registry, "core", version)
    publish(registry, "a", "1.0.0", 'import "core"', dependencies={"core": "^1.0.0"})
    publish(registry, "b", "1.0.0", 'import "core"', dependencies={"core": "<1.2 || 2"})
    done = add(vendoring_of(bare, registry), {"a": "", "b": ""})
    assert versions(bare) == {"a": "1.0.0", "b": "1.0.0", "core": "1.0.0"}
    assert done.modules["core"] == "core/index.js"
    assert dict(read_lock(str(bare)).vendor["a"].requires) == {"core": "^1.0.0"}


def _publish_two_versions(registry: Registry) -> None:
    """`a` imports `core` 1, which imports `deep` 1; `b` imports `core` 2, which imports `deep` 2."""
    for number, name in ((1, "a"), (2, "b")):
        publish(registry, "deep", f"{number}.0.0", f"export default {number}")
        publish(registry, "core", f"{number}.0.0", 'export * from "deep/index.js"', dependencies={"deep": f"{number}"})
        publish(registry, name, "1.0.0", 'import "core"', dependencies={"core": f"{number}"})


def test_packages_that_need_two_versions_of_one_have_scopes(bare: Path, registry: Registry) -> None:
    _publish_two_versions(registry)
    vendoring = vendoring_of(bare, registry)
    done = add(vendoring, {"a": "", "b": ""})
    names = {"a": "1.0.0", "b": "1.0.0", "core": "2.0.0", "deep": "2.0.0"}
    assert versions(bare) == {**names, "core@1.0.0": "1.0.0", "deep@1.0.0": "1.0.0"}
    assert done.scopes == {
        "a/": {"core": "core@1.0.0/index.js"},
        "core@1.0.0/": {"deep/index.js": "deep@1.0.0/index.js"},
    }
    assert (bare / "assets/vendor/deep@1.0.0/index.js").read_text() == "export default 1"
    assert (verify(vendoring), add(vendoring, {"a": ""}).changed) == ([], ())


def test_an_update_ends_a_second_version_that_nothing_needs(bare: Path, registry: Registry) -> None:
    _publish_two_versions(registry)
    add(vendoring_of(bare, registry), {"a": "", "b": ""})
    publish(registry, "a", "1.1.0", 'import "core"', dependencies={"core": "2"})
    done = update(vendoring_of(bare, registry), ["a"])
    assert (done.removed, done.scopes) == (("core@1.0.0", "deep@1.0.0"), {})
    assert versions(bare) == {"a": "1.1.0", "b": "1.0.0", "core": "2.0.0", "deep": "2.0.0"}


def test_second_versions_go_with_their_importer_and_are_updated_by_name(bare: Path, registry: Registry) -> None:
    _publish_two_versions(registry)
    add(vendoring_of(bare, registry), {"a": "", "b": ""})
    publish(registry, "core", "1.1.0", dependencies={})
    assert [(one.name, one.wanted) for one in outdated(vendoring_of(bare, registry)).found][:1] == [
        ("core@1.0.0", "1.1.0")
    ]
    update(vendoring_of(bare, registry), ["core"])
    assert [key for key in versions(bare) if "@" in key] == ["core@1.1.0"]
    assert remove(vendoring_of(bare, registry), ["a"]).removed == ("a", "core@1.1.0")


def test_requests_that_exclude_each_other_are_named(bare: Path, registry: Registry) -> None:
    for version in ("1.0.0", "2.0.0"):
        publish(registry, "core", version)
    publish(registry, "plugin", "1.0.0", 'import "core"', peerDependencies={"core": "1"})
    found = refused(vendoring_of(bare, registry), "core@2", "plugin")
    assert (found.code, found.notes) == ("vendor/conflict", ("asked for is `2`", "`plugin` wants `1`"))


def _publish_with_own_build(registry: Registry, imported: str) -> None:
    """A package whose module imports another one, and that has a build which imports none."""
    files = {"index.js": f'import "{imported}"', "dist/whole.min.mjs": "export default 1"}
    package = {"name": "whole", "module": "index.js"}
    registry.publish("whole", "1.0.0", {"package.json": json.dumps(package), **files}, dependencies={imported: "1"})


@pytest.mark.parametrize("imported", ["c", "commonjs", "through"])
def test_own_build_is_taken_where_imported_packages_do_not_fit(bare: Path, registry: Registry, imported: str) -> None:
    publish(registry, "c", "1.0.0")
    publish(registry, "c", "2.0.0")
    publish(registry, "through", "1.0.0", 'import "commonjs"', dependencies={"commonjs": "1"})
    publish(registry, "commonjs", "1.0.0", "module.exports = 1", main="index.js", module="")
    publish(registry, "b", "1.0.0", 'import "c"', dependencies={"c": "2"})
    _publish_with_own_build(registry, imported)
    done = add(vendoring_of(bare, registry), {"b": "", "whole": ""})
    assert versions(bare) == {"b": "1.0.0", "c": "2.0.0", "whole": "1.0.0"}
    assert done.modules["whole"] == "whole/dist/whole.min.mjs"


def test_own_build_is_not_taken_where_imported_packages_fit(bare: Path, registry: Registry) -> None:
    publish(registry, "c", "1.0.0")
    _publish_with_own_build(registry, "c")
    assert add(vendoring_of(bare, registry), {"whole": ""}).modules["whole"] == "whole/index.js"


def test_a_peer_that_is_imported_comes_along_at_the_version_that_fits(bare: Path, registry: Registry) -> None:
    publish(registry, "core", "1.0.0")
    publish(registry, "core", "2.0.0")
    publish(registry, "plugin", "1.0.0", 'import "core"', peerDependencies={"core": "1"})
    add(vendoring_of(bare, registry), {"plugin": ""})
    assert versions(bare) == {"core": "1.0.0", "plugin": "1.0.0"}
    assert refused(vendoring_of(bare, registry), "core@2").code == "vendor/conflict"


def test_a_peer_without_an_import_is_not_vendored_and_must_fit(bare: Path, registry: Registry) -> None:
    publish(registry, "core", "1.0.0")
    publish(registry, "core", "2.0.0")
    publish(registry, "plugin", "1.0.0", peerDependencies={"core": "1"})
    add(vendoring_of(bare, registry), {"plugin": ""})
    assert versions(bare) == {"plugin": "1.0.0"}
    add(vendoring_of(bare, registry), {"core": ""})
    assert versions(bare) == {"core": "1.0.0", "plugin": "1.0.0"}


def test_a_dependency_that_nothing_imports_does_not_come_along(bare: Path, registry: Registry) -> None:
    publish(registry, "a", "1.0.0", dependencies={"build-tool": "^1"})
    add(vendoring_of(bare, registry), {"a": ""})
    assert versions(bare) == {"a": "1.0.0"}


def test_locked_packages_stay_at_their_version(bare: Path, registry: Registry) -> None:
    publish(registry, "a", "1.0.0")
    add(vendoring_of(bare, registry), {"a": "1"})
    publish(registry, "a", "1.1.0")
    publish(registry, "b", "1.0.0")
    add(vendoring_of(bare, registry), {"b": ""})
    assert versions(bare) == {"a": "1.0.0", "b": "1.0.0"}
    update(vendoring_of(bare, registry), ["a"])
    assert versions(bare) == {"a": "1.1.0", "b": "1.0.0"}


def test_a_new_range_for_what_is_locked_takes_its_place(bare: Path, registry: Registry) -> None:
    publish(registry, "a", "1.0.0")
    publish(registry, "a", "2.0.0")
    add(vendoring_of(bare, registry), {"a": "1"})
    add(vendoring_of(bare, registry), {"a": "2"})
    assert (versions(bare), read_lock(str(bare)).vendor["a"].range) == ({"a": "2.0.0"}, "2")


def test_a_locked_package_without_a_range_stays_and_keeps_its_own(bare: Path, registry: Registry) -> None:
    publish(registry, "a", "1.0.0")
    add(vendoring_of(bare, registry), {"a": "1"})
    publish(registry, "a", "1.1.0")
    publish(registry, "a", "4.0.0")
    done = add(vendoring_of(bare, registry), {"a": ""})
    assert (done.kept, done.changed) == (("a",), ())
    assert (versions(bare), read_lock(str(bare)).vendor["a"].range) == ({"a": "1.0.0"}, "1")
    add(vendoring_of(bare, registry), {"a": "latest"})
    assert versions(bare) == {"a": "4.0.0"}


def test_dependencies_that_are_requested_later_stay(bare: Path, registry: Registry) -> None:
    publish(registry, "core", "1.0.0")
    publish(registry, "a", "1.0.0", 'import "core"', dependencies={"core": "1"})
    add(vendoring_of(bare, registry), {"a": ""})
    assert not read_lock(str(bare)).vendor["core"].direct
    add(vendoring_of(bare, registry), {"core": ""})
    assert remove(vendoring_of(bare, registry), ["a"]).removed == ("a",)
    assert versions(bare) == {"core": "1.0.0"}


def test_packages_that_others_import_cannot_be_removed(bare: Path, registry: Registry) -> None:
    publish(registry, "core", "1.0.0")
    publish(registry, "a", "1.0.0", 'import "core"', dependencies={"core": "1"})
    add(vendoring_of(bare, registry), {"a": ""})
    with pytest.raises(BuildAssetsError, match="`core` is imported by `a`"):
        remove(vendoring_of(bare, registry), ["core"])


def test_an_update_that_drops_an_import_drops_the_package(bare: Path, registry: Registry) -> None:
    publish(registry, "core", "1.0.0")
    publish(registry, "a", "1.0.0", 'import "core"', dependencies={"core": "1"})
    add(vendoring_of(bare, registry), {"a": ""})
    publish(registry, "a", "1.1.0")
    done = update(vendoring_of(bare, registry), [])
    assert (versions(bare), done.removed) == ({"a": "1.1.0"}, ("core",))
    assert sorted(read_tree(bare / "assets")) == ["vendor/a/LICENSE", "vendor/a/index.js"]


def test_an_import_that_is_not_required_is_a_warning(bare: Path, registry: Registry) -> None:
    publish(registry, "a", "1.0.0", 'import "elsewhere"')
    (found,) = add(vendoring_of(bare, registry), {"a": ""}).diagnostics
    assert (found.code, found.message) == ("vendor/import", "`a` imports `elsewhere`, which it does not require")


def test_packages_that_import_one_another_come_along_once(bare: Path, registry: Registry) -> None:
    publish(registry, "a", "1.0.0", 'import "b"', dependencies={"b": "1"})
    publish(registry, "b", "1.0.0", 'import "a"', dependencies={"a": "1"})
    add(vendoring_of(bare, registry), {"a": ""})
    assert versions(bare) == {"a": "1.0.0", "b": "1.0.0"}
    assert remove(vendoring_of(bare, registry), ["a", "b"]).removed == ("a", "b")
    assert read_tree(bare) == {}


def test_edits_are_not_overwritten(bare: Path, registry: Registry) -> None:
    publish(registry, "a", "1.0.0")
    add(vendoring_of(bare, registry), {"a": ""})
    write_tree(bare, {"assets/vendor/a/index.js": "mine()"})
    publish(registry, "a", "1.1.0")
    assert refused(vendoring_of(bare, registry), "a@1").code == "vendor/changed"


def test_a_folder_of_somebody_else_is_not_taken(bare: Path, registry: Registry) -> None:
    publish(registry, "a", "1.0.0")
    write_tree(bare, {"assets/vendor/a/mine.js": "mine()"})
    assert refused(vendoring_of(bare, registry), "a").code == "vendor/foreign"


@pytest.mark.parametrize("link", ["assets/vendor", "assets/vendor/@s", "assets/vendor/@s/a"])
def test_no_link_is_followed(bare: Path, registry: Registry, link: str) -> None:
    publish(registry, "@s/a", "1.0.0")
    elsewhere = bare.parent / "elsewhere"
    elsewhere.mkdir()
    (bare / link).parent.mkdir(parents=True)
    (bare / link).symlink_to(elsewhere)
    assert refused(vendoring_of(bare, registry), "@s/a").code == "vendor/foreign"
    assert read_tree(elsewhere) == {}


def test_missing_files_are_put_there_again(bare: Path, registry: Registry) -> None:
    publish(registry, "a", "1.0.0")
    add(vendoring_of(bare, registry), {"a": ""})
    (bare / "assets/vendor/a/index.js").unlink()
    assert add(vendoring_of(bare, registry), {"a": ""}).changed == ("a",)
    assert verify(vendoring_of(bare, registry)) == []


def test_a_young_release_is_not_taken(bare: Path, registry: Registry) -> None:
    publish(registry, "a", "1.0.0")
    publish(registry, "a", "1.1.0")
    registry.packages["a"]["time"]["1.1.0"] = "2033-05-17T00:00:00.000Z"
    patient = vendoring_of(bare, registry, min_age_days=7)
    (found,) = add(patient, {"a": "1"}).diagnostics
    assert versions(bare) == {"a": "1.0.0"}
    assert (found.code, found.is_error) == ("packages/young", False)
    assert found.message == "`a` 1.1.0 is passed over: it is too young for `min_age_days`"
    assert found.notes == ("1.1.0 is old enough in 6 days",)
    assert add(patient, {"a": "1.0"}).diagnostics == ()
    assert outdated(patient) == Outdated((), (found,))


@pytest.mark.parametrize("wanted", [">1.0", "1.1.0"])
def test_a_young_release_that_is_asked_for_is_refused(bare: Path, registry: Registry, wanted: str) -> None:
    publish(registry, "a", "1.0.0")
    publish(registry, "a", "1.1.0")
    registry.packages["a"]["time"]["1.1.0"] = "2033-05-17T00:00:00.000Z"
    found = refused(vendoring_of(bare, registry, min_age_days=7), f"a@{wanted}")
    assert (found.code, found.notes) == ("registry/missing", ("1.1.0 is old enough in 6 days",))
    assert found.message == f"the registry has no `a@{wanted}` that is old enough for `min_age_days`"


@pytest.mark.parametrize(
    ("stated", "reason"), [("use b\nin its place", "use b in its place"), (True, "without a reason")]
)
def test_a_deprecated_release_is_reported(bare: Path, registry: Registry, stated: object, reason: str) -> None:
    publish(registry, "a", "1.0.0")
    publish(registry, "a", "2.0.0", deprecated=stated)
    registry.packages["a"]["dist-tags"]["latest"] = "2.0.0"
    (found,) = add(vendoring_of(bare, registry), {"a": "2"}).diagnostics
    assert (found.code, found.is_error) == ("packages/deprecated", False)
    assert found.message == f"`a` 2.0.0 is deprecated: {reason}"
    assert found.hint == "ask for another range: 1.0.0 is not deprecated"
    assert add(vendoring_of(bare, registry), {"a": ""}).diagnostics == ()
    assert [one.code for one in update(vendoring_of(bare, registry), []).diagnostics] == ["packages/deprecated"]


def test_newest_release_in_a_hint_is_the_one_tagged_latest(bare: Path, registry: Registry) -> None:
    publish(registry, "a", "1.0.0")
    publish(registry, "a", "2.0.0-rc.1")
    found = refused(vendoring_of(bare, registry), "a@7")
    assert found.hint == "name a version that exists: the newest is 1.0.0"


def test_archive_that_the_registry_lacks_is_named(bare: Path, registry: Registry) -> None:
    publish(registry, "a", "1.0.0")
    registry.archives.clear()
    found = refused(vendoring_of(bare, registry), "a")
    url = f"{registry.url}a/-/a-1.0.0.tgz"
    assert found.message == f"there is no archive of `a@1.0.0`: {url}: the server answers 404"


def test_an_update_never_goes_back_to_a_version_that_is_older(bare: Path, registry: Registry) -> None:
    publish(registry, "a", "1.0.0")
    publish(registry, "a", "1.1.0")
    add(vendoring_of(bare, registry), {"a": "1"})
    registry.packages["a"]["time"]["1.1.0"] = "2033-05-17T00:00:00.000Z"
    patient = vendoring_of(bare, registry, min_age_days=7)
    assert outdated(patient).found == ()
    update(patient, [])
    assert versions(bare) == {"a": "1.1.0"}
    add(patient, {"a": "1.0"})
    assert versions(bare) == {"a": "1.0.0"}


def test_all_that_no_locked_package_has_is_listed(bare: Path, registry: Registry) -> None:
    publish(registry, "@s/a", "1.0.0")
    add(vendoring_of(bare, registry), {"@s/a": ""})
    write_tree(bare, {"assets/vendor/extra.js": "1", "assets/vendor/@s/b/c.js": "1", "assets/vendor/@s/ab.js": "1"})
    (bare / "assets/vendor/linked").symlink_to(bare / "assets/vendor/@s")
    expected = ["@s/ab.js", "@s/b/c.js", "extra.js", "linked"]
    found = verify(vendoring_of(bare, registry))
    assert sorted(one.message for one in found) == [f"`assets/vendor/{one}` is not in the lock" for one in expected]


def test_files_of_a_package_that_the_lock_has_lost_are_listed(bare: Path, registry: Registry) -> None:
    publish(registry, "a", "1.0.0")
    add(vendoring_of(bare, registry), {"a": ""})
    (bare / "buildassets.lock").unlink()
    found = verify(vendoring_of(bare, registry))
    assert [(one.code, one.location and one.location.file) for one in found] == [
        ("vendor/changed", "assets/vendor/a/LICENSE"),
        ("vendor/changed", "assets/vendor/a/index.js"),
    ]


@pytest.mark.parametrize(
    ("name", "hint"), [("htmx.ogr", "did you mean `htmx.org`?"), ("lit", "run `buildassets vendor add lit`")]
)
def test_a_mistyped_name_has_the_package_that_is_meant(bare: Path, registry: Registry, name: str, hint: str) -> None:
    publish(registry, "htmx.org", "1.0.0")
    add(vendoring_of(bare, registry), {"htmx.org": ""})
    for work in (update, remove):
        with pytest.raises(ConfigError) as caught:
            work(vendoring_of(bare, registry), [name])
        assert caught.value.diagnostics[0].hint == hint


def _hostile(registry: Registry) -> None:
    content = archive([member("package/index.js", "1"), member("package/../../x", "x")])
    registry.archives["/a/-/a-1.0.0.tgz"] = content
    registry.release("a", "1.0.0")["dist"]["integrity"] = integrity_of(content)


BAD: dict[str, tuple[Callable[[Registry], object], str]] = {
    "wrong hash": (lambda one: one.archives.update({"/a/-/a-1.0.0.tgz": tarball({"x": "y"})}), "package/damaged"),
    "climbing": (_hostile, "package/member"),
    "archive is not there": (lambda one: one.archives.clear(), "registry/failed"),
    "package is not there": (lambda one: one.packages.clear(), "registry/missing"),
    "server error": (lambda one: one.answers.update({"/a": answering(500)}), "registry/failed"),
    "dependency is not there": (lambda one: one.packages.pop("core"), "registry/missing"),
    "no range": (
        lambda one: one.release("a", "1.0.0").update({"dependencies": {"core": "git+ssh://x"}}),
        "registry/missing",
    ),
}


@pytest.mark.parametrize(("spoil", "code"), BAD.values(), ids=BAD.keys())
def test_a_bad_registry_leaves_no_files(
    bare: Path, registry: Registry, spoil: Callable[[Registry], object], code: str
) -> None:
    publish(registry, "core", "1.0.0")
    publish(registry, "a", "1.0.0", 'import "core"', dependencies={"core": "1"})
    spoil(registry)
    assert refused(vendoring_of(bare, registry), "a").code == code


@pytest.mark.parametrize("asked", [{"a": ""}, {"a": "1"}, {"b": ""}], ids=["again", "its range", "another"])
def test_registry_that_replaces_a_locked_version_after_outdated_is_refused(
    bare: Path, registry: Registry, asked: dict[str, str]
) -> None:
    publish(registry, "b", "1.0.0")
    publish(registry, "a", "1.0.0")
    add(vendoring_of(bare, registry), {"a": "1"})
    assert outdated(vendoring_of(bare, registry)).found == ()
    before = read_tree(bare)
    publish(registry, "a", "1.0.0", "evil()")
    with pytest.raises(BuildAssetsError) as caught:
        add(vendoring_of(bare, registry), asked)
    assert (caught.value.diagnostics[0].code, read_tree(bare)) == ("package/damaged", before)


def test_release_that_is_withdrawn_after_outdated_changes_nothing(bare: Path, registry: Registry) -> None:
    publish(registry, "a", "1.0.0")
    add(vendoring_of(bare, registry), {"a": "1"})
    publish(registry, "a", "1.1.0")
    assert [one.newest for one in outdated(vendoring_of(bare, registry)).found] == ["1.1.0"]
    del registry.packages["a"]["versions"]["1.1.0"]
    assert refused(vendoring_of(bare, registry), "a@1.1.0").code == "registry/missing"


def test_archive_that_is_not_the_one_of_its_own_answer_is_refused_after_outdated(
    bare: Path, registry: Registry
) -> None:
    publish(registry, "a", "1.0.0")
    add(vendoring_of(bare, registry), {"a": "1"})
    path = registry.publish("a", "1.1.0", {"package.json": "{}", "index.js": "1"})
    assert outdated(vendoring_of(bare, registry)).found
    registry.archives[path] = tarball({"package.json": "{}", "index.js": "evil()"})
    assert refused(vendoring_of(bare, registry), "a@1.1.0").code == "package/damaged"


@pytest.mark.parametrize("place", ["vendoring.write_whole", "vendoring.write_lock", "vendoring.move"])
def test_a_disk_that_is_full_leaves_all_as_it_was(
    bare: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    publish(registry, "a", "1.0.0")
    add(vendoring_of(bare, registry), {"a": ""})
    publish(registry, "a", "2.0.0", "export default 2")
    calls = []
    work = {"vendoring.move": move}.get(place)

    def full(*arguments: Any, **permission: Any) -> object:
        calls.append(arguments)
        if work is not None and len(calls) != 2:  # the second is the one that would put the new files there
            return work(*arguments, **permission)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(f"buildassets.packages.vendor.{place}", full)
    assert refused(vendoring_of(bare, registry), "a@2").code == "packages/unwritable"
    assert calls


def test_two_at_once_both_are_there(bare: Path, registry: Registry) -> None:
    publish(registry, "a", "1.0.0")
    publish(registry, "b", "1.0.0")
    faults: list[BaseException] = []

    def work(name: str) -> None:
        try:
            add(vendoring_of(bare, registry), {name: ""})
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert versions(bare) == {"a": "1.0.0", "b": "1.0.0"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", ("a", "")),
        ("a@2", ("a", "2")),
        ("@s/a", ("@s/a", "")),
        ("@s/a@^1", ("@s/a", "^1")),
        ("a@next", ("a", "next")),
    ],
)
def test_a_request_has_a_name_and_a_range(text: str, expected: tuple[str, str]) -> None:
    assert asked_for(text) == expected
