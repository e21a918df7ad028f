"""The report on a release as one page in HTML that needs nothing else: its style, its script and its data are in it.

What came from outside is data only: the script writes it as text. The page's policy (Content Security Policy, level 3)
allows that one style and that one script, by their digests, and no request.
"""

import json
import os
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from typing import Any

from buildassets.foundation.diagnostics import printable


def report_page(document: Mapping[str, Any]) -> str:
    """The page of a report's `document`. All names in it are shown without control characters."""
    shown = _shown(document)
    style, script = _own("page.css"), _own("page.js")
    policy = (
        f"default-src 'none'; style-src {_source(style)}; script-src {_source(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    parts = {
        "POLICY": escape(policy),
        "TITLE": escape(f"Release {shown['release'][:12]}"),
        "STYLE": style,
        "DATA": _data(shown),
        "SCRIPT": script,
    }
    page = _own("page.html")
    pieces = page.split("@@")  # text and names of parts by turns
    return "".join(parts[piece] if number % 2 else piece for number, piece in enumerate(pieces))


def _own(name: str) -> str:
    """A file next to this module."""
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        return file.read()


def _source(text: str) -> str:
    """The source expression that allows an inline style or script with that `text`."""
    return f"'sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def _data(document: Mapping[str, Any]) -> str:
    """JSON that can neither end the element that it is in nor open another (HTML, section 4.12.1.3)."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")


def _shown(value: Any) -> Any:
    """`value`, a JSON value, with all texts in it made printable."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {printable(key): _shown(member) for key, member in value.items()}
    return [_shown(element) for element in value] if isinstance(value, list | tuple) else value
