"""The tree of packages in the page on the architecture: their docstrings, in the order of the import contracts."""

import ast
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

_PROJECT: Final = Path(__file__).parents[1]
_PAGE: Final = _PROJECT / "docs/contribute/architecture.md"
_PACKAGE: Final = _PROJECT / "src/buildassets"
_TREE: Final = re.compile(r"^```\nbuildassets/\n.*?^```\n", re.MULTILINE | re.DOTALL)


def page() -> str:
    """The text of the page with the tree as it is now."""
    text, count = _TREE.subn(lambda _: "\n".join(("```", *_lines(), "```", "")), _PAGE.read_text("utf-8"))
    assert count == 1
    return text


def _lines() -> Iterator[str]:
    """Yield a line for each package: those that know fewer others come first."""
    yield "buildassets/"
    for name in _ordered(_PACKAGE, "buildassets"):
        yield _line(_PACKAGE / name, 1)
        for inner in _ordered(_PACKAGE / name, f"buildassets.{name}"):
            yield _line(_PACKAGE / name / inner, 2)


def _line(folder: Path, depth: int) -> str:
    summary = (ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or "").partition("\n")[0]
    return f"{'  ' * depth + folder.name + '/':<20}{summary.partition('. ')[0].rstrip('.')}"


def _ordered(folder: Path, container: str) -> Sequence[str]:
    """The packages in `folder`, in the order of the contract that has layers for `container`, if there is one."""
    names = sorted(path.parent.name for path in folder.glob("*/__init__.py"))
    contracts = tomllib.loads((_PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers: list[str] = next((one["layers"] for one in contracts if one.get("containers") == [container]), [])
    order = [name for layer in reversed(layers) for name in layer.split(" | ")]
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))
