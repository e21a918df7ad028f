"""Keep how long each test and fixture took in `build/durations.json`, of which `scripts/slowest` prints the dearest."""

import json
import time
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest

FILE: Final = Path(__file__).parents[1] / "build" / "durations.json"
_KEPT: Final = pytest.StashKey["Durations"]()


class Durations:
    """Seconds by test, and by fixture; of a test they include those of the fixtures that it was the first to need."""

    def __init__(self) -> None:
        self.tests: defaultdict[str, float] = defaultdict(float)
        self.fixtures: defaultdict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add set-up, call or tear-down of a test; the process that starts the others receives the reports of all."""
        self.tests[report.nodeid] += report.duration

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
        """Add a set-up, with those of the fixtures that this one asks for while it is set up."""
        began = time.perf_counter()
        try:
            return (yield)
        finally:
            self.fixtures[f"{fixturedef.baseid}::{fixturedef.argname}"] += time.perf_counter() - began

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add the fixtures of a process of the run, which has ended."""
        for name, seconds in getattr(node, "workeroutput", {}).get("fixtures", {}).items():
            self.fixtures[name] += seconds

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Pass the fixtures of this process on."""
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["fixtures"] = dict(self.fixtures)

    def write(self) -> None:
        """Write what was kept."""
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(json.dumps({"tests": self.tests, "fixtures": self.fixtures}, indent=1, sort_keys=True))


def pytest_configure(config: pytest.Config) -> None:
    """Begin to keep durations."""
    config.stash[_KEPT] = Durations()
    config.pluginmanager.register(config.stash[_KEPT])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Write the durations of a run that had tests, once, where all reports came together."""
    if not hasattr(config, "workerinput") and config.stash[_KEPT].tests:
        config.stash[_KEPT].write()
