"""Adds to the configuration what a template system needs: the assets for the blocks in its templates.

Takes the path of a plan, a JSON file that a package of `compat` writes, gives a frozen value. Raises ConfigError if the
file is not a plan.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from buildassets.compiler.config.file import relative_to
from buildassets.compiler.config.values import BlockPlan, Config, DataUrls, SourceRoot
from buildassets.compiler.engines.protocol import Templating
from buildassets.disk.plain_files import plain
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, from_json
from buildassets.foundation.frozen import replace

FORMAT: Final = 1


def with_plan(config: Config, path: str) -> Config:
    """`config` extended by the plan at the absolute `path`."""
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
    """The roots of generated sources; those made from files of installed packages count as vendored."""
    packaged = tuple(document.get("packaged", ()))
    if document["parts"] or document["named"]:
        yield SourceRoot(folder, document["shown"], exclude=packaged)
    if packaged:
        yield SourceRoot(folder, document["shown"], include=packaged, vendored=True)


def _kept(config: Config) -> dict[str, Any]:
    """The values of the configuration for the fields of `parts_of`."""
    return {"data_urls": config.data_urls} if config.data_urls else {}


def merged_of(document: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The folders of static files, each with its prefix, that make one tree."""
    return tuple((path, prefix) for path, prefix in document.get("merged", ()))


def parts_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a Config that only some systems' plans set: templates for scripts, wrappers, data URLs, Sass."""
    fields: dict[str, Any] = {"was_libsass": True} if document.get("was_libsass") else {}
    if document.get("sass_digits"):
        fields["sass_digits"] = int(document["sass_digits"])
    if document.get("templating"):
        fields["templating"] = Templating(**document["templating"])
    if document.get("template_names"):
        fields["template_names"] = document["template_names"]
    if document.get("wrappers"):
        fields["wrappers"] = {name: tuple(around) for name, around in document["wrappers"].items()}
    if document.get("embedded"):
        limit, include, of_any_size = document["embedded"]
        fields["data_urls"] = DataUrls(limit, tuple(include), tuple(of_any_size))
    return fields


def relocated(plan: BlockPlan | None, diagnostics: Iterable[Diagnostic]) -> Iterable[Diagnostic]:
    """`diagnostics`, with each place in a generated source replaced by the place in the template that it is from.

    One in a source whose lines are others keeps its place, and a note names the origin.
    """
    for diagnostic in diagnostics:
        at = diagnostic.location
        place = at and plan and plan.places.get(at.file)
        if not at or not place:
            yield diagnostic
        elif place.line:
            yield replace(diagnostic, location=_moved(at, place, plan.mark if plan else ""))
        else:
            yield replace(diagnostic, notes=(*diagnostic.notes, f"it is made from `{place.file}`"))


def _moved(location: Location, place: Location, mark: str) -> Location:
    """The place of `location`, a place in a text that begins at `place`; only its first line shifts columns.

    A `mark` that the text has, and the template has not, is left out.
    """
    if not location.line:
        return Location(place.file)
    if mark and mark in location.excerpt:
        added = location.excerpt[: location.excerpt_column - 1].count(mark) * len(mark)
        location = replace(
            location,
            column=location.column - added,
            excerpt=location.excerpt.replace(mark, ""),
            excerpt_column=location.excerpt_column - added,
        )
    shift = 1 - place.column if location.line == 1 else 0
    # What the source has before its place, and the template has not, is not shown either.
    hidden = max(0, shift - location.column + location.excerpt_column)
    return replace(
        location,
        file=place.file,
        line=place.line + location.line - 1,
        column=location.column - shift,
        excerpt=location.excerpt[hidden:],
        excerpt_column=location.excerpt_column - hidden,
    )


def _read(path: str, shown: str) -> dict[str, Any]:
    try:
        with open(plain(path), encoding="utf-8") as file:
            document = json.load(file)
    except (OSError, ValueError, RecursionError):
        raise ConfigError([_refusal(shown)]) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ConfigError([_refusal(shown)])
    return document


def _refusal(shown: str) -> Diagnostic:
    hint = "let `manage.py assets build` write it"
    return error("config/plan", f"`{os.path.basename(shown)}` is not a plan of blocks", Location(shown), hint=hint)


def _plan(path: str, document: Mapping[str, Any]) -> BlockPlan:
    shown = document["shown"]
    return BlockPlan(
        path=path,
        folder=shown,
        blocks=document["blocks"],
        bundles={name: tuple(members) for name, members in document["bundles"].items()},
        files=document.get("files", {}),
        parts=tuple(document["parts"]),
        places={f"{shown}/{name}": Location(**place) for name, place in document["places"].items()},
        diagnostics=tuple(map(from_json, document["diagnostics"])),
        inputs=tuple(document["inputs"]),
        renew=tuple(document["renew"]),
        merged=merged_of(document),
    )


def _tuples(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
