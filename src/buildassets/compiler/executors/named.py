"""Executors by the names that users give them: `dask://HOST:PORT`, `tls://HOST:PORT` or `MODULE:FACTORY`.

Takes a name, gives an Away, or raises ConfigError. Imports the module that a user names.
"""

import os
import re
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from importlib.util import find_spec
from typing import Any, Final

from buildassets.compiler.executors.away import Away, Cluster, GoneError, Work, reason_of
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import error
from buildassets.foundation.permission import Permission
from buildassets.programs.project_python import importable, project_module

_ADDRESS: Final = re.compile(r"(dask|tls)://((?:\[[0-9A-Fa-f:.]+\]|[^\s:/@\[\]]+):(\d{1,5}))/?")
_FACTORY: Final = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*)*):([^\W\d]\w*(?:\.[^\W\d]\w*)*)")
_FORMS: Final = "write `dask://HOST:PORT`, `tls://HOST:PORT`, or `MODULE:FACTORY` for a function that gives an executor"
_MOST_PORT: Final = 65535
_MOST_WAITING: Final = 128  # jobs, each with a thread here


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
            partial(_pool, _function(name, factory[1], factory[2], folder, permission=permission), folder, permission),
            here_at_once,
        )
    raise ConfigError([error("executor/name", f"`--executor {name}` names no executor", hint=_FORMS)])


def _dask(address: str) -> Cluster:
    from buildassets.compiler.executors.dask import DaskCluster

    return DaskCluster(address)


def _pool(factory: Callable[[], Any], folder: str, permission: Permission) -> Cluster:
    with importable(folder, permission=permission, first=False):  # it may import more
        return Pool(factory)


def _function(name: str, module: str, path: str, folder: str, *, permission: Permission) -> Callable[[], Any]:
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


class Pool:
    """The executor that a function of the user's gives, such as a pool of processes, behind the protocol Cluster.

    Raises whatever that raises, and GoneError.
    """

    def __init__(self, factory: Callable[[], Any]) -> None:
        executor = factory()
        if not callable(getattr(executor, "submit", None)):
            raise GoneError(f"its function gives a `{type(executor).__name__}`, which has no `submit`")
        self._executor: Executor = executor
        count = getattr(executor, "_max_workers", None)
        self.width = min(_MOST_WAITING, 2 * (count if isinstance(count, int) and count > 0 else os.cpu_count() or 1))

    def submit(self, work: Work, job: bytes) -> Future[bytes]:
        """See Cluster."""
        return self._executor.submit(work, job)

    def check(self, future: Future[bytes]) -> None:
        """A pool of `concurrent.futures` reports by itself that its processes are gone."""

    def leave_out(self, worker: str, work: Work) -> bool:
        """No process of a pool can be left out."""
        return False

    def close(self, *, waits: bool) -> None:
        """See Cluster."""
        shutdown = getattr(self._executor, "shutdown", None)
        if callable(shutdown):
            shutdown(wait=waits)
