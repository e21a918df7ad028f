"""All files of the documentation that are made, by their paths in the project."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from website import architecture, command_line, configuration, errors, helpers, index, manifest, python, security

PROJECT: Final = Path(__file__).parents[1]
MADE: Final[Mapping[str, Callable[[], str]]] = {
    "SECURITY.md": security.page,
    "docs/contribute/architecture.md": architecture.page,
    "docs/errors/README.md": errors.page,
    "docs/llms.txt": index.llms,
    "docs/reference/command-line.md": command_line.page,
    "docs/reference/configuration.md": configuration.page,
    "docs/reference/manifest.md": manifest.page,
    "docs/reference/python.md": python.page,
    "docs/reference/runtime.md": helpers.page,
    "mkdocs.yml": index.configuration,
}


def write(path: str) -> None:
    """Make the file at `path` again."""
    target = PROJECT / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(MADE[path](), encoding="utf-8")
