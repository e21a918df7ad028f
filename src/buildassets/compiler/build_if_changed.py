"""Builds what a request asks for, unless nothing changed since the last build: the one way into a build."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from buildassets.compiler.cache.stamps import Looks
from buildassets.compiler.incremental.no_op import incremental
from buildassets.compiler.incremental.snapshot import Held
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult, LastBuild


def build_if_changed(
    request: BuildRequest,
    *,
    equipped: Callable[[BuildRequest], AbstractContextManager[BuildRequest]] = nullcontext,
    held: Callable[[Held], None] = lambda _: None,
    looks: Sequence[Looks] = (),
) -> BuildResult:
    """The result of the last build if that is still valid, else of a new one.

    If there is work, `equipped` is entered, and gives the request with what does the work. `held` gets what has to stay
    unchanged for the same build to have nothing to do. `looks` are files that were looked at just now.
    """

    def work(*, last: LastBuild | None) -> BuildResult:
        from buildassets.compiler.incremental.sass_first import sass_first  # there is work, so the compiler is loaded

        with equipped(request) as ready, sass_first(ready, last) as sass:
            from buildassets.compiler.build import build

            return build(ready, last=last, sass=sass)

    return incremental(request, work, held=held, looks=looks)
