"""The settings of an environment: its own, or those of an application of Flask. Pure.

Takes a mapping, answers by names in any case. `OPTIONS` are those that Flask-Assets calls `ASSETS_…`.
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, Final

OPTIONS: Final = (
    *("auto_build", "cache", "cache_file_mode", "debug", "directory", "load_path", "manifest", "resolver"),
    *("updater", "url", "url_expire", "url_mapping", "versions"),
)
PREFIX: Final = "ASSETS_"
# What holds where nothing is set, of what an application may ask for.
DEFAULTS: Final[Mapping[str, Any]] = {
    "auto_build": True,
    "cache": True,
    "cache_file_mode": None,
    "debug": False,
    "manifest": "cache",
    "updater": "timestamp",
    "url_expire": None,
    "versions": "hash",
}


def name_in_flask(name: str) -> str:
    """The name of a setting in Flask-Assets: those of an environment have a prefix, those of filters have none."""
    return f"{PREFIX}{name.upper()}" if name.lower() in OPTIONS else name.upper()


class Settings(MutableMapping[str, Any]):
    """Names in any case. `of_app` gives the configuration of the application, where there is one."""

    def __init__(self, of_app: Callable[[], MutableMapping[str, Any] | None]) -> None:
        self._of_app = of_app
        self._own: dict[str, Any] = {}

    def _place(self, name: str) -> tuple[MutableMapping[str, Any], str]:
        config = self._of_app()
        if config is None:
            return self._own, name.lower()
        return config, name_in_flask(name)

    def __getitem__(self, name: str) -> Any:
        place, key = self._place(name)
        return place[key] if key in place else self._own[name.lower()]

    def __setitem__(self, name: str, value: Any) -> None:
        place, key = self._place(name)
        place[key] = value

    def __delitem__(self, name: str) -> None:
        place, key = self._place(name)
        del place[key]

    def __iter__(self) -> Iterator[str]:
        config = self._of_app()
        return iter(self._own if config is None else {**config, **self._own})

    def __len__(self) -> int:
        return len(list(iter(self)))
