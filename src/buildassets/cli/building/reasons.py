"""The lines of `-v` on why each asset was made again, what came of it, and where the configuration comes from."""

import os
from collections.abc import Collection, Iterator, Mapping

from buildassets.cli.show.output import Output, stale_text
from buildassets.compiler.config.file import relative_to, working_directory
from buildassets.compiler.config.values import Config
from buildassets.compiler.result import BuildResult
from buildassets.disk.owners import SHOWS_OWNERS, origin
from buildassets.manifest.model import Entry
from buildassets.packages.lock import NAME


def reason_lines(result: BuildResult, config: Config, before: Mapping[str, Entry]) -> Iterator[str]:
    """Each asset that the build made again, with its reason, then those that only got another name.

    `before` are the assets of the release that it replaced.
    """
    if result.remade_for is not None:
        yield f"all files are read: {stale_text(result.remade_for, config)}"
    made = {**result.rerun, **result.read_again}
    renamed = _renamed(result, before)
    for path, stale in sorted(made.items()):
        is_same = path in before and result.manifest is not None and path not in renamed
        yield f"{path}: {stale_text(stale, config)}{'; the result is the same' if is_same else ''}"
    if result.manifest is not None and result.remade_for is None:
        for follower in sorted(renamed - made.keys()):
            if target := _first_renamed(result.manifest.assets[follower].references, renamed):
                yield f"{follower}: not made again; {target}, to which it refers, has another name"


def report_origins(show: Output, config: Config) -> None:
    """Print with `-v` which of the files that decide what runs come from another user, or from outside.

    Windows shows no owner to check, so there the lines are always printed.
    """
    for line in origin_lines(config, working_directory()):
        if show.verbose or not SHOWS_OWNERS:
            show.report(line)


def origin_lines(config: Config, start: str) -> Iterator[str]:
    """A line for each of these files that `config`, found from `start` upward, is read from."""
    files = ((config.file, start), (os.path.join(config.folder, NAME), config.folder))
    for path, begin in files:
        if path and os.path.lexists(path) and (from_where := origin(path, begin)):
            yield f"`{relative_to(start, path)}` {from_where}"


def _renamed(result: BuildResult, before: Mapping[str, Entry]) -> set[str]:
    """The assets whose files have other names than `before`."""
    after = result.manifest.assets if result.manifest and result.written else {}
    return {path for path, entry in after.items() if path in before and before[path].file != entry.file}


def _first_renamed(references: Collection[str], renamed: Collection[str]) -> str | None:
    return next((path for path in references if path in renamed), None)
