"""`python -m buildassets`, without the modules of the working directory, which Python puts before all others."""

import os
import sys
from contextlib import suppress

if __name__ == "__main__":
    with suppress(OSError):  # the folder is gone, which the verb reports
        if not sys.flags.safe_path and sys.path[0] == os.getcwd():
            del sys.path[0]
    from buildassets.cli.main import main

    main()
