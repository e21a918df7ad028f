"""Asks a WSGI application for pages, and prints their statuses and texts as JSON.

`python wsgi_pages.py MODULE:EXPRESSION PATH...` runs with the requirements of a project, which are not those of tests.
"""

import json
import sys
from importlib import import_module
from typing import Any
from wsgiref.util import setup_testing_defaults


def answer(application: Any, path: str) -> tuple[int, str]:
    """The status and the text that `application` gives for a GET of `path`."""
    environ: dict[str, Any] = {"PATH_INFO": path.partition("?")[0], "QUERY_STRING": path.partition("?")[2]}
    setup_testing_defaults(environ)
    statuses: list[str] = []
    body = application(environ, lambda status, headers, error=None: statuses.append(status))
    try:
        text = b"".join(body).decode("utf-8", "replace")
    finally:
        getattr(body, "close", int)()
    return int(statuses[-1].split()[0]), text


if __name__ == "__main__":
    module, _, expression = sys.argv[1].partition(":")
    served = eval(expression, vars(import_module(module)))
    sys.stdout.write(json.dumps({path: answer(served, path) for path in sys.argv[2:]}))
