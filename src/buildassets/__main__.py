"""`python -m buildassets`, without the modules of the working directory, which Python puts before all others."""

import sys

if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]
    from buildassets.cli.main import main

    main()
