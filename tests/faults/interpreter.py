"""Output of the interpreter about a signal before it has reached our code."""


def is_of_interpreter(printed: str) -> bool:
    """Return whether a traceback is of the interpreter, before it runs the command line."""
    if "init_import_site" in printed:  # whose own functions are called `main`, too
        return True
    return "KeyboardInterrupt" in printed and "in main" not in printed
