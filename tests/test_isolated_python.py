"""No recipe lets Python import modules of the working directory: with `-m` and `-c` it would, before its own."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
_CODE: Final = re.compile(r"^```(?:sh|yaml|dockerfile)\n(.*?)^```", re.MULTILINE | re.DOTALL)
# How a recipe names Python, and the options that it gives it up to `-m MODULE` or `-c`.
_CALL: Final = re.compile(
    r"(?:[Pp]ython[\d.]*\b|\$\(?PY(?:THON)?\)?|\$\{?python\}?|candidate)\"?((?:\s+-\w+)*?)\s+-(?:m\s+([\w.]+)|c\b)"
)
_OUR_OWN: Final = {
    "pytest": "our tests",
    "benchmarks": "our benchmarks",
    "mkdocs": "our hooks",
    "flask": "our example",
    "tests.windows.counts": "our tests",
    "tests.windows.releases": "our tests",
}
"""Modules that take those of the working directory on purpose, each with what that is."""
_MADE_BY_HAND: Final = {
    "docs/start/tutorial.md": "an empty folder",
    "docs/frameworks/aiohttp.md": "the application itself",
}


def recipes() -> Iterator[tuple[str, str]]:
    """The texts that CI or a developer runs in a checkout, by their names."""
    patterns = ("action.yml", "Makefile", "scripts/*", ".ci/*", ".github/workflows/*", ".pre-commit*.yaml")
    for path in sorted(path for pattern in (*patterns, "example_project/Dockerfile") for path in ROOT.glob(pattern)):
        yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
    for path in sorted((ROOT / "docs").rglob("*.md")):
        yield path.relative_to(ROOT).as_posix(), "\n".join(_CODE.findall(path.read_text("utf-8")))


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, text in recipes() if _CALL.search(text)])
def test_a_recipe_isolates_python_from_the_working_directory(name: str, text: str) -> None:
    calls = [(match[1].split(), match[2]) for match in _CALL.finditer(text)]
    open_calls = [(options, module) for options, module in calls if "-I" not in options and module not in _OUR_OWN]
    assert not open_calls or name in _MADE_BY_HAND


def test_the_recipes_call_python() -> None:
    names = [name for name, text in recipes() if _CALL.search(text)]
    assert {"action.yml", "Makefile", "scripts/install", "scripts/python", "scripts/venv"} <= set(names)
    assert set(_MADE_BY_HAND) <= set(names)
