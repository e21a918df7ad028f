"""Releases, manifests and archives have the same bytes on Windows as on Linux, where `releases` ran before."""

import json
import os
from pathlib import Path

from tests.windows.marks import ONLY_HERE
from tests.windows.releases import digests

pytestmark = ONLY_HERE


def test_example_and_packages_have_the_same_bytes_as_on_linux(tmp_path: Path) -> None:
    of_linux = json.loads(Path(os.environ["BUILDASSETS_DIGESTS"]).read_text(encoding="utf-8"))
    here = digests(tmp_path)
    for project, files in of_linux.items():
        differing = sorted(name for name in files.keys() | here[project] if files.get(name) != here[project].get(name))
        assert differing == []
    assert sum(map(len, of_linux.values())) > 300
