"""Programs of Django in forks of a process that has imported Django and the compiler, which saves most of a start.

A module of buildassets that such a program starts, or becomes, is a fork as well. Programs whose subject is which
modules a process imports, or how Python starts, need a process of their own.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.command import environment
from tests.conftest import settle
from tests.forks import run_program

_IMPORTS: Final = """
import atexit, contextlib, gc, importlib.util, io, json, os, pkgutil, runpy, subprocess, sys, tempfile, threading
import traceback, warnings
import django.contrib.staticfiles.finders, django.contrib.staticfiles.storage, django.contrib.staticfiles.views
import django.core.cache.backends.locmem, django.core.checks, django.core.handlers.wsgi, django.core.mail
import django.core.management.commands.check, django.core.management.commands.shell, django.db.models, django.forms
import django.shortcuts, django.template.engine, django.template.loaders.filesystem, django.test, django.urls
import django.utils.translation.trans_real, django.views.debug
with contextlib.suppress(ImportError):  # an application with other templates lacks it
    import django.template.backends.jinja2, jinja2.ext
import brotli, ctypes, rjsmin
import buildassets.cli, buildassets.compat.compressor.compile, buildassets.compiler
for package in (buildassets.cli, buildassets.compiler, buildassets.compat.compressor.compile):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        with contextlib.suppress(ModuleNotFoundError):  # of an optional package
            importlib.import_module(module.name)
import buildassets.runtime.django.compiler, buildassets.runtime.django.jinja, buildassets.runtime.django.storage
import buildassets.runtime.django.management.commands.assets
sys.path.remove("")
"""
_RUN: Final = """
COMPILER = [sys.executable, "-m", "buildassets"]
execute, start = os.execve, subprocess.run


def unflagged(command):
    return [one for one in command if one != "-P"]


def is_ours(command):
    command = unflagged(command)
    return command[:2] == COMPILER[:2] and command[2].partition(".")[0] == "buildassets"


def flush():
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):  # some programs replace them
        stream.flush()


def become(program):
    try:
        program()
        code = 0
    except SystemExit as end:
        code = end.code or 0
        if isinstance(code, str):
            print(code, file=sys.stderr)
            code = 1
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()
    atexit._run_exitfuncs()
    flush()
    os._exit(code)  # without the end of all that was imported, which takes long


def become_module(path, command, environment):
    if not is_ours(command):
        execute(path, command, environment)
    environment = dict(environment)
    os.environ.clear()
    os.environ.update(environment)
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    command = unflagged(command)
    sys.argv = ["-m", *command[3:]]
    become(lambda: runpy.run_module(command[2], run_name="__main__", alter_sys=True))


def run_module(command, **options):
    if not is_ours(command) or not hasattr(os, "fork"):
        return start(command, **options)
    assert options.keys() <= {"cwd", "env", "capture_output", "encoding", "timeout", "check"}, options
    outputs = [tempfile.TemporaryFile() for _ in range(2)]
    flush()
    child = os.fork()
    if not child:
        os.chdir(options.get("cwd", "."))
        for number, output in enumerate(outputs, start=1):
            os.dup2(output.fileno(), number)
        become_module(command[0], command, options.get("env", os.environ))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    printed = []
    for output in outputs:
        output.seek(0)
        printed.append(output.read() if "encoding" not in options else output.read().decode())
        output.close()
    return subprocess.CompletedProcess(command, code, *printed)


os.execve, subprocess.run = become_module, run_module
os.execv = lambda path, command: become_module(path, command, os.environ)
if asked["warnings"]:
    warnings.simplefilter(asked["warnings"])
become(lambda: exec(asked["program"], globals()))
"""


def run_in_fork(
    folder: Path,
    program: str,
    *,
    environment: Mapping[str, str] = os.environ,
    warnings: str = "",
    **given: Any,
) -> "subprocess.CompletedProcess[str]":
    """Run `program` in `folder`; it finds `given`, and the folder, in `asked`. All `warnings` are "error", if given."""
    asked = {**given, "program": program, "warnings": warnings}
    done = run_program((_IMPORTS, _RUN), folder, asked, environment, timeout=120)
    printed = (output.decode().replace(os.linesep, "\n") for output in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, *printed)


def run_buildassets(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `buildassets` with these arguments in `folder`, which may load the project's settings."""
    settle()
    program = 'become_module(sys.executable, [*COMPILER, *asked["arguments"]], os.environ)'
    return run_in_fork(folder, program, environment=environment(), arguments=arguments)
