"""What a template system wants to have built beside the configuration: the blocks of its templates.

Takes the path of a plan, a JSON file that a wing of `compat` writes, gives a frozen value. Raises ConfigError where the
file is none.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from buildassets.compiler.config.file import relative_to
from buildassets.compiler.config.values import BlockPlan, Config, DataUrls, SourceRoot
from buildassets.compiler.engines.protocol import Templating
from buildassets.diagnostics import Diagnostic, Location, error, from_json
from buildassets.errors import ConfigError

FORMAT: Final = 1


def with_plan(config: Config, path: str) -> Config:
    """`config` with all that the plan at `path`, which is absolute, asks for."""
    shown = relative_to(config.folder, path)
    document = _read(path, shown)
    folder = os.path.dirname(path)
    try:
        plan, limit = _plan(path, document), int(document["data_url_bytes"])
        roots = tuple(SourceRoot(**_tuples(root)) for root in document["roots"])
        generated = list(_generated(os.path.join(folder, document["folder"]), document))
        parts = parts_of(document)
    except (KeyError, TypeError, AttributeError, ValueError):
        raise ConfigError([_refusal(shown)]) from None
    return replace(
        config,
        sources=(*generated, *config.sources, *roots),
        load_paths=tuple(dict.fromkeys((*config.load_paths, *document["load_paths"]))),
        plan=plan,
        **{"data_urls": DataUrls(limit) if limit else None, **parts, **_kept(config)},
    )


def _generated(folder: str, document: Mapping[str, Any]) -> Iterator[SourceRoot]:
    """The roots of generated sources: what is made of the files of installed packages, others keep in order."""
    packaged = tuple(document.get("packaged", ()))
    if document["parts"] or document["named"]:
        yield SourceRoot(folder, document["shown"], exclude=packaged)
    if packaged:
        yield SourceRoot(folder, document["shown"], include=packaged, vendored=True)


def _kept(config: Config) -> dict[str, Any]:
    """What the configuration has of the same."""
    return {"data_urls": config.data_urls} if config.data_urls else {}


def parts_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a Config that plans of some systems have besides: of templates for scripts, and around bundles."""
    found: dict[str, Any] = {}
    if document.get("templating"):
        found["templating"] = Templating(**document["templating"])
    if document.get("template_names"):
        found["template_names"] = document["template_names"]
    if document.get("wrappers"):
        found["wrappers"] = {name: tuple(around) for name, around in document["wrappers"].items()}
    if document.get("embedded"):
        limit, include, of_any_size = document["embedded"]
        found["data_urls"] = DataUrls(limit, tuple(include), tuple(of_any_size))
    return found


def relocated(plan: BlockPlan | None, diagnostics: Iterable[Diagnostic]) -> Iterable[Diagnostic]:
    """`diagnostics` whose place is in a generated source at the places in templates that made it."""
    for one in diagnostics:
        place = one.location and plan and plan.places.get(one.location.file)
        yield replace(one, location=_moved(one.location, place)) if one.location and place else one


def _moved(location: Location, place: Location) -> Location:
    """A place in a text that begins at `place`; in its first line it stands behind what is before it."""
    if not location.line:
        return place
    column = location.column + (place.column - 1 if location.line == 1 else 0)
    return replace(location, file=place.file, line=place.line + location.line - 1, column=column)


def _read(path: str, shown: str) -> dict[str, Any]:
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except (OSError, ValueError):
        raise ConfigError([_refusal(shown)]) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ConfigError([_refusal(shown)])
    return document


def _refusal(shown: str) -> Diagnostic:
    hint = "let `manage.py assets build` write it"
    return error("config/plan", f"`{os.path.basename(shown)}` is no plan of blocks", Location(shown), hint=hint)


def _plan(path: str, document: Mapping[str, Any]) -> BlockPlan:
    shown = document["shown"]
    return BlockPlan(
        path=path,
        folder=shown,
        blocks=document["blocks"],
        bundles={name: tuple(members) for name, members in document["bundles"].items()},
        parts=frozenset(document["parts"]),
        places={f"{shown}/{name}": Location(**place) for name, place in document["places"].items()},
        diagnostics=tuple(map(from_json, document["diagnostics"])),
        inputs=tuple(document["inputs"]),
        renew=tuple(document["renew"]),
    )


def _tuples(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
