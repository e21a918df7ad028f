"""Bundles in YAML, as webassets has them: alone, or below `bundles:` of an environment.

Takes a file, gives Bundle objects with their places, and the settings. Raises ConfigError.
"""

import os
from collections.abc import Mapping
from typing import Any, Final

from buildassets.compat.webassets.run.bundle import Bundle
from buildassets.compat.yaml_text import Keys, places_of, read_yaml
from buildassets.compiler.config.file import read_text
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Location, error, locate
from buildassets.foundation.frozen import frozen

SUFFIXES: Final = (".yml", ".yaml")
_BUNDLES: Final = "bundles"
_OPTIONS: Final = ("filters", "output", "debug", "extra", "config", "depends")
# What the values of options and settings are that are looked into.
_KINDS: Final[Mapping[str, tuple[type, str]]] = {
    "output": (str, "text"),
    "extra": (dict, "mapping"),
    "config": (dict, "mapping"),
    "url": (str, "text"),
    "directory": (str, "text"),
    "load_path": (list, "list of folders"),
}


@frozen
class YamlFile:
    """The content of a file: `bundles` by name, and `settings` if it describes an environment."""

    bundles: Mapping[str, Bundle]
    settings: Mapping[str, Any]
    is_environment: bool


def read_yaml_file(path: str, shown: str, known: Mapping[str, Bundle] | None = None) -> YamlFile:
    """The bundles of the file at `path`; `known` are others that they may name. Raises ConfigError."""
    text = read_text(path, shown)
    node, values = read_yaml(text, shown, "webassets/syntax")
    values = {} if values is None else values
    if not isinstance(values, dict):
        message = f"`{shown}` is not a mapping from bundles to what they are made of"
        raise ConfigError([error("webassets/syntax", message, Location(shown))])
    is_environment = isinstance(values.get(_BUNDLES), dict) and "contents" not in values[_BUNDLES]
    written = values[_BUNDLES] if is_environment else values
    reader = _BundleReader(path, shown, text, dict(places_of(node)), above=(_BUNDLES,) if is_environment else ())
    bundles = {str(name): reader.bundle(value, (name,)) for name, value in written.items()}
    connect(bundles, known or {})
    settings = {str(key): value for key, value in values.items() if key != _BUNDLES} if is_environment else {}
    for key, value in settings.items():
        if not _is_of_kind(key, value):
            message = f"`{key}` is not a {_KINDS[key][1]}"
            raise ConfigError([error("webassets/syntax", message, reader.setting_location(key))])
    return YamlFile(bundles, settings, is_environment)


def connect(bundles: Mapping[str, Bundle], known: Mapping[str, Bundle]) -> None:
    """Let the names of bundles in contents stand for these, or else for `known` ones of other files."""
    for name, bundle in bundles.items():
        bundle.name = name
        bundle.contents = tuple(_meant(one, bundles, known) for one in bundle.contents)


def _meant(item: Any, bundles: Mapping[str, Bundle], known: Mapping[str, Bundle]) -> Any:
    return bundles.get(item) or known.get(item) or item if isinstance(item, str) else item


def _is_of_kind(key: str, value: Any) -> bool:
    """Whether the option or setting `key` can have `value`."""
    if value is None or key not in _KINDS:
        return True
    is_of_kind = isinstance(value, _KINDS[key][0])
    return is_of_kind and (not isinstance(value, list) or all(isinstance(one, str) for one in value))


class _BundleReader:
    """Makes bundles of the values of one file."""

    def __init__(
        self, path: str, shown: str, text: str, places: Mapping[Keys, tuple[int, int]], *, above: tuple[str, ...]
    ) -> None:
        self._path = os.path.abspath(path)
        self._shown = shown
        self._text = text
        self._places = places
        self._above = above

    def bundle(self, value: Any, keys: Keys) -> Bundle:
        """The bundle that `value` at `keys` describes."""
        if value is None:
            value = {}
        if not isinstance(value, dict):
            message = f"`{keys[0]}` is not a mapping with `contents`"
            raise ConfigError([error("webassets/syntax", message, self._location(keys))])
        contents = value.get("contents") or []
        listed = [contents] if isinstance(contents, str) else contents
        if not isinstance(listed, list) or not all(isinstance(one, str | dict) for one in listed):
            message = f"`contents` of `{keys[0]}` is not a list of files and bundles"
            raise ConfigError([error("webassets/syntax", message, self._location((*keys, "contents")))])
        found = [
            self.bundle(one, (*keys, "contents", index)) if isinstance(one, dict) else one
            for index, one in enumerate(listed)
        ]
        for option in _OPTIONS:
            if not _is_of_kind(option, value.get(option)):
                message = f"`{option}` of `{keys[0]}` is not a {_KINDS[option][1]}"
                raise ConfigError([error("webassets/syntax", message, self._location((*keys, option)))])
        made = Bundle(*found, **{option: value[option] for option in _OPTIONS if value.get(option) is not None})
        made.place = (self._path, self._location(keys).line)
        return made

    def setting_location(self, key: str) -> Location:
        """Where the value of a setting stands."""
        place = self._places.get((key,))
        return locate(self._shown, self._text, *place) if place else Location(self._shown)

    def _location(self, keys: Keys) -> Location:
        path: Keys = (*self._above, *keys)
        while path and path not in self._places:
            path = path[:-1]
        return locate(self._shown, self._text, *self._places[path]) if path else Location(self._shown)
