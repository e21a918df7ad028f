"""Builds what a request asks for, unless nothing changed since the last build, and keeps the result for the next.

`verify --rebuild` alone wants another build in any case, and calls `build` itself.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from buildassets.compiler.cache.stamps import Looks
from buildassets.compiler.incremental.no_op import kept_or_built
from buildassets.compiler.incremental.snapshot import StampedFiles
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult, LastBuild


def build_if_changed(
    request: BuildRequest,
    *,
    with_workers: Callable[[BuildRequest], AbstractContextManager[BuildRequest]] = nullcontext,
    remember: Callable[[StampedFiles], None] = lambda _: None,
    seen: Sequence[Looks] = (),
) -> BuildResult:
    """The result of the last build if that is still valid, else of a new one.

    If there is work, `with_workers` is entered, and gives the request with what does the work. `remember` gets the
    files and stamps that have to stay unchanged for the same request to have nothing to do. `seen` are files that were
    looked at just now, with their stamps.
    """

    def work(*, last: LastBuild | None) -> BuildResult:
        from buildassets.compiler.build import build  # there is work, so the compiler is loaded

        with with_workers(request) as ready:
            return build(ready, last=last)

    return kept_or_built(request, work, remember=remember, seen=seen)
