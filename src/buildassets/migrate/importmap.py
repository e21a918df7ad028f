"""importmap-rails: pins of `config/importmap.rb` become our import map. Takes what is asked, gives a Plan."""

import os
import re
from typing import Any, Final

from buildassets.compiler.config.file import read_text
from buildassets.compiler.config.keys import METADATA
from buildassets.compiler.resolve.urls import has_host
from buildassets.disk.folders import files_below
from buildassets.foundation.frozen import replace
from buildassets.migrate.plan import Accounted, Answer, Plan, ProjectToMigrate, nothing_there
from buildassets.migrate.rails import IMPORTMAP_ROOTS, RUBY, asset_roots, existing
from buildassets.migrate.ruby import RubyCall, RubyStatement, call, statements

_FILE: Final = "config/importmap.rb"
_RUBY: Final = f"{RUBY}: write the pins that it makes into `[importmap]`"
_FRAME: Final = re.compile(r"(?:Rails\.application\.)?config\.importmap\.draw do|end")
_OPTIONS: Final = frozenset(("to", "preload", "integrity", "under"))


def plan(asked: ProjectToMigrate) -> Plan:
    """The migration of the import map of a project. Raises ConfigError."""
    path = os.path.join(asked.folder, _FILE)
    if not os.path.isfile(path):
        raise nothing_there("importmap-rails", [_FILE])
    pins = _Pins(asked.folder)
    read = [(one, pins.answer(one)) for one in statements(read_text(path, _FILE))]
    lines = tuple(Accounted(_FILE, number, text, *answer) for one, answer in read for number, text in one.lines)
    sources = {"sources": pins.roots} if pins.roots else {}
    tables = {"importmap_integrity": pins.integrity, "importmap_preload": pins.preload}
    return Plan(lines, {**sources, "importmap": pins.map, **tables})


class _Pins:
    """The pins of one project, as they are read."""

    def __init__(self, folder: str) -> None:
        scripts = [root for root in asset_roots(folder) if root.endswith("/javascripts")]
        self.roots: list[Any] = existing(folder, (*IMPORTMAP_ROOTS, *scripts))
        self.map: dict[str, str] = {}
        self.integrity: dict[str, str] = {}
        self.preload: dict[str, bool] = {}
        self._folder = folder
        self._found = tuple(self.roots)

    def answer(self, statement: RubyStatement) -> Answer:
        """The answer for a statement; records its pins."""
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

    def _pin(self, found: RubyCall) -> Answer:
        (name,) = found.arguments
        target = found.options.get("to") or f"{name}.js"
        if not isinstance(target, str):
            return "not possible", _RUBY
        is_remote = has_host(target)
        target = target if is_remote else target.removeprefix("/")
        places = [os.path.join(self._folder, root, target) for root in self._found]
        if not is_remote and not any(map(os.path.isfile, places)):
            where = ", ".join(f"`{root}/`" for root in self._found) or "any folder of scripts"
            brought = "if a gem brings it, copy it to `vendor/javascript/` and pin it"
            return "not possible", f"there is no `{target}` in {where}: {brought}"
        self.map[name] = target
        note, metadata = f"it is `{target}` in `[importmap]`", found.options.get("integrity")
        if not is_remote or not isinstance(metadata, str):
            return self._preloaded(name, found, note)
        if re.fullmatch(METADATA, metadata):
            self.integrity[name] = metadata
            note += ", with its integrity in `[importmap_integrity]`"
        else:
            note += f", without its integrity `{metadata}`, which no browser accepts"
        return self._preloaded(name, replace(found, options={**found.options, "integrity": True}), note)

    def _pin_all(self, found: RubyCall) -> Answer:
        (given,) = found.arguments
        under, base = (_path(found.options.get(key)) for key in ("under", "to"))
        base = under if base is None else base
        folder = os.path.join(self._folder, given)
        if not os.path.isdir(folder) or not any(name.endswith(".js") for name in files_below(folder)):
            return "not possible", f"there is no script in `{given}/`: pin it when there is one"
        if all(
            f"{root}/{base or ''}".rstrip("/") != given.strip("/") for root in self._found
        ):  # no other root covers it
            root = {"path": given.strip("/"), "prefix": base} if base else given.strip("/")
            self.roots += [root] if root not in self.roots else []
        name = f"{under}/*" if under else "*"
        self.map[name] = f"{base}/**/*.js" if base else "**/*.js"
        note = f"`{name}` in `[importmap]` pins each script by its path without suffix, `index` by its folder"
        return self._preloaded(name, found, note)

    def _preloaded(self, name: str, found: RubyCall, note: str) -> Answer:
        preload = found.options.get("preload", True)
        if preload is False:
            self.preload[name] = False
            return "taken over", f"{note}; `importmap_preload` turns preloading off"
        if preload is not True:
            return "changed", f"{note}; `modulepreload` loads ahead what the entry imports, whichever that is"
        if found.options.get("integrity", True) is not True:
            return "changed", f"{note}; its integrity is that of the release"
        return "taken over", note


def _path(value: object) -> str | None:
    return value.strip("/") if isinstance(value, str) else None
