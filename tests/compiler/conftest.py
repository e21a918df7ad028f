"""Engines for builds of tests: processes that many builds share, and packages with engines of a test.

Those packages are like installed ones on `sys.path`: a module and a `.dist-info` with entry points.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from buildassets.compiler.engines.process.child import SharedProcesses
from buildassets.compiler.transform.engine_set import RunningEngines
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


def write_package(folder: Path, package: str, text: str, engines: Mapping[str, str]) -> Path:
    """The folder, for `sys.path`, of a package whose module has its name too; `engines` are name → attribute."""
    listed = "".join(f"{name} = {package}:{attribute}\n" for name, attribute in engines.items())
    return write_tree(
        folder / f"site-{package}",
        {
            f"{package}.py": text,
            f"{package}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n",
            f"{package}-1.0.dist-info/entry_points.txt": f"[buildassets.engines]\n{listed}",
        },
    )


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a package, described as for `write_package`, for one test."""
    before = set(sys.modules)
    yield lambda *described: monkeypatch.syspath_prepend(write_package(tmp_path, *described))
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture(scope="session")
def engine_processes() -> Iterator[SharedProcesses]:
    """The processes of engines that tests share."""
    with closing(SharedProcesses()) as shared:
        yield shared


@pytest.fixture(scope="module")
def shared_engines(engine_processes: SharedProcesses) -> Iterator[None]:
    """Has all builds of a module use the same processes of engines, as those of a workspace do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RunningEngines.__init__, "__defaults__", (engine_processes,))
        yield
