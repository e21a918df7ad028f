"""Gives each verb its permission, from its row in the table of verbs; SECURITY.md has these rows as a page."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final

from buildassets.cli.parse.verbs import BUILD, VERBS, Row
from buildassets.foundation.frozen import values_by_name
from buildassets.foundation.permission import Permission
from buildassets.programs.project_python import admit_project_modules, refuse_project_modules

_TITLES: Final = ("asks servers", "writes", "deletes", "listens")
ROWS: Final[Mapping[str, Row]] = {
    name: row
    for verb, one in VERBS.items()
    for name, row in ((verb, one.may), *((f"{verb} {option}", row) for option, row in one.with_option.items()))
    if row is not None
}
"""What each verb may do, also with the options that change it."""

BESIDE: Final[Mapping[str, Row]] = {
    "flask assets": Row(tools="the verb, which has a row of its own"),
    "manage.py assets": Row(
        tools="the verb, which has a row of its own", python="settings and applications, before any verb"
    ),
    "manage.py collectstatic": Row(
        tools="`build`, unless the release holds", python="settings and applications", writes="`STATIC_ROOT`"
    ),
    "manage.py runserver --with-assets": Row(tools="`watch`", python="settings and applications"),
    "manage.py compress": Row(
        tools="`build`", programs="precompilers that the settings name", python="settings and applications"
    ),
    "vite() in development": Row(network="the server of Vite that the manifest names"),
    "completion in a shell": Row(),
    "build(), check(), load_config() in Python": BUILD,
}
"""What does the same besides the verbs, for the page: they are not verbs, and the verbs that they start have rows."""


def permission_of(verb: str, **options: bool) -> Permission:
    """The permission of `verb` with those `options` that are set and have a row of their own, as `dry_run=True` has."""
    given = [f"{verb} --{name.replace('_', '-')}" for name, is_set in options.items() if is_set]
    return ROWS[next((name for name in given if name in ROWS), verb)].permission


def begin() -> None:
    """Begin a verb: until it has a permission for Python, no module of the project can be imported."""
    with suppress(FileNotFoundError):  # of the working directory; whoever needs that reports it
        refuse_project_modules(os.getcwd())


def permitted(verb: str, **options: bool) -> Permission:
    """The permission of `verb` with those `options`; with one for Python, modules of the project can be imported."""
    permission = permission_of(verb, **options)
    if permission.python:
        admit_project_modules()
    return permission


def table() -> Iterator[str]:
    """The lines of the table in SECURITY.md."""
    columns = ("verb", "starts", "starts programs of the project", "imports Python of the project", *_TITLES)
    yield f"| {' | '.join(columns)} |"
    yield "|---" * len(columns) + "|"
    for name, row in {**{name: ROWS[name] for name in sorted(ROWS)}, **BESIDE}.items():
        yield f"| `{name}` | {' | '.join(values_by_name(row).values())} |".replace("  ", " ")
