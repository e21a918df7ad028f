"""The findings of independent parsers in published files, each parsed once for all tests."""

import json
import math
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from buildassets.disk.locks import locked
from tests.conftest import MadeOnce
from tests.corpus.packages import node_modules
from tests.corpus.sheets import PORTIONS, Sheet, sheets

Opinions = Callable[[Sequence[Path]], list[Any]]
PARSE: Final = Path(__file__).with_name("parse.mjs")


@pytest.fixture(scope="session")
def opinions(node: str, made_once: MadeOnce) -> Opinions:
    """The findings of acorn in each file: the digest of its tree, and its references; or an error.

    Those of published files are kept, for all processes of the test run.
    """
    kept = made_once("opinions", Path.touch)
    packages = node_modules()

    def asked(files: Sequence[Path]) -> list[Any]:
        published = [str(file) for file in files if file.is_relative_to(packages)]
        known = _read(kept) if published else {}
        missing = [file for file in map(str, files) if file not in known]
        known |= zip(missing, _acorn(node, missing), strict=True)
        _add(kept, {file: known[file] for file in published if file in missing})
        return [known[str(file)] for file in files]

    return asked


def _acorn(node: str, files: Iterable[str]) -> list[Any]:
    names = "".join(f"{file}\n" for file in files)
    command: list[str | Path] = [node, PARSE, node_modules()]
    done = subprocess.run(command, input=names, capture_output=True, check=True, encoding="utf-8", timeout=600)
    answer: list[Any] = json.loads(done.stdout)
    return answer


def _read(kept: Path) -> dict[str, Any]:
    with locked(str(kept.parent), limit_seconds=math.inf), kept.open(encoding="utf-8") as lines:
        return dict(map(json.loads, lines))


def _add(kept: Path, found: Mapping[str, Any]) -> None:
    with locked(str(kept.parent), limit_seconds=math.inf), kept.open("a", encoding="utf-8") as lines:
        lines.writelines(f"{json.dumps(item)}\n" for item in found.items())


@pytest.fixture(scope="session", params=range(PORTIONS))
def some_sheets(request: pytest.FixtureRequest) -> tuple[Sheet, ...]:
    """A portion of the published style sheets."""
    return sheets(request.param)
