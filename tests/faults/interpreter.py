"""Output of the interpreter about a signal before it has reached our code."""


def is_of_interpreter(printed: str) -> bool:
    """Return whether a traceback is of the interpreter, before it runs the command line."""
    # It stops while it sets up its streams or imports `site`, whose own functions are called `main`, too.
    if "Fatal Python error: init_" in printed:
        return True
    return "KeyboardInterrupt" in printed and "in main" not in printed
