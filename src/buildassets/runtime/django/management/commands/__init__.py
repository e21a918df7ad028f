"""The commands of `manage.py`, a module each: `assets`, and `runserver` with a watch next to it.

Arguments come in, the exit code of the command line goes out. Must not import the compiler, which is another process.
"""
