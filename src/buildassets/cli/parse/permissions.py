"""The table of verbs: what each may do, with the options that change it. SECURITY.md has it as a page.

Each verb takes its permission from its row; a row without a text for something does not permit it.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final

from buildassets.foundation.frozen import frozen_by_name, values_by_name
from buildassets.foundation.permission import Permission
from buildassets.programs.project_python import admit_project_modules, refuse_project_modules


@frozen_by_name
class Row:
    """What a verb may do, as SECURITY.md describes it; an empty text means that it may not.

    `tools` are started from the machine, the interpreter's environment and the lock, never from the project;
    `programs` are the project's, or named by it; `python` is the project's. `writes` needs no permission.
    """

    tools: str = ""
    programs: str = ""
    python: str = ""
    network: str = ""
    writes: str = ""
    deletes: str = ""
    listens: str = ""

    @property
    def permission(self) -> Permission:
        """The permission of the verb."""
        return Permission(
            tools=bool(self.tools),
            programs=bool(self.programs),
            python=bool(self.python),
            network=bool(self.network),
            listens=bool(self.listens),
            deletes=bool(self.deletes),
        )


_TITLES: Final = ("asks servers", "writes", "deletes", "listens")
_COMPILERS: Final = "compilers"
_OWN_PROGRAMS: Final = "`commands`, compilers in `node_modules`, plug-ins of Tailwind"
_OWN_PYTHON: Final = "modules of `webassets` and `pipeline`, engines, Jinja extensions"
_BY_URL: Final = "releases named by URL"
_REGISTRY: Final = "the registry"
_BUILD: Final = Row(
    tools=f"{_COMPILERS}, git with `--since`",
    programs=_OWN_PROGRAMS,
    python=f"{_OWN_PYTHON}, `--executor`",
    network="the remote cache, `--carry-from`, `--executor`",
    writes="the release, the cache; with `--cache-write` the remote cache",
    deletes="files that no retained release names, old results of the cache",
)
_READS: Final = Row(network=_BY_URL)
_TOOLS: Final = Row(
    tools="`npm config get registry`",
    network=_REGISTRY,
    writes="the lock, the folder of tools",
    deletes="a tool that is replaced",
)
_VENDOR: Final = Row(
    tools="`npm config get registry`",
    network=_REGISTRY,
    writes="the lock, `vendor/`, the import map in the configuration",
    deletes="files in `vendor/` that the lock lists",
)
_SETTINGS: Final = Row(
    python="the settings, if their files do not show static files, after a line that names them",
    writes="with `--write`, `buildassets.toml`",
)
_STATIC: Final = Row(writes="with `--write`, `buildassets.toml`")

ROWS: Final[Mapping[str, Row]] = {
    "build": _BUILD,
    "check": Row(tools=_COMPILERS, programs=_OWN_PROGRAMS, python=_OWN_PYTHON),
    "check --no-run": Row(tools=_COMPILERS),
    "clean": Row(
        writes="the index of the cache",
        deletes="what no retained release names, old results of the cache; with `--all` the release and the cache",
    ),
    "clean --dry-run": Row(),
    "diff": _READS,
    "doctor": Row(tools=f"{_COMPILERS} for their versions, git", network="the live reload of this machine"),
    "doctor --run": Row(
        tools=f"{_COMPILERS} for their versions, git",
        programs="compilers in `node_modules` for their versions",
        python=f"{_OWN_PYTHON}, `manage.py check`",
        network="the live reload of this machine",
    ),
    "explain": Row(tools=f"{_COMPILERS} for their versions", network=_BY_URL),
    "init": Row(
        tools="`npm config get registry`",
        network="with `--smallest`, the registry",
        writes="after a question or with `--yes`, what its diff shows; with `--smallest` the folder of tools",
        deletes="with `--smallest`, a tool that is replaced",
    ),
    "init --dry-run": Row(
        tools="`npm config get registry`",
        network="with `--smallest`, the registry",
        writes="with `--smallest`, a temporary folder of tools",
        deletes="with `--smallest`, what is in that folder",
    ),
    "list": Row(),
    "lsp": Row(),
    "migrate compressor": _STATIC,
    "migrate compressor --settings": _SETTINGS,
    "migrate django": _STATIC,
    "migrate django --settings": _SETTINGS,
    "migrate importmap": _STATIC,
    "migrate jammit": _STATIC,
    "migrate pipeline": _STATIC,
    "migrate pipeline --settings": _SETTINGS,
    "migrate propshaft": _STATIC,
    "migrate sprockets": _STATIC,
    "migrate static-digest": _STATIC,
    "migrate vite": _STATIC,
    "migrate webassets": Row(
        python="the modules with bundles, which it names first", writes="with `--write`, `buildassets.toml`"
    ),
    "migrate whitenoise": _STATIC,
    "migrate whitenoise --settings": _SETTINGS,
    "pack": Row(writes="the archive; with `--sign` its signature"),
    "publish": Row(
        network="the storage",
        writes="the storage",
        deletes="companions and files with their own names that only the earlier release has",
    ),
    "publish --dry-run": Row(network="the storage"),
    "report": Row(network=_BY_URL, writes="with `-o`, that file"),
    "schema": Row(),
    "tools install": _TOOLS,
    "tools list": Row(tools="tools for their versions"),
    "tools outdated": Row(tools="`npm config get registry`", network=_REGISTRY),
    "tools remove": Row(writes="the lock", deletes="the lock, when it becomes empty"),
    "tools update": _TOOLS,
    "tools verify": Row(),
    "unpack": Row(writes="a new folder"),
    "unpack --replace": Row(writes="the folder", deletes="the release in that folder"),
    "vendor add": _VENDOR,
    "vendor audit": Row(tools="`npm config get registry`", network=_REGISTRY),
    "vendor outdated": Row(tools="`npm config get registry`", network=_REGISTRY),
    "vendor remove": Row(
        writes="the lock, the import map in the configuration", deletes="files in `vendor/` that the lock lists"
    ),
    "vendor update": _VENDOR,
    "vendor verify": Row(),
    "verify": Row(),
    "verify --rebuild": Row(tools=_COMPILERS, programs=_OWN_PROGRAMS, python=_OWN_PYTHON, writes="a temporary folder"),
    "watch": Row(
        tools=_COMPILERS,
        programs=f"{_OWN_PROGRAMS}, `run`, the command after `--`, the plan's `renew`",
        python=_OWN_PYTHON,
        network="the remote cache",
        writes="the release, the cache",
        deletes="files that no retained release names, old results of the cache",
        listens="live reload, on this machine unless `--origin` names another",
    ),
}

BESIDE: Final[Mapping[str, Row]] = {
    "flask assets": Row(tools="the verb, which has a row of its own"),
    "manage.py assets": Row(
        tools="the verb, which has a row of its own", python="settings and applications, before any verb"
    ),
    "manage.py runserver --with-assets": Row(tools="`watch`", python="settings and applications"),
    "manage.py compress": Row(
        tools="`build`", programs="precompilers that the settings name", python="settings and applications"
    ),
    "vite() in development": Row(network="the server of Vite that the manifest names"),
    "completion in a shell": Row(),
    "build(), check(), load_config() in Python": _BUILD,
}
"""What does the same beside the verbs, for the page: they are no verbs, and the verbs that they start have rows."""


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
    for name, row in {**ROWS, **BESIDE}.items():
        yield f"| `{name}` | {' | '.join(values_by_name(row).values())} |".replace("  ", " ")
