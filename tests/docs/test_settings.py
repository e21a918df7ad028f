"""The settings on the pages on retaining and on budgets have the effects that the pages describe."""

import re
import subprocess
import sys
from pathlib import Path

from buildassets.compiler.config.values import Config, Retain
from buildassets.manifest.model import loads
from tests.building import load_config
from tests.conftest import write_tree

DOCS = Path(__file__).parents[2] / "docs"


def block(page: str, language: str) -> str:
    """The first block of a language on a page."""
    found = re.search(rf"```{language}\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def configured(folder: Path, page: str) -> Config:
    write_tree(folder, {"pyproject.toml": block(page, "toml"), "assets/app.js": "call(1)\n"})
    return load_config(start=str(folder))


def test_former_releases_are_retained(tmp_path: Path) -> None:
    assert configured(tmp_path, "deploy/rolling-deploys.md").retain == Retain(3, 24)


def test_budgets(tmp_path: Path) -> None:
    assert configured(tmp_path, "guides/budgets.md").budgets == {"js/site.js": 60_000, "css/*.css": 20_000}


def test_the_command_that_carries_over(tmp_path: Path) -> None:
    configured(tmp_path, "deploy/rolling-deploys.md")
    assert_succeeds(tmp_path, "build", "-o", "served")
    write_tree(tmp_path, {"assets/app.js": "call(2)\n"})
    program, *arguments = block("deploy/rolling-deploys.md", "sh").split()
    assert program == "buildassets"
    assert_succeeds(tmp_path, *arguments[:-1], "served/manifest.json")
    assert arguments[-1].endswith("/manifest.json")
    assert len(loads((tmp_path / "build/manifest.json").read_text()).retained) == 1


def assert_succeeds(folder: Path, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "buildassets", *arguments], cwd=folder, check=True, capture_output=True)
