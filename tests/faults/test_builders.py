"""Builders at once on one release directory, with `clean` running beside them, never tear what readers read."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from buildassets.foundation.digest import integrity
from buildassets.manifest.model import Entry, Manifest, loads
from buildassets.release.verify.verify import verified
from tests.command import run
from tests.conftest import write_tree

pytestmark = pytest.mark.thorough

READERS = 32
STATES = ("one", "two")
RETAIN = "[retain]\nreleases = 100\n"


class Site:
    """A project whose release is built from either of two source roots."""

    def __init__(self, folder: Path, settings: str = "") -> None:
        self.folder = folder
        self.output = folder / "build"
        for state in STATES:
            sheet = f"$edge: 1px; .{state} {{ top: $edge; background: url(../img/a.svg) }}\n" * 20
            write_tree(
                folder / state,
                {"css/app.scss": sheet, "img/a.svg": f"<svg id='{state}'/>", "js/app.js": f"let {state} = 1\n" * 99},
            )
            write_tree(folder / state, {"img/same.svg": "<svg/>", f"js/{state}.js": "import './app.js'\n"})
            write_tree(folder, {f"{state}.toml": f'sources = ["{state}"]\ncompress = ["gzip"]\n{settings}'})
            self.build(state, "-o", f"alone/{state}")
        self.alone = [self.manifest(folder / "alone" / state) for state in STATES]

    def build(self, state: str, *options: str) -> None:
        done = run(self.folder, "build", "--config", f"{state}.toml", *options)
        assert done.returncode == 0, done.stderr

    def build_in_lanes(self, lanes: int, builds: int) -> None:
        """So many processes at once, each followed by the next one of its lane with the other sources."""

        def build(lane: int) -> None:
            for number in range(lane, lane + builds):
                self.build(STATES[number % 2], "--jobs", "1")

        with ThreadPoolExecutor(lanes) as executor:
            list(executor.map(build, range(lanes)))

    @staticmethod
    def manifest(folder: Path) -> Manifest:
        return loads((folder / "manifest.json").read_text(encoding="ascii"))


class Readers:
    """Threads that poll the manifest of a release directory, and some of the files that it names."""

    def __init__(self, output: Path, *, is_retained: bool) -> None:
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self._output = output
        self._is_retained = is_retained
        self._is_over = Event()

    @contextmanager
    def polling(self) -> Iterator[None]:
        threads = [Thread(target=self._poll, args=(number,)) for number in range(READERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            for thread in threads:
                thread.join()

    def _poll(self, number: int) -> None:
        choice = random.Random(number)
        while not self._is_over.is_set() and not self.faults:
            try:
                self._read(choice)
            except Exception as fault:
                self.faults.append(f"{fault!r}")
            time.sleep(choice.uniform(0.05, 0.2))

    def _read(self, choice: random.Random) -> None:
        text = self._text()
        manifest = loads(text)
        self.counts["manifests"] += 1
        for entry in choice.sample(sorted(manifest.assets.values(), key=lambda one: one.file), 3):
            time.sleep(choice.uniform(0, 0.1))
            if not self._is_there(entry):
                # Then a newer manifest has taken its place, which does not retain what this one names.
                if self._is_retained or self._text() == text:
                    self.faults.append(f"{entry.file} is missing")
                self.counts["superseded"] += 1
                return

    def _text(self) -> str:
        return (self._output / "manifest.json").read_text(encoding="ascii")

    def _is_there(self, entry: Entry) -> bool:
        try:
            content = (self._output / "assets" / entry.file).read_bytes()
        except FileNotFoundError:
            return False
        assert integrity("sha384", content) == entry.integrity, entry.file
        self.counts["files"] += 1
        return True


@contextmanager
def cleaning(folder: Path) -> Iterator[Counter[str]]:
    """`clean` runs all the time, one after the other."""
    is_over, counts = Event(), Counter[str]()

    def clean() -> None:
        while not is_over.is_set():
            done = run(folder, "clean", "--config", "one.toml")
            counts["failed" if done.returncode else "done"] += 1
            time.sleep(0.1)

    thread = Thread(target=clean)
    thread.start()
    try:
        yield counts
    finally:
        is_over.set()
        thread.join()


@pytest.mark.parametrize(("lanes", "builds"), [(2, 4), (8, 1)])
@pytest.mark.parametrize("settings", ["", RETAIN])
def test_readers_find_the_files_of_their_manifest(tmp_path: Path, settings: str, lanes: int, builds: int) -> None:
    site = Site(tmp_path, settings)
    site.build("one")
    readers = Readers(site.output, is_retained=bool(settings))
    with readers.polling(), cleaning(tmp_path) as cleaned:
        site.build_in_lanes(lanes, builds)
    assert not readers.faults
    assert cleaned["done"]
    assert not cleaned["failed"]
    assert readers.counts["manifests"] > READERS
    report = verified(str(site.output), "build").report
    assert not report.missing
    assert not report.changed
    assert site.manifest(site.output).assets in [manifest.assets for manifest in site.alone]
    assert not list(site.output.glob(".new-*"))
