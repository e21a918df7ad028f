"""Jammit: builds keep reading its file, so one line of configuration is enough. Takes what is asked, gives a Plan."""

import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

from buildassets.compat.jammit.compile.assets_yml import PACKAGES, AssetsYml, read_assets_yml
from buildassets.compat.meaning import Meaning
from buildassets.compiler.config.file import read_text
from buildassets.compiler.config.values import Mode
from buildassets.migrate.plan import Accounted, Answer, Plan, ProjectToMigrate, keyed_lines, nothing_there

_FILE: Final = "config/assets.yml"
_MODES: Final[tuple[Mode, ...]] = ("development", "production")
_TEXTS: Final = ("package_path", "public_root", "template_extension", "template_namespace")
_EMBEDS: Final = Meaning(
    "changed", "small files are inlined into the sheets; MHTML is left out: no browser of today needs it"
)
_COMPRESSOR: Final = Meaning("not possible", "choose a minifier in `engines`, see docs/explain/minification.md")
_COMPRESSORS: Final = ("javascript_compressor", "css_compressor", "compressor_options", "css_compressor_options")
_SETTINGS: Final[Mapping[str, Meaning]] = {
    "javascripts": Meaning("taken over", "each package is the asset `NAME.js`"),
    "stylesheets": Meaning("taken over", "each package is the asset `NAME.css`"),
    "templates": Meaning("taken over", "each package is the asset `NAME.jst.js`"),
    "public_root": Meaning("taken over", "its files have the names in their URLs"),
    "asset_roots": Meaning("taken over", "globs are also searched for there"),
    "package_path": Meaning("taken over", "it is the URL prefix"),
    "package_assets": Meaning("taken over", "it decides whether pages load packages or their members"),
    "allow_debugging": Meaning("taken over", "it allows `?debug_assets`, which loads the members in development"),
    "compress_assets": Meaning("taken over", "it switches minification on or off"),
    "gzip_assets": Meaning("taken over", "it switches compressed copies on or off"),
    "rewrite_relative_paths": Meaning(
        "taken over", "it decides whether references are relative to the sheet or to the package"
    ),
    "template_namespace": Meaning("taken over", "templates are properties of that object"),
    "template_extension": Meaning("taken over", "templates end in it"),
    "<<": Meaning("taken over", "the keys of the anchor are taken over"),
    "template_function": Meaning(
        "changed", "Jammit's own function is not needed: templates are compiled in the build; others are called"
    ),
    **dict.fromkeys(("embed_assets", "embed_images"), _EMBEDS),
    **dict.fromkeys(_COMPRESSORS, _COMPRESSOR),
}


def plan(asked: ProjectToMigrate) -> Plan:
    """The migration of a project. Raises ConfigError."""
    path = os.path.join(asked.folder, _FILE)
    if not os.path.isfile(path):
        raise nothing_there("Jammit", [_FILE])
    text = read_text(path, _FILE)
    settings = [read_assets_yml(text, _FILE, mode) for mode in _MODES]  # raises ConfigError if it is not YAML
    lines = (Accounted(_FILE, number, line, *_answer(line, keys, settings)) for number, line, keys in keyed_lines(text))
    return Plan(tuple(lines), {"jammit": _FILE})


def _answer(line: str, keys: tuple[str, ...], settings: Sequence[AssetsYml]) -> Answer:
    mode, keys = keys[0] if keys and keys[0] in _MODES else "", keys[1:] if keys and keys[0] in _MODES else keys
    key = keys[0] if keys else ""
    if "<%" in line:
        return "not possible", "nothing runs Ruby here: write the value that it gives"
    if mode and not key:
        return "taken over", f"it holds in builds with `--mode {mode}`"
    values = [one.value(key) for one in settings if (one.environment == mode if mode else key not in one.section)]
    if key in _SETTINGS:
        taken = (_SETTINGS[key].outcome, _SETTINGS[key].note)
        return next(filter(None, (_of_value(key, value) for value in values)), taken)
    if line.startswith(("---", "...", "%")):
        return "taken over", "it is YAML's own"
    if "&" in line or not keys[1:]:
        note = "no setting of Jammit: its anchors can be used; as a section of an environment it is left alone"
        return "changed", note
    return "changed", "it holds where its anchor is used"


def _of_value(key: str, value: Any) -> Answer | None:
    """The answer for a value that a build rejects, or in whose place it takes the default; None for any other."""
    if value is None:
        return None
    if key in PACKAGES and not isinstance(value, dict):
        return "not possible", "a build rejects it: give each package a name, as in `site: [public/a.js]`"
    if key == "package_assets" and not isinstance(value, bool) and value != "always":
        return "changed", "it is none of `on`, `off` and `always`: pages load the members"
    if key in _TEXTS and not isinstance(value, str):
        return "changed", "it is not a text: the default applies"
    return None
