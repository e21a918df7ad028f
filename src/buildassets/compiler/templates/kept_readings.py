"""Keeps in the cache of a project what its templates name, so that a build reads only the edited ones.

Takes and gives readings by the text that was read. What is damaged or was written by others counts as absent.
"""

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from importlib.util import find_spec
from typing import Any, Final, TypeAlias

from buildassets._version import __version__
from buildassets.compiler.cache import json_values
from buildassets.compiler.cache.folder import MEASURES
from buildassets.compiler.cache.measures import keep_document
from buildassets.compiler.cache.stamps import signature
from buildassets.compiler.config.not_run import is_own_extension
from buildassets.compiler.config.values import Config
from buildassets.compiler.templates.names import NamingRule, Reading, Use, WrittenName
from buildassets.disk.files import bytes_at
from buildassets.foundation.digest import digest

_FORMAT: Final = 1
_LIBRARIES: Final = ("jinja2", "django")  # which read templates

_Text: TypeAlias = tuple[str, str]  # the language of a template, and its text
_Source: TypeAlias = Callable[[str], str | None]


class KeptReadings:
    """The readings of the templates of `config` that are kept in the cache `folder`.

    They hold for the same texts, settings and libraries, while templates that others import are the same. Nothing is
    kept with an extension of the project, whose code may change.
    """

    def __init__(self, folder: str, config: Config) -> None:
        self._folder = folder
        self._path = os.path.join(folder, MEASURES, _digest(f"templates\0{config.folder}\0{config.output}"))
        self._is_kept = all(map(is_own_extension, config.templates.extensions))
        origins = [spec.origin for spec in map(find_spec, _LIBRARIES) if spec and spec.origin]
        blocks = {key.partition(" ")[0] for key in (config.plan.blocks if config.plan else ())}
        settings = (config.templates, sorted(blocks), [(path, signature(path)) for path in origins])
        self._of = _digest(repr((_FORMAT, __version__, settings)))
        self.imported: frozenset[str] = frozenset()  # the names of templates that those with `known` readings import

    def known(self, texts: Iterable[_Text], source: _Source) -> dict[_Text, Reading]:
        """The kept readings of `texts`; `source` gives the text of a template by its name."""
        content = bytes_at(self._path) if self._is_kept else None
        try:
            document = json_values.table(json_values.read(content or b"{}"))
            imported = json_values.table(document.get("imported"))
            readings = json_values.table(document.get("readings"))
            if document.get("of") != self._of or imported != _digests(imported, source):
                return {}
            self.imported = frozenset(imported)
            kept = {text: readings.get(_digest("\0".join(text))) for text in texts}
            return {text: _reading(value) for text, value in kept.items() if value is not None}
        except ValueError:
            return {}

    def keep(self, readings: Mapping[_Text, Reading], source: _Source, imported: Collection[str]) -> None:
        """Keep `readings` in place of those before; `imported` are the names of templates that others import."""
        document = {
            "of": self._of,
            "imported": _digests(imported, source),
            "readings": {_digest("\0".join(text)): _values(reading) for text, reading in readings.items()},
        }
        if self._is_kept:
            keep_document(self._folder, self._path, document)


def _digests(names: Iterable[str], source: _Source) -> dict[str, str]:
    """The digest of each of these templates; empty if there is no such template."""
    texts = {name: source(name) for name in names}
    return {name: "" if text is None else _digest(text) for name, text in texts.items()}


def _digest(text: str) -> str:
    return digest(text.encode("utf-8", "surrogatepass"))


def _values(reading: Reading) -> list[Any]:
    """The parts of `reading` that name something."""
    uses = [
        [*_written(use.written), use.rule.value, list(map(_written, use.classes)), use.widths, use.is_compiled]
        for use in reading.uses
    ]
    return [uses, reading.computed_icons]


def _written(name: WrittenName) -> list[Any]:
    return [name.text, name.start, name.end]


def _reading(values: object) -> Reading:
    """The reading of these `values`. Raises ValueError."""
    uses, icons = json_values.array(values, 2)
    spans = (map(json_values.size, json_values.array(span, 2)) for span in json_values.array(icons))
    return Reading(
        tuple(map(_use, json_values.array(uses))), computed_icons=tuple((next(one), next(one)) for one in spans)
    )


def _use(values: object) -> Use:
    text, start, end, rule, classes, widths, is_compiled = json_values.array(values, 7)
    return Use(
        _name([text, start, end]),
        NamingRule(rule),
        classes=tuple(map(_name, json_values.array(classes))),
        widths=tuple(map(json_values.size, json_values.array(widths))),
        is_compiled=json_values.truth(is_compiled),
    )


def _name(values: object) -> WrittenName:
    text, start, end = json_values.array(values, 3)
    return WrittenName(json_values.text(text), json_values.number(start), end=json_values.number(end))
