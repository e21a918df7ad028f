"""What the interpreter prints about a signal that comes before it has reached our code."""


def is_of_interpreter(printed: str) -> bool:
    """Whether a traceback is of the interpreter, which had not come to the command line yet."""
    if "init_import_site" in printed:  # whose own functions are called `main`, too
        return True
    return "KeyboardInterrupt" in printed and "in main" not in printed
