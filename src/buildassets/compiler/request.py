"""The request for a build, in one value: a configuration, where results are kept, and who does the work."""

from typing import TYPE_CHECKING, Protocol

from buildassets.compiler.config.values import Config, Mode
from buildassets.compiler.write.clock import Clock, build_time
from buildassets.foundation.frozen import frozen_by_name

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from buildassets.compiler.cache.shared_work import SharedWork
    from buildassets.compiler.executors.away import Away
    from buildassets.compiler.graph.walk import Progress
    from buildassets.compiler.kept import Kept
    from buildassets.compiler.transform.engine_set import RunningEngines


class Previous(Protocol):
    """An earlier release whose files can be carried over."""

    @property
    def shown(self) -> str:
        """Its name as the user gave it."""
        ...

    @property
    def manifest(self) -> bytes:
        """The bytes of its manifest."""
        ...

    @property
    def at_once(self) -> int:
        """How many files to fetch at the same time."""
        ...

    def fetch(self, file: str, size_bytes: int, place: str, /) -> None:
        """Write the content of `file`, a name below `assets/`, to `place`.

        Of a file larger than `size_bytes` a part is enough. Raises FileNotFoundError if there is no such file, and
        another OSError if that cannot be found out.
        """
        ...


@frozen_by_name
class BuildRequest:
    """A build of everything that `config` names into its release directory.

    - `mode`: `development` neither minifies nor compresses.
    - `cache`: the folder in which results of engines and compressed copies are kept, if any.
    - `cache_write`: whether results are also written to the remote cache, if `config` names one.
    - `previous`: earlier releases whose files are carried over; the one in the release directory then does not count.
    - `clock`: gives the time at which a retained release was superseded.
    - `executor`: its threads compress, and wait for Sass and for workers. These are processes, started if there are
      `bytes_per_worker` to compile or minify for each of two or more, by default as many as pay for starting one.
      Without an executor all is done in turn.
    - `away`: an executor elsewhere, which compiles, minifies and compresses in place of threads and workers. It is left
      open, for the next build.
    - `engines`: stay started for the next build; without, they end with this one.
    - `shared`: results of builds of other projects in this process, and those of this one for the next.
    - `kept`: what this process keeps from one build of the configuration to the next. Without, the build is a first
      one, but for what is in `cache`.
    - `progress`: is called for each draft, and for each precompressed copy.
    - `checks_templates`: whether names in templates that the release lacks are reported.
    """

    config: Config
    mode: Mode = "production"
    cache: str | None = None
    cache_write: bool = False
    previous: tuple[Previous, ...] = ()
    clock: Clock = build_time
    executor: "Executor | None" = None
    bytes_per_worker: int | None = None
    away: "Away | None" = None
    engines: "RunningEngines | None" = None
    shared: "SharedWork | None" = None
    progress: "Progress | None" = None
    kept: "Kept | None" = None
    checks_templates: bool = True
