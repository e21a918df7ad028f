"""The command line."""

import sys


def main() -> None:
    """Run the command line and exit: 0 done, 1 errors found, 2 wrong usage or configuration, 130/143 interrupted."""
    try:
        _run()
    except KeyboardInterrupt:  # while modules are loaded, which takes longer than many a build
        sys.exit(130)


def _run() -> None:
    from buildassets.cli.memo import said_again

    if said_again():
        sys.exit(0)
    from buildassets.cli.commands import run

    run()
