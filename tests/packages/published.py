"""Real packages as input, fetched with `npm pack` at fixed versions, once, and served by a registry of the tests."""

import json
import subprocess
import tarfile
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.conftest import find_tool, missing_tool
from tests.corpus.packages import FETCH_TIMEOUT_SECONDS, cache_folder, only_one_process
from tests.packages.server import Registry

TOOLS = ("@esbuild/linux-x64@0.28.2", "sass-embedded-linux-x64@1.108.2")
PACKAGES = (
    "htmx.org@2.0.4",
    "alpinejs@3.14.8",
    "bootstrap-icons@1.11.3",
    "lit@3.2.1",
    "lit-html@3.2.1",
    "lit-element@4.1.1",
    "@lit/reactive-element@2.0.4",
    "react@19.2.0",
    "vue@3.5.13",
    "bootstrap@5.3.3",
    "@popperjs/core@2.11.8",
)


@cache
def archives(specs: tuple[str, ...]) -> Path:
    """The folder with the archives of these packages. Where they cannot be fetched, see `missing_tool`."""
    folder = cache_folder().parent / "packages" / sha256("\n".join(specs).encode()).hexdigest()[:12]
    if not folder.is_dir():
        with only_one_process():
            if not folder.is_dir():
                _fetch(folder, specs)
    return folder


def _fetch(folder: Path, specs: tuple[str, ...]) -> None:
    staging = folder.with_name(f"incoming-{folder.name}")
    staging.mkdir(parents=True, exist_ok=True)
    command = [find_tool("npm"), "pack", "--ignore-scripts", "--silent", "--pack-destination", str(staging), *specs]
    try:
        done = subprocess.run(command, cwd=staging, capture_output=True, text=True, timeout=FETCH_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        missing_tool(f"npm did not fetch packages within {FETCH_TIMEOUT_SECONDS} seconds")
    if done.returncode:
        missing_tool(f"npm could not fetch packages:\n{done.stderr}")
    staging.rename(folder)


def publish_real(registry: Registry, specs: tuple[str, ...]) -> None:
    """Have `registry` serve them, each described as its own `package.json` does."""
    for path in sorted(archives(specs).glob("*.tgz")):
        described = description(path)
        kept = ("license", "dependencies", "peerDependencies", "peerDependenciesMeta", "optionalDependencies")
        more = {key: described[key] for key in kept if key in described}
        registry.publish(described["name"], described["version"], path.read_bytes(), **more)


def description(path: Path) -> dict[str, Any]:
    """The `package.json` of the archive at `path`."""
    with tarfile.open(path) as members:
        file = members.extractfile("package/package.json")
        assert file is not None
        described: dict[str, Any] = json.load(file)
    return described
