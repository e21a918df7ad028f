"""`config/assets.yml` as values with their places: YAML 1.1, as Ruby reads it, without what Ruby would compute in it.

Takes text and a mode, gives the settings that hold in it. Pure.
"""

import re
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, Final

from buildassets.compat.yaml_text import Keys, places_of, read_yaml
from buildassets.compiler.config.values import Mode
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate, warning
from buildassets.foundation.frozen import field, frozen

PACKAGES: Final = ("javascripts", "stylesheets", "templates")
_OPTIONS: Final = ("compressor_options", "css_compressor_options")
# What stands for a value that Ruby would compute: a sign of YAML's own that nobody writes, for each of its characters.
_COMPUTED: Final = "\ue000"
_CODE: Final = re.compile(r"(^[ \t]*)?(<%.*?%>)([ \t]*$)?", re.DOTALL | re.MULTILINE)
_LIKE_JAMMIT: Final = re.compile(r"(?m)^(?:javascripts|stylesheets|templates)[ \t]*:")


@frozen
class Glob:
    """A pattern of a package, and where it is written."""

    pattern: str
    location: Location


@frozen
class AssetsYml:
    """The settings that hold in one mode. `places` are those of all values, by their keys in the file.

    `section` are the keys that come from the section of the mode. `notices` report what is left out.
    """

    values: Mapping[str, Any]
    text: str
    shown: str
    places: Mapping[Keys, tuple[int, int]]
    section: frozenset[str] = frozenset()
    environment: str = ""
    notices: tuple[Diagnostic, ...] = ()
    others: tuple[str, ...] = field(default=())

    def location(self, *keys: Hashable) -> Location:
        """The place of the value at `keys`."""
        path: Keys = (self.environment, *keys) if keys and keys[0] in self.section else keys
        while path and path not in self.places:
            path = path[:-1]
        return locate(self.shown, self.text, *self.places[path]) if path else Location(self.shown)

    def value(self, key: str) -> Any:
        """The value of a setting; None where it is not there, or is Ruby's to compute."""
        found = self.values.get(key)
        return None if _is_computed(found) else found

    def packages(self, kind: str) -> dict[str, list[Glob]]:
        """The globs of each package of a kind, lists in lists made one, each once."""
        packages = self.value(kind)
        if not isinstance(packages, dict):
            return {}
        found: dict[str, list[Glob]] = {}
        for name, globs in packages.items():
            each: dict[str, Glob] = {}
            for one in self._globs(globs, (kind, name)):
                each.setdefault(one.pattern, one)
            found[str(name).removeprefix(":")] = [*each.values()]
        return found

    def _globs(self, globs: object, keys: Keys) -> Iterator[Glob]:
        """The globs of a list and of the lists in it."""
        if isinstance(globs, list):
            for index, one in enumerate(globs):
                yield from self._globs(one, (*keys, index))
        elif isinstance(globs, str) and globs and not _is_computed(globs):
            yield Glob(globs, self.location(*keys))


def is_like_jammit(text: str) -> bool:
    """Whether this may be Jammit's file: others call theirs so, too."""
    return _LIKE_JAMMIT.search(text) is not None


def read_assets_yml(text: str, shown: str, mode: Mode) -> AssetsYml:
    """The settings in `text`, the file `shown`, for `mode`. Raises ConfigError if it is not YAML, or no mapping."""
    node, values = read_yaml(_without_code(text), shown, "jammit/syntax", text)
    if not isinstance(values, dict):
        message = f"`{shown}` is not a mapping from settings to values"
        raise ConfigError([error("jammit/syntax", message, Location(shown))])
    places = dict(places_of(node))
    settings = {str(key).removeprefix(":"): value for key, value in values.items()}
    own = settings.pop(mode, None)
    section = own if isinstance(own, dict) else {}
    environments = tuple(key for key, value in settings.items() if _is_environment(key, value))
    merged = {key: value for key, value in settings.items() if key not in environments} | section
    found = AssetsYml(
        merged, text, shown=shown, places=places, section=frozenset(section), environment=mode, others=environments
    )
    notices = tuple(_notices(found, places))
    return AssetsYml(
        merged,
        text,
        shown=shown,
        places=places,
        section=frozenset(section),
        environment=mode,
        notices=notices,
        others=environments,
    )


def _is_environment(key: str, value: object) -> bool:
    return isinstance(value, dict) and key not in (*PACKAGES, *_OPTIONS)


def _without_code(text: str) -> str:
    """`text` with as many other signs in place of Ruby's code, so that places stay."""
    end = text.rfind("%>") + 2  # code that has no end would be looked for again at each `<%`
    return _CODE.sub(_replaced, text[:end]) + text[end:] if end > 1 else text


def _replaced(code: re.Match[str]) -> str:
    """Blanks for lines of code that print nothing; other code becomes a value."""
    before, written, after = code.groups()
    is_line = before is not None and after is not None and not written.startswith("<%=")
    return (before or "") + re.sub(r"[^\n]", " " if is_line else _COMPUTED, written) + (after or "")


def _is_computed(value: object) -> bool:
    return isinstance(value, str) and _COMPUTED in value


def _has_code(text: str, start: int, end: int) -> bool:
    opening = text.find("<%", start, end)
    return opening >= 0 and text.find("%>", opening + 2, end) >= 0


def _notices(found: AssetsYml, places: Mapping[Keys, tuple[int, int]]) -> Iterator[Diagnostic]:
    """A warning for each value that Ruby would compute."""
    hint = "write what it gives"
    above = {keys[:-1] for keys in places}
    leaves = {place: keys for keys, place in places.items() if keys not in above}  # an alias is not another value
    for (start, end), keys in leaves.items():
        if _has_code(found.text, start, end):
            name = str(keys[0]) if len(keys) == 1 else ".".join(str(key) for key in keys if isinstance(key, str))
            where = locate(found.shown, found.text, start, end)
            yield warning("jammit/ruby", f"`{name}` is computed by Ruby, and left out", where, hint=hint)
