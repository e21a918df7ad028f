"""Installed packages with a release, as pip leaves them in a folder of `sys.path`."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from buildassets.errors import ManifestError
from buildassets.manifest.model import dumps, loads
from tests.building import build, load_config
from tests.conftest import Tree, write_tree

FILES: Tree = {
    "assets/css/card.css": ".card { background: url(../img/logo.svg); color: red }\n",
    "assets/img/logo.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="3"><path d="M0 0h1"/></svg>\n',
    "assets/js/card.js": 'import { size } from "./size.js"\nexport const area = size * size\n',
    "assets/js/size.js": "export const size = 3\n",
}


def install(site: Path, name: str, files: Tree = FILES, *, distribution: str = "", settings: str = "") -> Path:
    """Install a package whose release is named `name` into `site`; returns the folder of its release."""
    distribution = distribution or name
    module = distribution.replace("-", "_")
    source = site.parent / f"{site.name}-{module}-source"
    write_tree(source, {**files, "buildassets.toml": settings})
    result = build(load_config(start=str(source), output=str(site / module / "release")))
    assert result.succeeded, result.diagnostics
    information = f"{module}-1.0.dist-info"
    write_tree(
        site,
        {
            f"{module}/__init__.py": 'raise RuntimeError("the package was imported")\n',
            f"{information}/METADATA": f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n",
            f"{information}/entry_points.txt": f"[buildassets.releases]\n{name} = {module}.release\n",
        },
    )
    return site / module / "release"


def forge(release: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the manifest of `release`, with right digests as far as one can be written."""
    path = release / "manifest.json"
    document = json.loads(path.read_text())
    change(document)
    text = json.dumps(document)
    try:
        text = dumps(loads(text))
    except ManifestError:
        assert "schema" in text  # values that no manifest holds stay as they are
    path.write_text(text)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(os.fspath(folder))
    assert sys.path[0] == os.fspath(folder)
    return folder
