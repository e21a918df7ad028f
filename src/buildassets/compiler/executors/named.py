"""Executors by the names that users give them: `dask://HOST:PORT`, `tls://HOST:PORT` or `MODULE:FACTORY`.

Takes a name, gives an Away, or raises ConfigError. Imports the module that a user names.
"""

import re
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any, Final

from buildassets.compiler.executors.away import Away, Cluster, reason_of
from buildassets.diagnostics import error
from buildassets.errors import ConfigError
from buildassets.programs.permission import Permission
from buildassets.programs.project_python import importable, project_module

_ADDRESS: Final = re.compile(r"(dask|tls)://((?:\[[0-9A-Fa-f:.]+\]|[^\s:/@\[\]]+):(\d{1,5}))/?")
_FACTORY: Final = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*)*):([^\W\d]\w*(?:\.[^\W\d]\w*)*)")
_FORMS: Final = "write `dask://HOST:PORT`, `tls://HOST:PORT`, or `MODULE:FACTORY` for a function that gives an executor"
_MOST_PORT: Final = 65535


def executor_named(name: str, folder: str, here_at_once: int, *, permission: Permission) -> Away:
    """The executor with that name; a module may lie in `folder`. For `here_at_once` see Away. Raises ConfigError."""
    if (address := _ADDRESS.fullmatch(name)) and int(address[3]) <= _MOST_PORT:
        if find_spec("distributed") is None:
            message = f"`--executor {name}` needs the package `distributed`, which is not installed"
            hint = 'install it with `pip install "buildassets[dask]"`'
            raise ConfigError([error("executor/unavailable", message, hint=hint)])
        return Away(name, partial(_dask, f"{'tls' if address[1] == 'tls' else 'tcp'}://{address[2]}"), here_at_once)
    if factory := _FACTORY.fullmatch(name):
        return Away(
            name,
            partial(_pool, _function(name, factory[1], factory[2], folder, permission), folder, permission),
            here_at_once,
        )
    raise ConfigError([error("executor/name", f"`--executor {name}` names no executor", hint=_FORMS)])


def _dask(address: str) -> Cluster:
    from buildassets.compiler.executors.dask import DaskCluster

    return DaskCluster(address)


def _pool(factory: Callable[[], Any], folder: str, permission: Permission) -> Cluster:
    from buildassets.compiler.executors.pool import Pool

    with importable(folder, permission=permission, first=False):  # it may import more
        return Pool(factory)


def _function(name: str, module: str, path: str, folder: str, permission: Permission) -> Callable[[], Any]:
    try:
        # The folder does not stay among those of modules: what lies there counts for the cache.
        with importable(folder, permission=permission, first=False):
            found: Any = project_module(module, permission=permission)
            for part in path.split("."):
                found = getattr(found, part)
    except (Exception, SystemExit) as fault:  # a module of anybody's may raise anything
        message = f"`--executor {name}` cannot be imported: {reason_of(fault)}"
        raise ConfigError([error("executor/name", message, hint=_FORMS)]) from None
    if not callable(found):
        message = f"`--executor {name}` names a `{type(found).__name__}`, which cannot be called"
        raise ConfigError([error("executor/name", message, hint=_FORMS)])
    function: Callable[[], Any] = found
    return function
