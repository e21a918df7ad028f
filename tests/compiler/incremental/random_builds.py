"""Builds of a project that is edited at random: in many ways, each compared with a clean build of the same files."""

import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from functools import cache
from itertools import takewhile
from pathlib import Path
from random import Random
from threading import Timer
from typing import Final, NamedTuple

import buildassets
from buildassets.compiler.build_if_changed import build_if_changed
from buildassets.compiler.config.values import Mode
from buildassets.compiler.kept import Kept
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult
from buildassets.compiler.transform.engine_set import RunningEngines
from buildassets.compiler.write.release_directory import release_files
from buildassets.errors import BuildAssetsError, ConfigError
from buildassets.foundation.diagnostics import Diagnostic, to_json
from buildassets.foundation.frozen import replace
from buildassets.manifest.model import dumps, loads
from buildassets.release.verify.verify import verified
from tests.building import load_config
from tests.command import Finished, environment, run
from tests.compiler.incremental.random_edits import MADE, edit, steps
from tests.compiler.incremental.random_site import settings, write_site
from tests.compiler.watch.loops import Loop, looping
from tests.conftest import PATIENCE_SECONDS, Tree, read_tree, settle, wait_for, write_tree
from tests.forks import run_program

_KILLED: Final = (
    """
import os, signal, sys
import buildassets.cli.main, buildassets.compiler.build
""",
    """
left = asked["events"]

def count(event, arguments):
    global left
    if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.utime", "shutil.rmtree"):
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count)
sys.argv = ["buildassets", "build", "--jobs", "1", "--mode", asked["mode"]]
buildassets.cli.main.main()
""",
)
"""A build that kills itself at one of its calls of the file system."""
_MOST_EVENTS: Final = 400
_MEANWHILE_SECONDS: Final = 0.15
_SINCE: Final = " since the last release"  # ends the note of a budget
_SUMMARIES: Final = ("built ", "failed with ")


class Outcome(NamedTuple):
    """The part of a build that does not depend on how it was made. The release is empty if the build failed."""

    release: Tree
    diagnostics: object


Build = Callable[[Path, Mode, Random], Outcome]


class Way(NamedTuple):
    """A way to build an edited project, and one to build the same files from nothing that reports in the same form."""

    build: Build
    clean: Build


def _released(folder: Path) -> Tree:
    """The files of the release without those of earlier ones, which a build from nothing cannot have."""
    output = folder / "build"
    report = verified(str(output), "build").report
    assert not report.missing
    assert not report.changed
    files = read_tree(output)
    manifest = replace(loads(files["manifest.json"].decode()), retained=())
    names = [os.path.relpath(path, output) for path in release_files(str(output), manifest)]
    release = {name: files[name] for name in names}
    if manifest.release_file:
        release[f"assets/{manifest.release_file}"] = b""  # its digest is over the earlier releases, too
    return {**release, "manifest.json": dumps(manifest).encode()}


def _by_function(folder: Path, mode: Mode, random: Random, *, uses_cache: bool = True) -> Outcome:
    if random.random() < 0.8:  # else files are younger than any whose stamps are trusted
        settle()
    try:
        config = buildassets.load_config(start=folder, mode=mode)
        result = buildassets.build(config, mode=mode, jobs=random.choice((1, 2)), use_cache=uses_cache)
    except ConfigError as fault:
        return Outcome({}, _diagnosed(fault.diagnostics))
    return _outcome(folder, result)


def _outcome(folder: Path, result: BuildResult) -> Outcome:
    return Outcome(_released(folder) if result.succeeded else {}, _diagnosed(result.diagnostics))


def _diagnosed(diagnostics: Iterable[Diagnostic]) -> list[object]:
    """The diagnostics without notes on the earlier release."""
    kept = (replace(one, notes=tuple(note for note in one.notes if _SINCE not in note)) for one in diagnostics)
    return list(map(to_json, kept))


def _from_nothing(folder: Path, mode: Mode, random: Random) -> Outcome:
    return _by_function(folder, mode, random, uses_cache=False)


def _command(folder: Path, mode: Mode, *options: str) -> Finished:
    done = run(folder, "build", "--mode", mode, *options)
    assert done.returncode in (0, 1, 2), done.stderr
    return done


def _printed(folder: Path, done: Finished) -> Outcome:
    """The outcome of a command that is done, with what it printed before its summary."""
    lines = takewhile(lambda line: not line.startswith(_SUMMARIES), done.stderr.splitlines())
    return Outcome({} if done.returncode else _released(folder), [line for line in lines if _SINCE not in line])


def _by_command(*options: str) -> Build:
    return lambda folder, mode, _: _printed(folder, _command(folder, mode, *options))


def _after_a_killed_one(folder: Path, mode: Mode, random: Random) -> Outcome:
    """Build after a build was killed, and most often after one more edit."""
    if random.random() < 0.7:
        asked = {"events": random.randrange(1, _MOST_EVENTS), "mode": mode}
        run_program(_KILLED, folder, asked, environment(), timeout=PATIENCE_SECONDS)
        edit(random, folder, of_sources=True)
    return _by_function(folder, mode, random)


