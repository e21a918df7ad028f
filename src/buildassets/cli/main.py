"""The entry point of the command line. A build without changes is repeated at once; click reads all other commands."""

import gc
import os
import sys

_NO_THREAD = "can't start new thread"  # what Python raises has no type of its own
_NEW_VALUES = 50_000  # after which Python looks for garbage; 700 by default


def main() -> None:
    """Run the command line and exit: 0 done, 1 errors found, 2 wrong usage or configuration, 130/143 interrupted."""
    try:
        _run()
    except KeyboardInterrupt:  # while modules are loaded, which takes longer than some builds
        sys.exit(130)
    except ModuleNotFoundError as fault:
        if not _is_reported(fault):
            raise
        sys.exit(2)
    except MemoryError:
        _report_no_memory()
        sys.exit(1)
    except RuntimeError as fault:
        if str(fault) != _NO_THREAD:
            raise
        _report_no_thread()
        sys.exit(1)


def _report_no_thread() -> None:
    """Report that a thread is needed and none can be started; what can do without one does so."""
    reason = "the system allows this user, or this container, no more processes"
    _report(f"No thread can be started: {reason}. Raise the limit, which `ulimit -u` shows.")


def _report_no_memory() -> None:
    """Report that this takes more memory than there is, or than `ulimit -v` admits."""
    _report("There is not enough memory. Leave out large files, or raise the limit, if there is one.")


def _report(message: str) -> None:
    from click import ClickException

    from buildassets.cli.show.output import print_mistake

    print_mistake(ClickException(message))


def _is_reported(fault: ModuleNotFoundError) -> bool:
    """Report that a required package is not installed; False if the module is not of one."""
    from buildassets.cli.ending import missing_requirement
    from buildassets.cli.show.output import show_failure

    if failure := missing_requirement(fault):
        show_failure(failure)
    return failure is not None


def _open_closed_streams() -> None:
    """Replace closed standard streams by the null device, before another file gets their descriptors.

    Then messages are lost, as nobody reads them. Data must not get lost silently, so stdout is opened for reading only,
    and writing to it fails.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_RDWR if name == "stderr" else os.O_RDONLY)
            if descriptor != number:
                os.dup2(descriptor, number)
            setattr(sys, name, open(number, "r" if name == "stdin" else "w", closefd=False))  # noqa: SIM115


def _run() -> None:
    from buildassets.cli.building.memo import was_repeated
    from buildassets.compiler.cache.stamps import Looks

    # Modules and configurations are no garbage: looking for some among them takes a tenth of a small build.
    gc.set_threshold(_NEW_VALUES, *gc.get_threshold()[1:])
    _open_closed_streams()
    looks: list[Looks] = []
    if was_repeated(looks):
        sys.exit(0)
    from buildassets.cli.parse.commands import run

    run(looks)
