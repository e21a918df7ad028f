"""What lies outside of a project stays, wherever links in the project lead."""

from pathlib import Path

import pytest

from buildassets.errors import PackagesError
from buildassets.packages.lock import Lock, LockedPackage, write_lock
from buildassets.packages.vendor.vendoring import add, remove
from buildassets.programs.permission import BUILDING
from tests.conftest import write_tree
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
