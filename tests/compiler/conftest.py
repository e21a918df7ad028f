"""Packages with engines, as they lie on `sys.path` once installed: a module and a `.dist-info` with entry points."""

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.conftest import write_tree

Install = Callable[[str, str, Mapping[str, str]], None]

# An engine with everything that one needs; tests put other lines below it.
SHOUT = """
from buildassets.engines import *

class Shout:
    name = "shout"
    version = "shout 1.0"
    compiles_to = ".txt"

    def __init__(self, options: EngineOptions) -> None:
        self.options = options

    def run(self, given: EngineInput) -> Compiled:
        return Compiled(given.text.upper())

    def close(self) -> None:
        pass
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a package: its name, which its module has too, the module's text, and engine → attribute."""
    before = set(sys.modules)

    def write(package: str, text: str, engines: Mapping[str, str]) -> None:
        folder = tmp_path / f"site-{package}"
        listed = "".join(f"{name} = {package}:{attribute}\n" for name, attribute in engines.items())
        write_tree(
            folder,
            {
                f"{package}.py": text,
                f"{package}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n",
                f"{package}-1.0.dist-info/entry_points.txt": f"[buildassets.engines]\n{listed}",
            },
        )
        monkeypatch.syspath_prepend(folder)

    yield write
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]
