"""Writes texts as TOML. Pure."""

import json


def basic_string(text: str) -> str:
    """`text` as a basic string (TOML 1.0): as in JSON, with DEL escaped, too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
