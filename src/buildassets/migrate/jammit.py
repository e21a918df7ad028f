"""Jammit: builds keep reading its file, so one line of configuration is enough. Takes a folder, gives a Plan."""

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from buildassets.compat.jammit.build.assets_yml import PACKAGES, AssetsYml, read_assets_yml
from buildassets.compiler.config.file import read_text
from buildassets.compiler.config.values import Mode
from buildassets.migrate.plan import Accounted, Outcome, Plan, lines_of, nothing_there, written

_FILE: Final = "config/assets.yml"
_KEY: Final = re.compile(r"(\s*):?([\w.-]+|<<)\s*:")
_MODES: Final[tuple[Mode, ...]] = ("development", "production")
_TEXTS: Final = ("package_path", "public_root", "template_extension", "template_namespace")
_COMPRESSOR: Final = "choose a minifier in `engines`, see docs/minification.md"
_TAKEN: Final = {
    "javascripts": "each package is the asset `NAME.js`",
    "stylesheets": "each package is the asset `NAME.css`",
    "templates": "each package is the asset `NAME.jst.js`",
    "public_root": "its files have the names in their URLs",
    "asset_roots": "globs are also searched for there",
    "package_path": "it is the URL prefix",
    "package_assets": "it decides whether pages load packages or their members",
    "allow_debugging": "it allows `?debug_assets`, which loads the members in development",
    "compress_assets": "it switches minification on or off",
    "gzip_assets": "it switches compressed copies on or off",
    "rewrite_relative_paths": "it decides whether references are relative to the sheet or to the package",
    "template_namespace": "templates are properties of that object",
    "template_extension": "templates end in it",
    "<<": "the keys of the anchor are taken over",
}
_CHANGED: Final = {
    "embed_assets": "small files stand in the sheets themselves; there is no MHTML, which no browser of today needs",
    "embed_images": "small files stand in the sheets themselves; there is no MHTML, which no browser of today needs",
    "template_function": "Jammit's own function is not needed: templates are compiled in the build; others are called",
}
_LEFT_OUT: Final = {
    "javascript_compressor": _COMPRESSOR,
    "css_compressor": _COMPRESSOR,
    "compressor_options": _COMPRESSOR,
    "css_compressor_options": _COMPRESSOR,
}


def plan(folder: str) -> Plan:
    """The migration of the project of Jammit in `folder`. Raises ConfigError."""
    path = os.path.join(folder, _FILE)
    if not os.path.isfile(path):
        raise nothing_there("Jammit", [_FILE])
    text = read_text(path, _FILE)
    settings = {mode: read_assets_yml(text, _FILE, mode) for mode in _MODES}  # raises ConfigError if it is no YAML
    return Plan(tuple(_accounts(text, settings)), written({"jammit": _FILE}))


def _accounts(text: str, settings: Mapping[Mode, AssetsYml]) -> Iterator[Accounted]:
    top = inner = ""
    for number, line in lines_of(text):
        key = _KEY.match(line)
        if key and not key[1]:
            top, inner = key[2], ""
        elif key and (not inner or key[2] in {*_TAKEN, *_CHANGED, *_LEFT_OUT}):
            inner = key[2]
        yield Accounted(_FILE, number, line.strip(), *_account(line, top, inner, settings))


def _account(line: str, top: str, inner: str, settings: Mapping[Mode, AssetsYml]) -> tuple[Outcome, str]:
    if "<%" in line:
        return "not possible", "nothing runs Ruby here: write the value that it gives"
    if top in _MODES:
        if not inner:
            return "taken over", f"it holds in builds with `--mode {top}`"
        values = [one.value(inner) for one in settings.values() if one.environment == top]
        top = inner
    else:
        values = [one.value(top) for one in settings.values() if top not in one.section]
    if top in _TAKEN:
        return next(filter(None, (_of_value(top, value) for value in values)), ("taken over", _TAKEN[top]))
    if top in _CHANGED:
        return "changed", _CHANGED[top]
    if top in _LEFT_OUT:
        return "not possible", _LEFT_OUT[top]
    if line.lstrip().startswith(("---", "...", "%")):
        return "taken over", "it is YAML's own"
    if "&" in line or not inner:
        note = "no setting of Jammit: its anchors can be used; as a section of an environment it is left alone"
        return "changed", note
    return "changed", "it holds where its anchor is used"


def _of_value(key: str, value: Any) -> tuple[Outcome, str] | None:
    """The answer for a value that a build rejects, or in whose place it takes the default; None for any other."""
    if value is None:
        return None
    if key in PACKAGES and not isinstance(value, dict):
        return "not possible", "a build rejects it: give each package a name, as in `site: [public/a.js]`"
    if key == "package_assets" and not isinstance(value, bool) and value != "always":
        return "changed", "it is none of `on`, `off` and `always`: pages load the members"
    if key in _TEXTS and not isinstance(value, str):
        return "changed", "it is no text: the default holds"
    return None
