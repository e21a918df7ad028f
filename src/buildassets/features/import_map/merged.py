"""Makes one import map of several: takes the project's and what applications declare, gives names, scopes and faults.

Pure; standard library and vocabulary only.
"""

import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from buildassets.foundation.diagnostics import Diagnostic, error, warning
from buildassets.foundation.frozen import frozen, replace

__all__ = ["Declared", "Names", "declared_by", "merged", "option_text"]

_TABLE: Final = "`[tool.buildassets.importmap]`"
_HOST: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//[^/?#]*|[a-z][a-z0-9+.-]*:.*", re.IGNORECASE | re.DOTALL)


@frozen
class Names:
    """The names of an import map with their targets: `imports` for the whole page, and those of each scope."""

    imports: Mapping[str, str]
    scopes: Mapping[str, Mapping[str, str]]


@frozen
class Declared:
    """The `names` that an application or a package maps; messages call it `owner`, `places` are its modules' scopes."""

    owner: str
    places: tuple[str, ...]
    names: Names


@frozen
class _Entry:
    """One entry of the map that `by` declared; `scope` is empty where it is for the whole page."""

    scope: str
    name: str
    target: str
    by: Declared


def option_text(application: str, *, places: Sequence[str], importmap: Mapping[str, Any]) -> str:
    """Return the value of the option `--also` for what `application` declares; `declared_by` reads it."""
    return json.dumps({"application": application, "places": places, "importmap": importmap})


def declared_by(text: str) -> Mapping[str, Any]:
    """Return what an application declares in a value of `--also`."""
    declaration: Mapping[str, Any] = json.loads(text)
    return declaration


def merged(
    project: Names, declared: Sequence[Declared]
) -> tuple[Names, dict[tuple[str, ...], str], tuple[Diagnostic, ...]]:
    """Return the map of the `project` with what is `declared`, the owners of that, as in `Config`, and its faults.

    An entry of the project replaces those of applications with its name. Where applications map one name to several
    targets, each gets its own target in its own modules; it is an error where these modules are not apart.
    """
    own = list(_entries(Declared("the project", (), project)))
    decided = {(entry.scope, entry.name) for entry in own}
    entries = [entry for maps in declared for entry in _entries(maps) if (entry.scope, entry.name) not in decided]
    entries, faults = _apart(entries, decided)
    faults += [*_conflicts(entries), *_foreign_hosts(entries, own)]
    imports, scopes = dict(project.imports), {scope: dict(names) for scope, names in project.scopes.items()}
    owners: dict[tuple[str, ...], str] = {}
    for entry in entries:
        (scopes.setdefault(entry.scope, {}) if entry.scope else imports).setdefault(entry.name, entry.target)
        table = ("importmap", *(("scopes", entry.scope) if entry.scope else ()))
        owners.setdefault((*table, entry.name), entry.by.owner)
        if entry.scope and entry.scope not in project.scopes:
            owners.setdefault(table, entry.by.owner)
    return Names(imports, scopes), owners, tuple(faults)


def _entries(declared: Declared) -> Iterator[_Entry]:
    for scope, names in {"": declared.names.imports, **declared.names.scopes}.items():
        for name, target in names.items():
            yield _Entry(scope, name, target, declared)


def _rivals(entries: Iterable[_Entry]) -> dict[tuple[str, str], list[_Entry]]:
    """Return the entries of each place in the map that has several targets, by scope and name."""
    by_place: dict[tuple[str, str], list[_Entry]] = {}
    for entry in entries:
        by_place.setdefault((entry.scope, entry.name), []).append(entry)
    return {place: several for place, several in by_place.items() if len({entry.target for entry in several}) > 1}


def _apart(entries: Iterable[_Entry], decided: Container[tuple[str, str]]) -> tuple[list[_Entry], list[Diagnostic]]:
    """Move the entries of names with several targets into the scopes of those who declare them, with a warning each.

    Those in scopes that are `decided` are left out.
    """
    kept, faults = list(entries), []
    for (scope, name), rivals in _rivals(kept).items():
        if not scope and all(entry.by.places for entry in rivals):
            moved = [replace(entry, scope=place) for entry in rivals for place in entry.by.places]
            moved = [entry for entry in moved if (entry.scope, name) not in decided]
            kept = [*(entry for entry in kept if (entry.scope, entry.name) != (scope, name)), *moved]
            message = f"`{name}` means several modules: pages and the project's own modules cannot import it"
            hint = f'choose one for all: write `"{name}" = "{rivals[0].target}"` under {_TABLE}'
            faults += [warning("importmap/versions", message, notes=_sides(rivals), hint=hint)] if moved else []
    return kept, faults


def _conflicts(entries: Iterable[_Entry]) -> Iterator[Diagnostic]:
    for (scope, name), rivals in _rivals(entries).items():
        where = f" in the scope `{scope}`" if scope else ""
        key = f'scopes."{scope}"."{name}"' if scope else f'"{name}"'
        hint = f'choose one: write `{key} = "{rivals[0].target}"` under {_TABLE}'
        yield error("importmap/conflict", f"`{name}` is mapped twice{where}", notes=_sides(rivals), hint=hint)


def _sides(rivals: Iterable[_Entry]) -> Iterator[str]:
    return (f"{entry.by.owner} maps it to `{entry.target}`" for entry in rivals)


def _foreign_hosts(entries: Iterable[_Entry], own: Iterable[_Entry]) -> Iterator[Diagnostic]:
    """Yield an error for each entry whose URL has a host that the project does not name."""
    named = {_host(entry.target) for entry in own}
    for entry in entries:
        if (host := _host(entry.target)) and host not in named:
            message = f"{entry.by.owner} maps `{entry.name}` to a host that the configuration does not name: "
            hint = f'if you trust it, write `"{entry.name}" = "{entry.target}"` under {_TABLE}'
            yield error("importmap/host", f"{message}`{entry.target}`", hint=hint)


def _host(target: str) -> str | None:
    """Return the part of a URL up to the end of its host, all of one without a host, and None for a logical path."""
    matched = _HOST.match(target)
    return matched[0].lower() if matched else None
