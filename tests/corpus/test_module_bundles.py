"""Published packages, bundled by esbuild in a build, have what node finds in them."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import MadeOnce, write_tree
from tests.corpus.building import build, released
from tests.corpus.packages import node_modules

pytestmark = pytest.mark.corpus

PACKAGES = (
    "chart.js",
    "d3",
    "date-fns",
    "lit",
    "lodash-es",
    "preact",
    "react",
    "rxjs",
    "three",
    "vue",
)
_NAMES = """
import * as all from "{0}";
export const names = Object.keys(all).filter((name) => all[name] !== undefined).sort();
"""
_OF_NODE = {"default", "module.exports", "__esModule"}  # how node shows what is no module
# Enough of a browser for what libraries ask when they are loaded.
_PAGE = """
globalThis.window ??= globalThis; globalThis.self ??= globalThis;
const anything = new Proxy(function () {}, { get: (target, key) => key === Symbol.toPrimitive ? () => "" : anything,
  apply: () => anything, construct: () => anything });
for (const name of ["document", "HTMLElement", "customElements", "MutationObserver", "location", "Element", "history"])
  globalThis[name] ??= name === "HTMLElement" || name === "Element" ? class {} : anything;
"""


def names_in(node: str, script: Path) -> list[str]:
    code = (
        f"{_PAGE}; const {{ names }} = await import({json.dumps(script.as_uri())}); console.log(JSON.stringify(names))"
    )
    command = [node, "--input-type=module", "-e", f"{code}; process.exit(0)"]
    environment = {**os.environ, "NODE_ENV": "production"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    names: list[str] = json.loads(done.stdout)
    return names


def _make_release(folder: Path) -> None:
    """One release with a bundle for each package, all of them in one split."""
    bundles = [
        f'"{name}.js" = {{ files = ["src/{name}.js"], bundle = true, splitting = true }}'
        for name in map(_flat, PACKAGES)
    ]
    write_tree(folder, {f"src/{_flat(name)}.js": _NAMES.format(name) for name in PACKAGES})
    write_tree(folder, {"assets/a.txt": "", "build/package.json": '{"type": "module"}'})
    (folder / "node_modules").symlink_to(node_modules())
    build(folder, "compress = []\n[bundles]\n" + "\n".join(bundles))


def _flat(package: str) -> str:
    return package.replace("/", "-").replace("@", "")


@pytest.mark.parametrize("package", PACKAGES)
def test_bundle_exports_what_the_package_does(package: str, made_once: MadeOnce, node: str) -> None:
    release = released(made_once("module-bundles", _make_release))
    found = names_in(node, release.path(f"{_flat(package)}.js"))
    plain = write_tree(release.folder.parent, {f"plain/{_flat(package)}.mjs": _NAMES.format(package)})
    expected = names_in(node, plain / f"plain/{_flat(package)}.mjs")
    assert len(found) > 5
    assert set(found) - _OF_NODE == set(expected) - _OF_NODE
