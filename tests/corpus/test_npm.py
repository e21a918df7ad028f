"""The `exports` of published packages, as Node itself resolves them."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from buildassets.compiler.resolve.node import NodePackages
from buildassets.foundation.paths import LogicalPath
from tests.conftest import write_tree
from tests.corpus.packages import node_modules

pytestmark = [pytest.mark.corpus, pytest.mark.node]

_APP = LogicalPath("app.js")
_CONDITIONS = ("node", "import", "node-addons", "browser")
_PROGRAM = """
import { readFileSync } from "node:fs";
const answers = JSON.parse(readFileSync(0, "utf8")).map((name) => {
  try { return import.meta.resolve(name); } catch (fault) { return fault.code; }
});
console.log(JSON.stringify(answers));
"""
_FEWEST_NAMES = 1000


def _described(folder: Path) -> Mapping[str, Any] | None:
    try:
        described: Mapping[str, Any] = json.loads((folder / "package.json").read_bytes())
    except FileNotFoundError:
        return {} if folder.is_dir() else None
    return described


def _names(packages: Path) -> Iterator[str]:
    """List the names that the packages export, and some that they do not."""
    for path in sorted([*packages.glob("*/package.json"), *packages.glob("@*/*/package.json")]):
        description = json.loads(path.read_bytes())
        name = path.parent.relative_to(packages).as_posix()
        exports = description.get("exports")
        if exports is None:
            continue
        yield name
        yield f"{name}/nowhere/at-all"
        if isinstance(exports, dict):
            # A key that ends in a slash is an older form of a pattern.
            subpaths = (key[1:] + "x" if key.endswith("/") else key[1:] for key in exports if key.startswith("./"))
            yield from (name + subpath.replace("*", "x/y") for subpath in subpaths)


def test_exports_of_published_packages_are_read_as_node_reads_them(node: str, tmp_path: Path) -> None:
    packages = node_modules()
    (tmp_path / "node_modules").symlink_to(packages)
    write_tree(tmp_path, {"main.mjs": _PROGRAM})
    names = list(dict.fromkeys(_names(packages)))
    assert len(names) > _FEWEST_NAMES
    command = [node, "--conditions=browser", "main.mjs"]
    run = subprocess.run(command, cwd=tmp_path, input=json.dumps(names), capture_output=True, text=True, check=True)
    found = NodePackages(("",), lambda folder: _described(packages / folder), (), _CONDITIONS, names=tuple)
    differing = []
    for name, answer in zip(names, json.loads(run.stdout), strict=True):
        ours = found.target(name, _APP)
        theirs = unquote(answer.partition("/node_modules/")[2]) or None
        if theirs != (ours if isinstance(ours, str) else None):
            differing.append((name, theirs, ours))
    assert differing == []
