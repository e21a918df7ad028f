"""importmap-rails: pins of `config/importmap.rb` become our import map. Takes a folder, gives a Plan."""

import os
import re
from collections.abc import Iterator
from typing import Any, Final

from buildassets.compiler.config.file import read_text
from buildassets.compiler.config.keys import METADATA
from buildassets.compiler.resolve.urls import has_host
from buildassets.frozen import replace
from buildassets.migrate.plan import Accounted, Outcome, Plan, nothing_there, written
from buildassets.migrate.rails import IMPORTMAP_ROOTS, asset_roots, existing, holder, scripts_below
from buildassets.migrate.ruby import Call, Statement, call, statements

_FILE: Final = "config/importmap.rb"
_RUBY: Final = "it is Ruby, which nothing runs here: write the pins that it makes into `[importmap]`"
_FRAME: Final = re.compile(r"(?:Rails\.application\.)?config\.importmap\.draw do|end")
_OPTIONS: Final = frozenset(("to", "preload", "integrity", "under"))

_Answer = tuple[Outcome, str]


def plan(folder: str) -> Plan:
    """The migration of the import map of the project in `folder`. Raises ConfigError."""
    path = os.path.join(folder, _FILE)
    if not os.path.isfile(path):
        raise nothing_there("importmap-rails", [_FILE])
    pins = Pins(folder)
    lines = tuple(line for one in statements(read_text(path, _FILE)) for line in pins.taken(one))
    return Plan(lines, written(pins.settings()))


class Pins:
    """The pins of one project, as they are read."""

    def __init__(self, folder: str) -> None:
        scripts = [root for root in asset_roots(folder) if root.endswith("/javascripts")]
        self.roots: list[Any] = existing(folder, (*IMPORTMAP_ROOTS, *scripts))
        self._folder = folder
        self._found = tuple(self.roots)
        self._map: dict[str, str] = {}
        self._integrity: dict[str, str] = {}
        self._preload: dict[str, bool] = {}

    def settings(self) -> dict[str, Any]:
        """Our configuration."""
        sources = {"sources": self.roots} if self.roots else {}
        tables = {"importmap_integrity": self._integrity, "importmap_preload": self._preload}
        return {**sources, "importmap": self._map, **tables}

    def taken(self, statement: Statement) -> Iterator[Accounted]:
        """The account of each line of `statement`; records its pins."""
        outcome, note = self._answer(statement)
        yield from (Accounted(_FILE, number, text, outcome, note) for number, text in statement.lines)

    def _answer(self, statement: Statement) -> _Answer:
        if not statement.is_conditional and _FRAME.fullmatch(statement.text):
            return "taken over", "it encloses the pins"
        called = None if statement.is_conditional else call(statement.text)
        if called is None or not called.options.keys() <= _OPTIONS:
            return "not possible", _RUBY
        if called.name == "enable_integrity!" and not called.arguments:
            return "taken over", "every module of the import map has its integrity, unless `integrity` is `none`"
        if len(called.arguments) != 1 or not all(isinstance(argument, str) for argument in called.arguments):
            return "not possible", _RUBY
        if called.name == "pin":
            return self._pin(called)
        return self._pin_all(called) if called.name == "pin_all_from" else ("not possible", _RUBY)

    def _pin(self, found: Call) -> _Answer:
        (name,) = found.arguments
        target = found.options.get("to") or f"{name}.js"
        if not isinstance(target, str):
            return "not possible", _RUBY
        if not has_host(target):
            target = target.removeprefix("/")
            if holder(self._folder, self._found, target) is None:
                where = ", ".join(f"`{root}/`" for root in self._found) or "any folder of scripts"
                note = (
                    f"there is no `{target}` in {where}: if a gem brings it, copy it to `vendor/javascript/` and pin it"
                )
                return "not possible", note
        self._map[name] = target
        note = f"it is `{target}` in `[importmap]`"
        if not has_host(target):
            return self._preloaded(name, found, note)
        kept = self._kept_integrity(name, found.options.get("integrity"))
        return self._preloaded(name, replace(found, options={**found.options, "integrity": True}), note + kept)

    def _kept_integrity(self, name: str, metadata: object) -> str:
        """Keep the metadata of a file on another host, and return what to add to the note."""
        if not isinstance(metadata, str):
            return ""
        if not re.fullmatch(METADATA, metadata):
            return f", without its integrity `{metadata}`, which no browser accepts"
        self._integrity[name] = metadata
        return ", with its integrity in `[importmap_integrity]`"

    def _pin_all(self, found: Call) -> _Answer:
        (given,) = found.arguments
        under, base = (_path(found.options.get(key)) for key in ("under", "to"))
        base = under if base is None else base
        if not any(scripts_below(os.path.join(self._folder, given))):
            return "not possible", f"there is no script in `{given}/`: pin it when there is one"
        self._add_root(given.strip("/"), base or "")
        name = f"{under}/*" if under else "*"
        self._map[name] = f"{base}/**/*.js" if base else "**/*.js"
        note = f"`{name}` in `[importmap]` pins each script by its path without suffix, `index` by its folder"
        return self._preloaded(name, found, note)

    def _add_root(self, given: str, base: str) -> None:
        """Add the folder `given` as a source root with the prefix `base`, unless another root covers it."""
        if any(f"{root}/{base}".rstrip("/") == given for root in self._found):
            return
        root = {"path": given, "prefix": base} if base else given
        if root not in self.roots:
            self.roots.append(root)

    def _preloaded(self, name: str, found: Call, note: str) -> _Answer:
        preload = found.options.get("preload", True)
        if preload is False:
            self._preload[name] = False
            return "taken over", f"{note}; `importmap_preload` turns preloading off"
        if preload is not True:
            return "changed", f"{note}; `modulepreload` loads ahead what the entry imports, whichever that is"
        if found.options.get("integrity", True) is not True:
            return "changed", f"{note}; its integrity is that of the release"
        return "taken over", note


def _path(value: object) -> str | None:
    return value.strip("/") if isinstance(value, str) else None
