"""Results that builds of several projects in one process share: digests of files outside of them, and results of steps.

A step has the same name in two projects where its source lies at the same place in both, or in folders that both name
in the same order; its result is taken over if its key and all files that it looked at are the same, too.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from buildassets.compiler.cache.content_store import ContentStore
from buildassets.compiler.cache.traces import Kept, StampedDigest, Trace
from buildassets.disk.folders import is_within

_MOST_STEPS: Final = 20_000  # 25 MB; a project of 2,000 files has 5,000
_MOST_FILES: Final = 50_000


class SharedWork:
    """The latest results of the builds of this process, and where their bytes are."""

    def __init__(self) -> None:
        self._steps: dict[str, tuple[Kept, ContentStore]] = {}
        self._files: dict[str, StampedDigest] = {}

    @property
    def files(self) -> Mapping[str, StampedDigest]:
        """The stamps and digests of files that lie outside of the projects."""
        return self._files

    def knows(self, step: str) -> bool:
        """Whether another project has a result of `step`, valid here or not."""
        return step in self._steps

    def kept(self, step: str) -> Kept | None:
        """The result of `step` in another project, if there is one."""
        found = self._steps.get(step)
        return found[0] if found else None

    def has_copied(self, step: str, trace: Trace, content: ContentStore) -> bool:
        """Whether the bytes of that result of `step` are in `content` now. Raises OSError if that cannot be written."""
        if content.touch(trace.result):
            return True
        found = self._steps.get(step)
        made = found[1].file(trace.result, trace.size_bytes) if found else None
        return made is not None and content.put(made) == trace.result

    def take_up(
        self,
        folder: str,
        steps: Mapping[str, Kept],
        content: ContentStore,
        files: Iterable[tuple[str, StampedDigest]],
    ) -> None:
        """Note the `steps` of the project in `folder` whose results are in `content`, and `files` that it looked at."""
        for name, kept in steps.items():
            self._steps.pop(name, None)  # the latest stand at the end
            self._steps[name] = kept, content
        _drop_first(self._steps, _MOST_STEPS)
        self._files.update((path, stamped) for path, stamped in files if not is_within(folder, path))
        _drop_first(self._files, _MOST_FILES)


def _drop_first(values: dict[str, Any], most: int) -> None:
    """Remove the first of `values`, so that at most so many are left."""
    for name in list(values)[: max(0, len(values) - most)]:
        del values[name]
