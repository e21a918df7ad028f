"""Each verb answers a malformed manifest with an exit code that the documentation names, and never a traceback.

More of them, other ones, and what ends in a traceback: `python -m tests.cli.test_malformed_manifests 40000 SEED`.
"""

import os
import random
import shutil
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from buildassets.errors import ManifestError
from buildassets.runtime import AssetNotFound, Assets
from buildassets.runtime.wsgi import AssetServer
from tests.command import exit_code
from tests.conftest import write_tree
from tests.manifests import SOUND, mutants, signed
from tests.release.hostile import TAR_END, ZipFile, tar_member, zip_of

PROJECT = {
    "buildassets.toml": 'sources = ["src"]\ncompress = []\n[retain]\nreleases = 2\n[budgets]\n"css/app.css" = "1 B"\n',
    "src/css/app.css": "a { color: red }",
}
SINCE = ["explain", "css/app.css", "-o", "sound", "--since"]
QUICK = [
    *(["diff", "sound", "build"], ["diff", "build/manifest.json", "sound", "--json"]),
    *(["diff", "sound", "build", "--markdown"], ["verify"], ["verify", "build", "--json"]),
    *(["explain", "css/app.css"], ["explain", "js/app.js", "--since", "sound"], [*SINCE, "build"]),
    *(["explain", "css/app.css", "--json"], [*SINCE, "build/manifest.json", "--json"]),
    *(["clean", "--dry-run", "-v"], ["clean", "--all", "--dry-run"], ["pack", "-o", "packed.tar"]),
    *(["publish", "elsewhere", "--dry-run"], ["verify", "a.tar"], ["verify", "a.zip"], ["diff", "a.tar", "sound"]),
    *(["unpack", "a.zip", "-o", "unpacked"], ["unpack", "a.tar", "-o", "build", "--replace"], [*SINCE, "a.zip"]),
]
SLOW = [["build", "--no-cache"], ["build", "--carry-from", "build", "-o", "other", "--no-cache"], ["check"]]


def place(folder: Path, manifest: bytes) -> None:
    """Put the `manifest` into a release directory and into archives."""
    (folder / "build" / "manifest.json").write_bytes(manifest)
    (folder / "a.tar").write_bytes(tar_member(b"manifest.json", manifest) + TAR_END)
    (folder / "a.zip").write_bytes(zip_of([ZipFile(b"manifest.json", manifest)]))


def project(folder: Path) -> Path:
    """A project with a sound release, as far as its manifest goes, in `sound`."""
    write_tree(
        folder,
        {**PROJECT, "sound/manifest.json": signed(SOUND).decode(), "build/assets/css/app.0123456789ab.css": "a" * 30},
    )
    return folder


def silent_exit_code(*arguments: str) -> int:
    """Return the exit code of a command, whose output has to be UTF-8, as on a terminal."""
    streams = [TextIOWrapper(BytesIO(), "utf-8") for _ in range(2)]
    with redirect_stdout(streams[0]), redirect_stderr(streams[1]):
        return exit_code(*arguments)


def serve(manifest: Path) -> None:
    """Use a release as a web process does. Raises no errors but those that are documented."""
    assets = Assets(manifest, reload=True)
    for name in (*SOUND["assets"], "a\0b", "\ud800"):
        for ask in (
            assets.url,
            assets.integrity,
            assets.stylesheet,
            assets.preload,
            assets.modulepreload,
            assets.inline,
        ):
            try:
                ask(name)
            except (ManifestError, AssetNotFound) as fault:
                str(fault)
            except ValueError as fault:
                assert str(fault).startswith("cannot inline")  # noqa: PT017
    assets.importmap()
    server = AssetServer(assets=assets)
    for path in ("/assets/css/app.0123456789ab.css", "/assets/../x", "/assets/a\0b"):
        request = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_ACCEPT_ENCODING": "gzip"}
        body: Any = server(request, _start_response)
        b"".join(body)
        getattr(body, "close", bool)()


def _start_response(status: str, headers: list[tuple[str, str]], _fault: object = None) -> Callable[[bytes], object]:
    assert all(text.isprintable() for text in (status, *(text for header in headers for text in header)))
    return lambda _: None


def faults(folder: Path, manifest: bytes, seeded: random.Random, commands: int) -> Iterator[str]:
    """The tracebacks that some commands end in when they read `manifest`."""
    place(folder, manifest)
    chosen = seeded.sample(QUICK, commands)
    if seeded.random() < 0.02:
        chosen.append(seeded.choice(SLOW))
    for arguments in chosen:
        try:
            assert silent_exit_code(*arguments) in (0, 1, 2)
        except BaseException:
            yield f"{' '.join(arguments)}\n{traceback.format_exc()[-1500:]}"
        if arguments[0] in ("unpack", "build", "pack"):
            shutil.rmtree(folder / "unpacked", ignore_errors=True)
            place(folder, manifest)
    try:
        serve(folder / "build" / "manifest.json")
    except ManifestError:
        return
    except Exception:
        yield f"serve\n{traceback.format_exc()[-1500:]}"


@pytest.mark.parametrize("seed", range(4))
def test_malformed_manifest_ends_in_no_traceback(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project(tmp_path))
    seeded = random.Random(seed)
    for manifest in mutants(seed, 40):
        assert list(faults(tmp_path, manifest, seeded, 2)) == [], manifest[:2000]


if __name__ == "__main__":
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    found: Counter[str] = Counter()
    affected = 0
    with TemporaryDirectory() as top:
        os.chdir(project(Path(top)))
        for manifest in mutants(seed, count):
            news = list(faults(Path(top), manifest, random.Random(affected), 3))
            affected += bool(news)
            for one in news:
                lines = one.strip().splitlines()
                found[f"{lines[0].split()[0]}: {' '.join(lines[-5:])[-300:]}"] += 1
    sys.stdout.write(f"{affected} of {count} manifests end in a traceback\n")
    for text, times in found.most_common(20):
        sys.stdout.write(f"{times} {text}\n")
