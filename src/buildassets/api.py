"""The functions of the public API, for Python programs that build without the command line.

They take and return public values (`Config`, `BuildResult`, `CheckResult`), and print nothing. The compiler is loaded
at the first call. Must not import `cli`.
"""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from buildassets.compiler.build_if_changed import build_if_changed
from buildassets.compiler.cache.folder import cache_to_build_with
from buildassets.compiler.config.load import Overrides
from buildassets.compiler.config.load import load_config as read_config
from buildassets.compiler.config.values import Config, Mode
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult
from buildassets.foundation.permission import BUILDING
from buildassets.work.jobs import paused_collector, threads

if TYPE_CHECKING:
    from buildassets.compiler.check import CheckResult


def load_config(
    file: str | os.PathLike[str] | None = None,
    *,
    start: str | os.PathLike[str] = ".",
    sources: Sequence[str] = (),
    also: Sequence[str] = (),
    templates: Sequence[str] = (),
    output: str | None = None,
    url: str | None = None,
    mode: Mode = "production",
) -> Config:
    """The configuration in `file`, or else in the nearest file from the folder `start` upward, or else the default one.

    The other arguments are the options of `buildassets build`, relative to `start`: `sources` and `output` replace the
    values in the file, `also` and `templates` add to them. Raises ConfigError with every fault that was found.
    """
    for name, value in {"sources": sources, "also": also, "templates": templates}.items():
        if isinstance(value, str):  # a str is a sequence too, of its letters
            raise TypeError(f"`{name}` is a sequence of paths, not one")
    with paused_collector():  # modules are no garbage
        return read_config(
            None if file is None else os.fspath(file),
            Overrides(sources=sources, also=also, templates=templates, output=output, url=url),
            start=os.fspath(start),
            mode=mode,
            permission=BUILDING,
        )


def build(
    config: Config,
    *,
    mode: Mode = "production",
    jobs: int | None = None,
    cache_dir: str | None = None,
    use_cache: bool = True,
    cache_write: bool = False,
) -> BuildResult:
    """Compile everything that `config` names into its release directory, as `buildassets build` does.

    The mode `development` neither minifies nor compresses. `jobs` is the number of parallel jobs, by default the number
    of cores of this process. `cache_dir` is the folder of the cache, by default `$BUILDASSETS_CACHE_DIR`, or
    `.buildassets` next to the configuration; with `cache_write` results are also written to the remote cache in
    `config`. A build with nothing to do compares time stamps only. Never raises for a fault in a source: the
    result has the diagnostics, sorted by place, and the earlier release is left unchanged. Raises ConfigError where the
    cache would lie in a source root or in the release directory, and ValueError where the file of another asset system
    in `config` was read for another mode.
    """
    _require_mode(config, mode)
    _require_jobs(jobs)
    cache = cache_to_build_with(config, cache_dir) if use_cache else None
    with threads(jobs) as executor:
        return build_if_changed(
            BuildRequest(config=config, mode=mode, cache=cache, cache_write=cache_write, executor=executor)
        )


def check(config: Config, *, mode: Mode = "production", jobs: int | None = None) -> "CheckResult":
    """Report every fault of a build of `config`, and unknown names in templates, as `buildassets check`.

    Writes nothing. `mode` and `jobs` are those of `build`.
    """
    _require_mode(config, mode)
    from buildassets.compiler.check import check as check_all

    _require_jobs(jobs)
    with threads(jobs) as executor:
        return check_all(BuildRequest(config=config, mode=mode, executor=executor))


def _require_mode(config: Config, mode: Mode) -> None:
    if config.read_for not in (None, mode):
        raise ValueError(f"`config` was loaded for `{config.read_for}`: pass `mode={mode!r}` to `load_config`, too")


def _require_jobs(jobs: int | None) -> None:
    if jobs is not None and jobs < 1:
        raise ValueError(f"`jobs` is {jobs}: at least one has to work")
