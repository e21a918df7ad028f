"""Texts as TOML has them. Pure."""


def basic_string(text: str) -> str:
    """`text` as a basic string (TOML 1.0): what JSON has, but for DEL, which is escaped too."""
    import json  # only who writes needs it

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
