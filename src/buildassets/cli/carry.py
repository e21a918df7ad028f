"""`--carry-from`: opens the earlier releases that a build carries files over from."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from buildassets.compiler.config.values import Mode
from buildassets.credentials import masked_url
from buildassets.diagnostics import Diagnostic, Location, error
from buildassets.errors import BuildError

if TYPE_CHECKING:
    from buildassets.compiler.write.carry import Previous
    from buildassets.programs.permission import Permission


@contextmanager
def previous_releases(
    sources: Sequence[str], url: str | None, mode: Mode, *, if_any: bool, permission: "Permission"
) -> "Iterator[Sequence[Previous]]":
    """The releases that `sources` name; their files are below `url` if that is given, else beside the manifest.

    With `if_any` a release that does not exist is left out. Raises BuildError, and UsageError for options that exclude
    each other.
    """
    if not sources and (url or if_any):
        from click import UsageError

        raise UsageError("`--carry-url` and `--carry-if-any` go with `--carry-from`")
    if sources and mode == "development":
        from click import UsageError

        raise UsageError("`--carry-from` is for builds for production")
    if not sources:
        yield []
        return
    from buildassets.release.earlier.releases import previous_release

    with ExitStack() as opened:
        releases = []
        for source in sources:
            try:
                releases.append(opened.enter_context(previous_release(source, url, permission=permission)))
            except FileNotFoundError:
                if not if_any:
                    raise BuildError([_absent(source)]) from None
        yield releases


def _absent(source: str) -> Diagnostic:
    hint = "correct it, or add `--carry-if-any` if there is no earlier release yet"
    shown = masked_url(source)
    return error("carry/absent", f"there is no release at `{shown}`", Location(shown), hint=hint)
