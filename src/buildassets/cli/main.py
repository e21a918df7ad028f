"""The command line."""

import os
import sys


def main() -> None:
    """Run the command line and exit: 0 done, 1 errors found, 2 wrong usage or configuration, 130/143 interrupted."""
    try:
        _run()
    except KeyboardInterrupt:  # while modules are loaded, which takes longer than many a build
        sys.exit(130)


def _open_what_is_closed() -> None:
    """Give whoever closed standard streams streams that lead nowhere, before a file of ours takes their numbers.

    Messages are for nobody then. Data are missed: writing them to what is open for reading only is refused.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_RDWR if name == "stderr" else os.O_RDONLY)
            if descriptor != number:
                os.dup2(descriptor, number)
            setattr(sys, name, open(number, "r" if name == "stdin" else "w", closefd=False))  # noqa: SIM115


def _run() -> None:
    from buildassets.cli.memo import said_again

    _open_what_is_closed()
    if said_again():
        sys.exit(0)
    from buildassets.cli.commands import run

    run()
