"""A bundle as webassets has it: what it is made of, and the URLs that it has in a release.

Takes contents and options, gives a value that an Environment asks for. Imports the vocabulary and `runtime`.
"""

import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from buildassets.compat.webassets.run.environment import Environment

__all__ = ["Bundle"]

_OPTIONS = frozenset(
    ("config", "debug", "depends", "env", "extra", "filters", "merge", "output", "remove_duplicates", "version")
)


class Bundle:
    """Files, globs, URLs and other bundles, in order, and what is to be made of them.

    `name` is that under which it is registered; `place` is the file and line where it was made. Raises TypeError for
    an option that there is not.
    """

    def __init__(self, *contents: Any, **options: Any) -> None:
        for option in options:
            if option not in _OPTIONS:
                raise TypeError(f"got unexpected keyword argument {option!r}")
        self.contents = contents
        self.output: str | None = options.get("output")
        self.filters = _listed(options.get("filters"))
        self.depends = _listed(options.get("depends"))
        self.extra: Mapping[str, Any] = options.get("extra") or {}
        self.merge: bool = options.get("merge", True)
        self.remove_duplicates: bool = options.get("remove_duplicates", True)
        self.version = options.get("version")
        self.config: dict[str, Any] = dict(options.get("config") or {})
        self.debug: bool | str | None = options.get("debug", self.config.get("debug"))
        self.env: Environment | None = options.get("env")
        self.name: str | None = None
        self.place = caller(2)

    def __repr__(self) -> str:
        return f"<Bundle output={self.output}, filters={self.filters}, contents={self.contents}>"

    @property
    def is_container(self) -> bool:
        """Whether it only holds other bundles, which are built each by itself."""
        return not self.output and all(isinstance(one, Bundle) for one in self.contents)

    def urls(self, *_: Any, calculate_sri: bool = False, **__: Any) -> list[Any]:
        """The URLs to load for it; with `calculate_sri`, mappings with `uri` and `sri`.

        Raises AssetNotFound for what the release does not have.
        """
        if self.env is None:
            raise RuntimeError(f"{self!r} is not connected to an environment")
        from buildassets.compat.webassets.run.urls import entries

        found = entries(self.env, self)
        return [{"uri": url, "sri": sri} for url, sri in found] if calculate_sri else [url for url, _ in found]


def caller(depth: int) -> tuple[str, int]:
    """The file and the line of whoever called, `depth` calls above."""
    frame = sys._getframe(depth)
    return frame.f_code.co_filename, frame.f_lineno


def _listed(value: Any) -> tuple[Any, ...]:
    """Filters or files as webassets takes them: a text with commas, one, or several."""
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(part for part in map(str.strip, value.split(",")) if part)
    return tuple(value) if isinstance(value, Iterable) else (value,)
