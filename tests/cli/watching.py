"""A watch in a process of its own, which reports each build by a document a line."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import pytest

from tests.conftest import PATIENCE_SECONDS

# Longer than any rest that the watch keeps; short enough to wait for nothing.
NOTHING_SECONDS = 0.7
_MOST_BUILDS = 20  # of one save, where looking catches it half done


class Watching:
    """The documents of a watch of the project in `folder`."""

    def __init__(self, folder: Path, process: "subprocess.Popen[str]") -> None:
        self.folder = folder
        self.process = process
        self._lines: SimpleQueue[str] = SimpleQueue()
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def next(self) -> dict[str, Any]:
        """The next document."""
        try:
            document: dict[str, Any] = json.loads(self._lines.get(timeout=PATIENCE_SECONDS))
        except Empty:
            pytest.fail("the watch reports no build")
        return document

    def released(self, document: dict[str, Any], path: str) -> bytes:
        """The content of an asset that `document` names."""
        content: bytes = (self.folder / document["output"] / "assets" / document["assets"][path]).read_bytes()
        return content

    def until_released(self, path: str, content: bytes) -> None:
        """Wait until `content` is released at `path`; a save may cause one more build after that."""
        while content != self._content(self.next(), path):
            pass

    def next_released(self, path: str, content: bytes) -> int:
        """Wait until `content` is released at `path`, and for the end of what comes with it; gives how many builds."""
        builds = 1
        while content != self._content(self.next(), path):
            builds += 1
        for document in self.rest():
            builds += 1
            assert self._content(document, path) in (None, content)
        return builds

    def rest(self) -> Iterator[dict[str, Any]]:
        """The documents that come until there is none within the time that one would take."""
        for number in count(1):
            if (line := self._next_line()) is None:
                return
            assert number < _MOST_BUILDS
            yield json.loads(line)

    def _content(self, document: dict[str, Any], path: str) -> bytes | None:
        """Of the asset at `path`, if the build has released it, and none since has taken it away."""
        try:
            return self.released(document, path)
        except (KeyError, FileNotFoundError):
            return None

    def _next_line(self) -> str | None:
        """Return the next line, if one comes within the time that a build would take."""
        try:
            return self._lines.get(timeout=NOTHING_SECONDS)
        except Empty:
            return None

    def no_more(self) -> None:
        """There is no build within the time that one would take."""
        if (line := self._next_line()) is not None:
            pytest.fail(f"the watch reports one more build: {line}")


@contextmanager
def watching(folder: Path, *options: str, command: Sequence[str] = ()) -> Iterator[Watching]:
    """A watch that has started and is ended; `command` stands before it, as `unshare` may."""
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR")}
    process = subprocess.Popen(
        [*command, sys.executable, "-m", "buildassets", "watch", "--json", *options],
        cwd=folder,
        env={**environment, "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield Watching(folder, process)
        finally:
            process.terminate()
            try:
                process.wait(timeout=PATIENCE_SECONDS)
            finally:
                process.kill()  # leaving `Popen` waits for ever for what does not end
