"""Bytes and CPU time of brotli by quality and window over 40 published packages: `python -m benchmarks.qualities`.

The packages are npm's, at fixed versions; of each, the files that sites load. CPU seconds are compared, not those of a
clock, so that other work on the machine changes little; each file goes through all settings in turn.
"""

import tarfile
from argparse import ArgumentParser
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import process_time
from typing import Any, Final

import brotli

from benchmarks.installed import CACHE, said

SETTINGS: Final = ((9, 22), (9, 24), (10, 18), (10, 20), (10, 22), (10, 24), (11, 22), (11, 24))
DEFAULT: Final = (11, 22)
_compressed: Any = brotli.compress  # it has no types
PACKAGES: Final = (
    "@babel/standalone@7.28.5",
    "@fullcalendar/core@6.1.19",
    "@hotwired/turbo@8.0.18",
    "@popperjs/core@2.11.8",
    "@tabler/core@1.4.0",
    "alpinejs@3.15.0",
    "animate.css@4.1.1",
    "axios@1.12.2",
    "bootstrap@5.3.8",
    "bulma@1.0.4",
    "chart.js@4.5.0",
    "chosen-js@1.8.7",
    "codemirror@5.65.20",
    "cropperjs@1.6.2",
    "d3@7.9.0",
    "datatables.net@2.3.4",
    "dayjs@1.11.18",
    "dompurify@3.2.7",
    "dropzone@5.9.3",
    "echarts@6.0.0",
    "flatpickr@4.6.13",
    "foundation-sites@6.9.0",
    "fullcalendar@6.1.19",
    "@highlightjs/cdn-assets@11.11.1",
    "htmx.org@2.0.7",
    "jquery-ui-dist@1.13.3",
    "jquery@3.7.1",
    "knockout@3.5.1",
    "leaflet@1.9.4",
    "lodash@4.17.21",
    "marked@16.3.0",
    "mermaid@11.12.0",
    "plotly.js-dist-min@3.1.1",
    "select2@4.0.13",
    "sortablejs@1.15.6",
    "swagger-ui-dist@5.29.0",
    "swiper@12.0.2",
    "three@0.180.0",
    "video.js@8.23.4",
    "vue@3.5.22",
)
_KINDS: Final = {
    ".js": "scripts",
    ".mjs": "scripts",
    ".css": "sheets",
    ".svg": "others",
    ".json": "others",
    ".map": "maps",
}
_NOT_LOADED: Final = ("/src/", "/test/", "/tests/", "/docs/", "/locale/", "/package.json")
# Of each package and kind so many files, until they have so many bytes; always the same: those with the lowest digests.
_MOST_FILES: Final = 6
_ENOUGH_BYTES: Final = 600_000
_MOST_BYTES: Final = 6_000_000  # of a file


@dataclass(frozen=True, slots=True)
class Copied:
    """All copies of one kind of file with one quality and window: their bytes, and the CPU seconds that they took."""

    size_bytes: int = 0
    cpu_seconds: float = 0.0


def main() -> None:
    """Measure and print a table for each kind of file, and one for all."""
    parser = ArgumentParser(description="Compare brotli's qualities and windows over published packages.")
    parser.add_argument("--packages", type=int, default=len(PACKAGES), metavar="N", help="only the first N packages")
    files = [file for package in PACKAGES[: parser.parse_args().packages] for file in chosen(tarball(package))]
    by_kind = {
        kind: [content for name, content in files if kind_of(name) == kind] for kind in sorted(set(_KINDS.values()))
    }
    found = {kind: measured(contents) for kind, contents in by_kind.items()}
    for kind, contents in by_kind.items():
        print("\n".join(_table(kind, contents, found[kind])), end="\n\n")
    print("\n".join(_table("all", [content for _, content in files], added(found.values()))))


def tarball(package: str) -> Path:
    """The published archive of a package, `NAME@VERSION`, fetched once."""
    folder = CACHE / "packages"
    folder.mkdir(parents=True, exist_ok=True)
    name, _, version = package.rpartition("@")
    archive = folder / f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz"
    if not archive.exists():
        said("npm", "pack", package, "--pack-destination", str(folder))
    return archive


def kind_of(name: str) -> str | None:
    """The kind of a file by its suffix; None if sites do not load such files."""
    return _KINDS.get(Path(name).suffix)


def chosen(archive: Path) -> list[tuple[str, bytes]]:
    """The names and contents of the measured files in the `archive`."""
    by_kind: dict[str, list[tuple[str, bytes]]] = {}
    for name, content in sorted(_members(archive), key=lambda file: sha256(file[1]).digest()):
        files = by_kind.setdefault(kind_of(name) or "", [])
        if len(files) < _MOST_FILES and sum(len(other) for _, other in files) < _ENOUGH_BYTES:
            files.append((name, content))
    return [file for files in by_kind.values() for file in files]


def _members(archive: Path) -> Iterator[tuple[str, bytes]]:
    """The files that sites load, with their contents."""
    with tarfile.open(archive) as members:
        for member in members:
            is_loaded = kind_of(member.name) and not any(part in member.name for part in _NOT_LOADED)
            if is_loaded and 0 < member.size <= _MOST_BYTES and (opened := members.extractfile(member)):
                yield member.name, opened.read()


def measured(contents: Sequence[bytes]) -> dict[tuple[int, int], Copied]:
    """The copies of all `contents`, by quality and window (the base-2 logarithm of its bytes)."""
    found = dict.fromkeys(SETTINGS, Copied())
    for content in contents:
        for (quality, window), before in found.items():
            started = process_time()
            size_bytes = len(_compressed(content, quality=quality, lgwin=window))
            seconds = process_time() - started
            found[quality, window] = Copied(before.size_bytes + size_bytes, before.cpu_seconds + seconds)
    return found


def added(parts: Collection[Mapping[tuple[int, int], Copied]]) -> dict[tuple[int, int], Copied]:
    """The sums of `parts`, by quality and window."""
    return {
        setting: Copied(
            sum(part[setting].size_bytes for part in parts), sum(part[setting].cpu_seconds for part in parts)
        )
        for setting in SETTINGS
    }


def _table(kind: str, contents: Sequence[bytes], found: Mapping[tuple[int, int], Copied]) -> Iterator[str]:
    default = found[DEFAULT]
    yield f"{kind}: {len(contents):,} files of {sum(map(len, contents)):,} bytes"
    yield ""
    yield "| quality | window | bytes | ÷ default | CPU seconds | ÷ default |"
    yield "|--:|--:|--:|--:|--:|--:|"
    for (quality, window), one in found.items():
        sizes, times = one.size_bytes / default.size_bytes, one.cpu_seconds / default.cpu_seconds
        yield (f"| {quality} | {window} | {one.size_bytes:,} | {sizes:.4f} | {one.cpu_seconds:.2f} | {times:.3f} |")


if __name__ == "__main__":
    main()
