"""Everything that docs/contribute/architecture.md names exists, and its tree has a line for each package."""

import re
from pathlib import Path

import pytest

import buildassets

_PACKAGE = Path(buildassets.__file__).parent
_PROJECT = Path(__file__).parents[2]
_PAGE = (_PROJECT / "docs/contribute/architecture.md").read_text("utf-8")
_NAMED = set(re.findall(r"`([a-z_./]+)`", _PAGE))
# Below the package, or else below the project.
_PATHS = {name for name in _NAMED if name.endswith(".py") or name.startswith(("compiler/", "release/", "runtime/"))}


def packages(folder: Path) -> set[str]:
    return {path.parent.name for path in folder.glob("*/__init__.py")}


@pytest.mark.parametrize("folder", [_PACKAGE, _PACKAGE / "compiler"])
def test_each_package_is_named(folder: Path) -> None:
    assert packages(folder)
    assert packages(folder) <= set(re.findall(r"^ +(\w+)/ ", _PAGE, re.MULTILINE))


def test_each_stage_has_its_row_in_the_order_of_the_picture() -> None:
    rows = re.findall(r"^\| \d \| `(\w+)` \|", _PAGE, re.MULTILINE)
    assert " → ".join(rows) in _PAGE
    assert set(rows) <= packages(_PACKAGE / "compiler")


def test_paths_on_the_page_exist() -> None:
    assert len(_PATHS) > 10
    assert not {path for path in _PATHS if not any((root / path).exists() for root in (_PACKAGE, _PROJECT))}
