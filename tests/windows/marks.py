"""The tests that cannot run on Windows, or under Wine, and why: the one table, and what counts them.

A row names calls that Windows lacks, or tests. A test that reaches such a call is skipped with its reason, wherever it
does so; so a test needs no mark of its own.
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Generator
from fnmatch import fnmatchcase
from functools import partialmethod
from pathlib import Path
from typing import Any, Final, NoReturn

import pytest

from tests.conftest import NOT_SHOWN

FILE: Final = Path(__file__).parents[2] / "build" / "windows.json"
ONLY_HERE: Final = pytest.mark.skipif(sys.platform != "win32", reason="only on Windows: see `make test-windows`")
RAN: Final = ("passed", "failed", "error", "xfailed")
MOST_MARKED: Final = 0.2  # of all tests that are collected
_MARKED: Final = "not on Windows: "

# Modules and functions of POSIX: reason → names.
ABSENT_CALLS: Final = {
    "there are no terminals of POSIX": ("pty", "termios"),
    "there is no `flock`": ("fcntl",),
    "there are no limits of resources": ("resource",),
    "there are no named pipes in folders": ("os.mkfifo",),
    "there is no `fork`": ("os.fork",),
    "there are no process groups of POSIX": ("os.killpg", "os.getpgid", "os.setsid"),
    "there are no users by number": ("os.getuid", "os.geteuid", "os.setegid", "os.chown"),
    "there are no such signals": ("signal.SIGKILL", "signal.SIGHUP", "signal.SIGUSR1", "signal.SIGALRM"),
    "sockets have no names in folders": ("socket.AF_UNIX",),
    "a folder has no descriptor": ("os.O_DIRECTORY",),
}
# What tests need and find neither here nor in a registry of packages: reason → patterns of what they report of it.
ABSENT_TOOLS: Final = {
    "no registry of packages has the program for Windows": (
        *(f"none of {name} is on PATH" for name in ("git", "openssl", "tar", "unzip", "ruby")),
        "ruby is not installed",
    ),
    "node for Windows is not among the wheels": ("none of node* is on PATH",),
    "moto, a server that answers as S3 does, is not among the wheels": ("moto, *",),
    "native lexers need a compiler for Windows": ("the lexers are not native: *",),
    "there are no users by number": ("only root *",),
}
# Calls that Windows has, with another effect.
NO_LINKS: Final = "Wine makes no symbolic links: its call succeeds and does nothing"
NO_MODES: Final = "files have no permissions by number"
# Tests, by patterns of their ids.
ABSENT_TESTS: Final[dict[str, tuple[str, ...]]] = {
    "a name may not have these characters, nor bytes that are not Unicode": (
        "tests/compiler/sources/test_discover.py::test_any_file_name_is_an_asset?[aq][?\\\n]*",
        "tests/compiler/sources/test_discover.py::test_file_name_that_is_not_utf8_is_an_asset",
        "tests/compiler/engines/sass/test_dart.py::test_folder_may_have_any_name?#[?]?",
        "tests/manifest/test_soundness.py::test_every_name_that_a_file_can_have_is_sound",
        "tests/release/archive/test_pack.py::test_a_name_that_is_not_utf8_fits_into_*",
        "tests/packages/test_archive.py::test_a_name_of_any_language_is_kept?aux.js?",
    ),
    "names that differ in case only are one file": (
        "tests/release/archive/test_pack.py::test_names_that_differ_in_case_only_are_not_packed*",
        "tests/disk/test_folders.py::test_names_that_the_file_system_does_not_distinguish_are_one_file",
    ),
    "a path that is too long is one that is not found": (
        "tests/compiler/config/test_load.py::test_named_file_that_cannot_be_read_is_an_error?name2*",
        "tests/compiler/sources/test_discover.py::test_folder_that_cannot_be_read_is_an_error",
        "tests/compiler/write/test_release_directory.py::test_a_name_*that_the_disk_refuses_leaves_nothing*",
    ),
    "the lock is not a file in the folder": (
        "tests/disk/test_locks.py::test_a_lock_file_that_more_users_may_open_is_replaced",
        "tests/disk/test_locks.py::test_a_lock_may_be_opened_by_those_who_may_write_to_its_folder*",
        "tests/disk/test_locks.py::test_the_last_who_holds_a_lock_removes_its_file",
        "tests/disk/test_locks.py::test_a_lock_is_neither_packed_nor_published_nor_cleaned",
    ),
    "the C library knows no times before 1970": ("tests/compiler/write/test_clock.py::test_texts_of_times_*",),
    NO_MODES: (
        "tests/packages/test_archive.py::test_modes_are_those_of_files_and_programs*",
        "tests/release/archive/test_unpack.py::test_new_files_have_the_permissions_that_any_new_file_has*",
    ),
    "a test runs a script for a POSIX shell, or a program by a name without a suffix": (
        "tests/compiler/engines/sass/test_command.py::test_npm_is_passed_over_where_no_code_of_the_project_runs",
        "tests/compiler/engines/sass/test_command.py::test_path_is_the_last",
        "tests/compiler/engines/sass/test_dart.py::test_sass_*",
        "tests/packages/registry/test_settings.py::test_npm_is_asked_last",
        "tests/packages/tools/test_install.py::test_a_changed_program_is_reported_and_replaced",
        "tests/programs/test_places.py::test_first_program_outside_is_found",
    ),
    "open files cannot be listed": (
        "tests/compiler/engines/sass/test_libsass.py::test_child_that_cannot_be_started_is_an_error",
        "tests/compiler/engines/sass/test_libsass.py::test_crash_and_close_leave_no_open_file",
    ),
    "libsass for Windows places `@warn` behind the word": (
        "tests/compiler/engines/sass/test_libsass.py::test_warn_rule_is_a_warning_at_its_place",
    ),
    "no program is ended by a signal, and Wine does not end one whose stack overflows": (
        "tests/compiler/engines/sass/test_libsass.py::test_sheet_that_crashes_libsass_is_an_error_and_the_next_one_*",
        "tests/compiler/engines/sass/test_libsass.py::test_libsass_that_another_process_ends_is_an_error_*",
    ),
    "there are no limits of memory": (
        "tests/release/archive/test_unpack.py::test_a_bomb_is_refused_before_it_goes_off",
    ),
    "the C library is that of the system": (
        "tests/packages/tools/test_located.py::test_a_machine_of_another_c_library_has_its_own_platform",
    ),
    "the C library of Wine does not deliver Ctrl-Break": (
        "tests/windows/test_commands.py::test_a_key_ends_*ctrl-break*",
    ),
    "there is no call that syncs a file system": ("tests/disk/test_files.py::test_each_file_is_synced_without_*",),
}


_REASONS: Final = {name: reason for reason, names in ABSENT_CALLS.items() for name in names}
_chmod = os.chmod


def _skip(reason: str) -> NoReturn:
    pytest.skip(f"{_MARKED}{reason}")


class _OtherEffectError(Exception):
    """A test calls what has another effect here; the message is the reason."""


def _no_symlink(*_: object, **__: object) -> NoReturn:
    raise _OtherEffectError(NO_LINKS)


def _chmod_of_modes(path: Any, mode: int, **options: Any) -> None:
    if mode & 0o600 != 0o600:
        raise _OtherEffectError(NO_MODES)
    _chmod(path, mode, **options)


def pytest_configure() -> None:
    """Have calls that do something else here skip the test."""
    os.symlink, os.chmod = _no_symlink, _chmod_of_modes
    Path.write_text = partialmethod(Path.write_text, newline="")  # type: ignore[assignment, method-assign]  # line ends as given


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of the table; a row that names none is out of date."""
    for reason, patterns in ABSENT_TESTS.items():
        for pattern in patterns:
            for item in items:
                if fnmatchcase(item.nodeid, pattern):
                    item.add_marker(pytest.mark.skip(reason=f"{_MARKED}{reason}"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, object, object]:
    """Skip a test that needs what an earlier one of the same fixture did not find, or whose own mark names that."""
    return (yield from _skipping())


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call() -> Generator[None, object, object]:
    """Skip a test that calls what Windows lacks."""
    return (yield from _skipping())


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup() -> Generator[None, object, object]:
    """Skip a test whose fixture calls what Windows lacks."""
    return (yield from _skipping())


def _skipping() -> Generator[None, object, object]:
    try:
        return (yield)
    except _OtherEffectError as fault:
        _skip(str(fault))
    except (AttributeError, ModuleNotFoundError) as fault:
        name = ".".join(filter(None, (getattr(getattr(fault, "obj", None), "__name__", ""), fault.name)))
        if name in _REASONS:
            _skip(_REASONS[name])
        raise
    except (pytest.skip.Exception, pytest.fail.Exception) as outcome:
        lack = str(outcome.msg).removeprefix(f"{NOT_SHOWN}: ")
        for reason, patterns in ABSENT_TOOLS.items():
            if any(fnmatchcase(lack, pattern) for pattern in patterns):
                _skip(reason)
        raise


_began = time.monotonic()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print and keep how many tests passed, and why others are marked."""
    stats = terminalreporter.stats
    numbers = {name: len(stats.get(name, ())) for name in RAN}
    skips = [
        report.longrepr[2].removeprefix("Skipped: ")
        for report in stats.get("skipped", ())
        if isinstance(report.longrepr, tuple)
    ]
    marked = Counter(reason.removeprefix(_MARKED) for reason in skips if reason.startswith(_MARKED))
    lacking = Counter(reason for reason in skips if reason.startswith(NOT_SHOWN))
    others = Counter(reason for reason in skips if not reason.startswith((_MARKED, NOT_SHOWN)))
    kinds = {"marked": marked, "lacking a tool": lacking, "only on other systems": others}
    document = {
        **numbers,
        **{kind: dict(sorted(reasons.items())) for kind, reasons in kinds.items()},
        "seconds": round(time.monotonic() - _began),
    }
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    for reason, number in (marked + others).most_common():
        terminalreporter.write_line(f"{number:5} not run: {reason}")
    counts = ", ".join(f"{reasons.total()} {kind}" for kind, reasons in kinds.items())
    terminalreporter.write_line(
        f"Windows: {numbers['passed']} of {sum(numbers.values())} tests passed; not run: {counts}"
    )
