"""What lies outside of a project stays, wherever links in the project lead."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from buildassets.errors import PackagesError
from buildassets.foundation.permission import BUILDING
from buildassets.packages.lock import Lock, LockedPackage, write_lock
from buildassets.packages.vendor.vendoring import Vendoring, add, remove, update
from tests.conftest import read_tree, write_tree
from tests.packages.conftest import bare, impatient, registry  # noqa: F401 - fixtures
from tests.packages.server import Registry
from tests.packages.vendor.test_vendoring import publish, vendoring_of


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("link", ["assets/vendor/@x", "assets/vendor/@x/id_rsa", "assets/vendor"])
@pytest.mark.parametrize("verb", ["remove", "add"])
def test_folder_that_a_link_leads_to_is_neither_moved_nor_removed(
    bare: Path,  # noqa: F811
    registry: Registry,  # noqa: F811
    link: str,
    verb: str,
) -> None:
    outside = write_tree(bare.parent / "outside", {"id_rsa": "secret", "@x/id_rsa": "secret"})
    (bare / link).parent.mkdir(parents=True)
    (bare / link).symlink_to(outside)
    for name in ("x", "y"):
        publish(registry, name, "1.0.0")
    integrity = f"sha512-{'A' * 86}=="
    planted, direct = (LockedPackage("1.0.0", "", is_direct, integrity, "MIT", {}) for is_direct in (False, True))
    write_lock(str(bare), Lock({}, {"@x/id_rsa": planted, "y": direct}), permission=BUILDING)
    vendoring = vendoring_of(bare, registry)
    with pytest.raises(PackagesError) as caught:
        remove(vendoring, ["y"]) if verb == "remove" else add(vendoring, {"x": ""})
    assert caught.value.diagnostics[0].code == "vendor/foreign"
    assert len([path for path in outside.rglob("*") if path.is_file()]) == 2


def _with_package(project: Path, registry: Registry) -> Vendoring:  # noqa: F811
    """A project that has a package in `assets/vendor`, and a later version that an update would take."""
    publish(registry, "y", "1.0.0")
    add(vendoring_of(project, registry), {"y": ""})
    publish(registry, "y", "1.1.0")
    return vendoring_of(project, registry)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("is_linked", [True, False], ids=["linked", "configured"])
@pytest.mark.parametrize("verb", ["remove", "add", "update"])
def test_packages_in_a_source_root_outside_of_the_project_stay(
    bare: Path,  # noqa: F811
    registry: Registry,  # noqa: F811
    is_linked: bool,
    verb: str,
) -> None:
    vendoring = _with_package(bare, registry)
    victim = bare.parent / "victim"
    (bare / "assets").rename(victim)
    if is_linked:
        (bare / "assets").symlink_to(victim)
    else:
        vendoring = replace(vendoring, vendor=str(victim / "vendor"), shown="../victim/vendor")
    write_tree(victim, {"vendor/.new-0123456789abcdef/x": "unfinished"})
    before = read_tree(victim)
    with pytest.raises(PackagesError) as caught:
        {"remove": remove, "update": update}[verb](vendoring, ["y"]) if verb != "add" else add(vendoring, {"y": "1.1"})
    assert caught.value.diagnostics[0].code == "vendor/foreign"
    assert read_tree(victim) == before


@pytest.mark.usefixtures("impatient")
def test_packages_in_a_source_root_that_a_link_in_the_project_leads_to_are_updated(
    bare: Path,  # noqa: F811
    registry: Registry,  # noqa: F811
) -> None:
    vendoring = _with_package(bare, registry)
    (bare / "assets").rename(bare / "static")
    (bare / "assets").symlink_to("static")
    assert update(vendoring, []).changed == ("y",)


@pytest.mark.usefixtures("impatient")
def test_only_folders_with_the_name_of_an_unfinished_one_are_removed(
    bare: Path,  # noqa: F811
    registry: Registry,  # noqa: F811
) -> None:
    vendoring = _with_package(bare, registry)
    write_tree(bare / "assets/vendor", {".new-design/logo": "mine", ".new-0123456789abcdef/x": "unfinished"})
    update(vendoring, [])
    assert [name for name in sorted(os.listdir(vendoring.vendor)) if name.startswith(".")] == [".new-design"]
