"""Asks who but the release may have a file that a template names: the finders of Django, or a `url_for` of the project.

Takes names that the release lacks, gives for some of them a reason why that is not an error. Starts `manage.py`, once
for all names, and reads the Python of the project.
"""

import os
import re
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from subprocess import SubprocessError
from typing import Final

from buildassets.compiler.config.values import Config
from buildassets.compiler.sources.template_files import usual_engine
from buildassets.compiler.templates.files import walked
from buildassets.compiler.templates.names import LackingName, NamingRule
from buildassets.disk.files import content_of
from buildassets.foundation.diagnostics import reason_text
from buildassets.programs.start import run, with_project_python

_OF_URL_FOR: Final = (NamingRule.BLUEPRINT, NamingRule.FILENAME, NamingRule.MOUNT)
_FOUND: Final = re.compile(r"^Found '(.+)' here:\s*\n\s+(.+?)\s*$", re.MULTILINE)
_SECONDS: Final = 60.0
_MOST_CHARACTERS: Final = 30_000  # of a command: Windows takes 32,767
_MOST_BYTES: Final = 5_000_000  # of a module
# A template gets another function under that name, or a class or module has its own. `flask.url_for` itself is not one.
_REPLACED: Final = re.compile(
    r"""^(?:[^#\n]*?(?:\[["']url_for["']\]\s*=(?!=)|[(,\s]url_for\s*=(?!=)|[{,]\s*["']url_for["']\s*:)"""
    r"""|\s*["']url_for["']\s*:)\s*(?!(?:\w+\.)?url_for\b)\w"""
    r"""|^[ \t]*(?:async\s+)?def\s+url_for\s*\("""
    r"""|^[ \t]*@[\w.]+template_global\(\s*(?:name\s*=\s*)?["']url_for["']""",
    re.MULTILINE,
)


class Elsewhere:
    """Answers why names of static files are not errors though the release lacks them. Python is read at most once."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def __call__(self, names: Collection[LackingName]) -> dict[LackingName, str]:
        """Return the reason of each name that has one."""
        static = sorted({name for rule, name in names if rule is NamingRule.STATIC})
        of_url_for = [name for name in names if name[0] in _OF_URL_FOR]
        result: dict[LackingName, str] = {}
        if static and usual_engine(self._config) == "django":
            result |= {(NamingRule.STATIC, name): reason for name, reason in _reasons_of_django(self._config, static)}
        if of_url_for and self._replacement:
            result |= dict.fromkeys(of_url_for, f"that the `url_for` of `{self._replacement}` may change")
        return result

    @cached_property
    def _replacement(self) -> str | None:
        return _replacement(self._config)


def _reasons_of_django(config: Config, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Return the reason of each name that Django's finders find, or of all where they cannot be asked."""
    askable = [name for name in names if name.isprintable() and _stays_below(name)]
    if not config.permission.python:
        yield from ((name, "that Django's finders may find, which `--no-run` does not ask") for name in askable)
        return
    try:
        for chunk in _chunks(askable):
            yield from ((name, "that Django's finders find") for name in _found_by_django(config, chunk))
    except (OSError, SubprocessError) as fault:
        text = reason_text(fault) if isinstance(fault, OSError) else str(fault)
        yield from (
            (name, f"that Django's finders may find, but `manage.py findstatic` fails ({text})") for name in askable
        )


def _stays_below(name: str) -> bool:
    """Whether Django looks for `name`: it refuses paths out of the folders of static files with an exception."""
    return not os.path.isabs(name) and not name.startswith("/") and ".." not in re.split(r"[/\\]", name)


def _chunks(names: Iterable[str]) -> Iterator[list[str]]:
    """Split names so that each part fits into a command."""
    chunk: list[str] = []
    for name in names:
        if chunk and sum(map(len, chunk)) + 3 * len(chunk) + len(name) > _MOST_CHARACTERS:
            yield chunk
            chunk = []
        chunk.append(name)
    if chunk:
        yield chunk


def _found_by_django(config: Config, names: Iterable[str]) -> Iterator[str]:
    """Return the names that are files for the finders of Django. Raises OSError and SubprocessError."""
    program = [os.path.join(config.folder, "manage.py"), "findstatic", "--first", "--no-color", "--", *names]
    result = run(
        with_project_python(program, permission=config.permission),
        cwd=config.folder,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=_SECONDS,
    )
    if result.returncode:
        raise SubprocessError((result.stderr.strip() or f"exit code {result.returncode}").splitlines()[-1])
    yield from (match[1] for match in _FOUND.finditer(result.stdout) if os.path.isfile(match[2]))


def _replacement(config: Config) -> str | None:
    """Return the place in a module of the project that gives templates a `url_for` of its own; None without one."""
    paths = (os.path.join(folder, name) for folder, names in walked(config, config.folder) for name in names)
    for path in sorted(path for path in paths if path.endswith(".py")):
        shown = config.shown(path)
        if shown.startswith("test") or "/test" in shown:
            continue
        text = _text_of(path)
        if "url_for" in text and (match := _REPLACED.search(text)):
            line = text.count("\n", 0, match.end()) + 1
            return f"{shown}:{line}"
    return None


def _text_of(path: str) -> str:
    try:
        return content_of(path, _MOST_BYTES).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""
