"""The file of the library of lexers, and the variable of the environment that chooses it. Imports next to nothing."""

import sys

SWITCH = "BUILDASSETS_NATIVE"
NAME = "native.lexers" + {"win32": ".dll", "cygwin": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
