"""The marks that decide which tests a run has, and which of them may run twice; the list of what it has not shown."""

from collections import Counter
from collections.abc import Generator, Sequence
from functools import cache
from importlib import import_module
from typing import Final

import pytest

from tests.conftest import NOT_SHOWN

_MARKS: Final = {
    "thorough": "is left to `make test-all`; marks a module, or a folder in its `__init__.py`",
    "busy(reason)": "may run once more if it fails, as its subject is time or a busy machine",
}


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marks."""
    for name, effect in _MARKS.items():
        config.addinivalue_line("markers", f"{name}: {effect}")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Add the marks of folders, give each busy test a second run, and begin with thorough tests, which take longest."""
    for item in items:
        for mark in _folder_marks(item.nodeid.partition("::")[0].rpartition("/")[0].replace("/", ".")):
            item.add_marker(mark)
        for busy in item.iter_markers("busy"):
            assert busy.kwargs["reason"], item.nodeid
            item.add_marker(pytest.mark.flaky(reruns=1))
    yield
    items.sort(key=lambda item: item.get_closest_marker("thorough") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what the run did not show, as the machine lacks a tool."""
    skipped: Sequence[pytest.TestReport] = terminalreporter.stats.get("skipped", ())
    reasons = (report.longrepr[2].removeprefix("Skipped: ") for report in skipped if isinstance(report.longrepr, tuple))
    for reason, number in sorted(Counter(reason for reason in reasons if reason.startswith(NOT_SHOWN)).items()):
        terminalreporter.write_line(f"{reason} ({number} test{'s' * (number != 1)})", yellow=True)


@cache
def _folder_marks(package: str) -> tuple[pytest.MarkDecorator, ...]:
    """The marks of a package and of those around it."""
    if not package:
        return ()
    marks = getattr(import_module(package), "pytestmark", [])
    return (*_folder_marks(package.rpartition(".")[0]), *(marks if isinstance(marks, list) else [marks]))