@cache
def _two_threads() -> ThreadPoolExecutor:
    """Threads for all commands that run at once: each thread starts the process of its commands once."""
    return ThreadPoolExecutor(2)


def _twice_at_once(folder: Path, mode: Mode, _: Random) -> Outcome:
    """Build twice at once, into the same release and with the same cache."""
    both = [_two_threads().submit(_command, folder, mode, "--jobs", jobs) for jobs in "12"]
    wait(both)
    first, second = (_printed(folder, one.result()) for one in both)
    assert first.diagnostics == second.diagnostics
    return first


@cache
def _staying(folder: Path) -> tuple[Kept, RunningEngines]:
    """What a process that stays keeps for the project in `folder`."""
    return Kept(), RunningEngines()


def _in_one_process(folder: Path, mode: Mode, _: Random) -> Outcome:
    """Build as a watch does, and close the engines."""
    settle()
    kept, engines = _staying(folder)
    cache = str(folder / ".buildassets")
    try:
        config = load_config(start=str(folder), mode=mode)
        request = BuildRequest(config=config, mode=mode, cache=cache, engines=engines, kept=kept)
        return _outcome(folder, build_if_changed(request))
    except ConfigError as fault:
        return Outcome({}, _diagnosed(fault.diagnostics))
    finally:
        engines.close()


def _after_one_of_changing_files(folder: Path, mode: Mode, random: Random) -> Outcome:
    """Build after a build during which a file was edited."""
    editing = Timer(random.random() * _MEANWHILE_SECONDS, edit, [Random(random.random()), folder], {"of_sources": True})
    editing.start()
    _by_function(folder, mode, random)
    editing.join()
    return _by_function(folder, mode, random)


WAYS: Final[Mapping[str, Way]] = {
    "function": Way(_by_function, _from_nothing),
    "command": Way(_by_command("--jobs", "1"), _by_command("--no-cache")),
    "command with two jobs": Way(_by_command("--jobs", "2"), _by_command("--no-cache")),
    "process that stays": Way(_in_one_process, _from_nothing),
    "after a killed build": Way(_after_a_killed_one, _from_nothing),
    "two builds at once": Way(_twice_at_once, _by_command("--no-cache")),
    "after an edit during a build": Way(_after_one_of_changing_files, _from_nothing),
}


def assert_edits_are_built_as_clean_builds_would(
    folder: Path, seed: int, count: int, *, way: str = "function", is_typed: bool = False
) -> None:
    """Build the project of that `seed`, and again after each of `count` edits."""
    random = Random(seed)
    site = _site(folder, random, is_typed=is_typed)
    outcomes: list[Outcome] = []

    def check(done: Sequence[str]) -> None:
        mode: Mode = "production" if random.random() < 0.9 else "development"
        outcomes.append(WAYS[way].build(site, mode, random))
        assert outcomes[-1] == _clean(site, mode, random, WAYS[way].clean), f"{way}, seed {seed}: {done}"

    _check_edits(site, random, count, check, is_broken=lambda: not outcomes[-1].release)


def assert_edits_are_watched_as_clean_builds_would(
    folder: Path, seed: int, count: int, *, is_typed: bool = False
) -> None:
    """Watch the project of that `seed`; after each of `count` edits its release becomes that of a clean build."""
    random = Random(seed)
    site = _site(folder, random, is_typed=is_typed)
    with looping(site) as watch:

        def check(done: Sequence[str]) -> None:
            expected = _clean(site, "development", random, _from_nothing)
            with suppress(AssertionError):
                wait_for(lambda: _watched(watch) == expected)
            assert _watched(watch) == expected, f"watch, seed {seed}: {done}"

        _check_edits(site, random, count, check, is_broken=lambda: watch.last is None or not watch.last.succeeded)


def _watched(watch: Loop) -> Outcome | None:
    """The outcome of the last build; None before the first, and while the watch writes a release."""
    with suppress(OSError, LookupError, AssertionError, BuildAssetsError):
        return _outcome(watch.folder, watch.last) if watch.last else None
    return None


def _site(folder: Path, random: Random, *, is_typed: bool) -> Path:
    site = write_site(folder / "site", is_typed=is_typed)
    return write_tree(site, {"buildassets.toml": settings(random, site)})


def _clean(site: Path, mode: Mode, random: Random, build: Build) -> Outcome:
    """The outcome of a build of the same files elsewhere, without a cache and an earlier release."""
    copy = site.parent / "clean" / site.name
    shutil.rmtree(copy.parent, ignore_errors=True)
    shutil.copytree(site, copy, symlinks=True, ignore=shutil.ignore_patterns(*MADE))
    return build(copy, mode, random)


def _check_edits(
    site: Path, random: Random, count: int, check: Callable[[Sequence[str]], None], *, is_broken: Callable[[], bool]
) -> None:
    """Edit the project `count` times, and `check` it before and after each; it gets the names of all edits."""
    done = ["the first build"]
    check(done)
    for edits in steps(site, random, count, is_broken=is_broken):
        done.append(edits)
        check(done)
