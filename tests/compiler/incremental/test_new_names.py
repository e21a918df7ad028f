"""A file that appears is released, whatever its name, unless no build releases a file of that name."""

import json
from pathlib import Path

import pytest

from tests.command import release_site, run
from tests.conftest import write_tree


@pytest.mark.parametrize(
    ("name", "is_released"),
    [
        (".well-known/security.txt", True),
        ("#a.txt", True),
        ("a#.txt", True),
        ("#a.txt#", False),
        (".a.txt", False),
        ("a.txt~", False),
    ],
)
def test_file_that_appears_is_released_as_in_a_clean_build(tmp_path: Path, name: str, is_released: bool) -> None:
    project = write_tree(release_site(tmp_path), {f"assets/{name}": "x\n"})
    for options in ([], ["--no-cache"]):
        assert run(project, "build", *options).returncode == 0
        assets = json.loads((project / "build/manifest.json").read_text())["assets"]
        assert (name in assets) == is_released
