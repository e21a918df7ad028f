"""Running one command and looking at what it left: time, memory, files, which kinds of reference it rewrote."""

import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

# A file with a reference of each kind: its folder, stem and suffix, and the reference as it was.
_REFERENCES: Final = {
    "CSS urls": ("@fortawesome/fontawesome-free/css", "regular", ".css", "/fa-regular-400.woff2"),
    "source maps": ("bootstrap/dist/css", "bootstrap", ".css", "=bootstrap.css.map"),
    "JS imports": ("three/examples/jsm/loaders", "GLTFLoader", ".js", "/BufferGeometryUtils.js'"),
}


class FailedRunError(Exception):
    """A command did not do its work; the text is the last that it said."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command from start to end, with the time of all its processes on all cores.

    `peak_bytes` is the resident memory of its largest process. Linux counts what the process that started it had at
    that moment, so this one's memory is the floor.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int


def run(arguments: Sequence[str]) -> Run:
    """Run a command to its end. Raises FailedRunError."""
    with tempfile.TemporaryFile() as log:
        silenced = [(os.POSIX_SPAWN_DUP2, log.fileno(), descriptor) for descriptor in (1, 2)]
        started = perf_counter()
        process = os.posix_spawnp(arguments[0], list(arguments), os.environ, file_actions=silenced)
        _, status, usage = os.wait4(process, 0)
        seconds = perf_counter() - started
        if status:
            log.seek(0)
            lines = log.read().decode(errors="replace").strip().splitlines()
            raise FailedRunError(lines[-1] if lines else f"exit code {os.waitstatus_to_exitcode(status)}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def count_files(folder: Path) -> int:
    """How many files lie below `folder`."""
    return sum(len(names) for _, _, names in os.walk(folder))


def rewritten_kinds(output: Path) -> list[str]:
    """The kinds of reference that no longer stand in `output` as they stood in the source."""
    return [kind for kind in _REFERENCES if _is_rewritten(output, kind)]


def _is_rewritten(output: Path, kind: str) -> bool:
    folder, stem, suffix, reference = _REFERENCES[kind]
    texts = list(_hashed(output, folder, stem, suffix))
    return bool(texts) and not any(reference in text for text in texts)


def _hashed(output: Path, folder: str, stem: str, suffix: str) -> Iterator[str]:
    """The texts of the files that STEM.FINGERPRINT.SUFFIX or STEM-FINGERPRINT.SUFFIX names, wherever `folder` went."""
    name = re.compile(rf"{re.escape(stem)}[.-]([0-9a-f]{{8,}}|[0-9A-Z]{{8}}){re.escape(suffix)}")
    for path in output.glob(f"**/{folder}/{stem}*"):
        if name.fullmatch(path.name):
            yield path.read_text(encoding="utf-8")
