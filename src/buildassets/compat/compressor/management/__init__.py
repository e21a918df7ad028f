"""Django looks for commands in the package `commands` below this one."""
