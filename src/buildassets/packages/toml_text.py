"""Writes texts as TOML. Pure."""


def basic_string(text: str) -> str:
    """`text` as a basic string (TOML 1.0): as in JSON, with DEL escaped, too."""
    import json  # needed only for writing

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
