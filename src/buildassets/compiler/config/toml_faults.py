"""Turns the errors of `tomllib` into diagnostics with a place and a hint.

Takes an error's text and the TOML, gives a diagnostic. Pure; imports the vocabulary and `toml_positions`.
"""

from typing import Final

from buildassets.compiler.config.toml_positions import RepeatedKey, find_repeated
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate, place
from buildassets.foundation.lazy_pattern import lazy_pattern

_QUOTED: Final = lazy_pattern(r"'([^'`]*)'")
_KEY_PATH: Final = lazy_pattern(r"\((?:'[^'`]*'(?:, |,?(?=\))))+\)")  # a tuple, as Python writes it
_POSITION: Final = lazy_pattern(r" \(at (?:line (\d+), column (\d+)|end of document)\)\Z")
_WORD: Final = lazy_pattern(r"[^\s\"'#,\[\]{}=]+")
_REPEATED: Final = ("Cannot overwrite a value", "Cannot declare", "Duplicate inline table key")
_HINTS: Final = {
    "Unescaped '\\' in a string": "write `/`, or put the text in single quotes, in which `\\` is an ordinary character",
    "Unterminated string": "close it with the quote that it begins with",
    "Unclosed array": "put a comma behind each element, and `]` behind the last",
    "Unclosed inline table": "put a comma behind each key with its value, and `}` behind the last",
    "Expected '=' after a key": "write `key = value`; a key with `/` or a space needs quotes",
    "Expected ']'": "close the header with as many `]` as it begins with `[`",
    "Expected newline": "begin a line for each key",
    "Invalid statement": "write a line `key = value` for each setting; the file is TOML, neither JSON nor YAML",
}
_IN_TOML: Final = {"True": "true", "False": "false", "yes": "true", "no": "false", "on": "true", "off": "false"}
_TYPOGRAPHIC: Final = "\u201c\u201d\u201e\u2018\u2019\xab\xbb"  # quotes by which word processors replace straight ones
_NOTHING: Final = ("None", "null", "nil")


def syntax_fault(complaint: str, text: str, shown: str) -> Diagnostic:
    """The error for `complaint` of `tomllib` about `text`, the file `shown`; the line ends of `text` are LF."""
    if complaint.startswith(_REPEATED) and (repeated := find_repeated(text)):
        return _repeated(repeated, text, shown)
    position = _POSITION.search(complaint)
    if position is None:
        location = Location(shown)
    elif position[1]:
        line = int(position[1])
        location = place(shown, line, int(position[2]), text.split("\n")[line - 1])
    else:
        location = locate(shown, text, len(text.rstrip()))
    bare = _POSITION.sub("", complaint)
    message = _KEY_PATH.sub(lambda path: f"`{'.'.join(_QUOTED.findall(path[0]))}`", bare)
    message = _QUOTED.sub(r"`\1`", message)
    return error("config/syntax", message[:1].lower() + message[1:], location, hint=_hint(bare, location))


def _repeated(again: RepeatedKey, text: str, shown: str) -> Diagnostic:
    """The error for a repeated key or table; `tomllib` does not name it and rarely gives its place."""
    first = locate(shown, text, *again.first)
    what, verb, hint = ("table", "declared", "write all its keys below one header")
    if not again.is_table:
        what, verb, hint = ("key", "set", "remove one of the two")
    notes = [f"first {verb} at `{shown}:{first.line}:{first.column}`"]
    message = f"the {what} `{again.name}` is {verb} twice"
    return error("config/syntax", message, locate(shown, text, *again.span), notes=notes, hint=hint)


def _hint(complaint: str, location: Location) -> str | None:
    for begin, hint in _HINTS.items():
        if complaint.startswith(begin):
            return hint
    return _of_value(location.excerpt[location.excerpt_column - 1 :]) if complaint == "Invalid value" else None


def _of_value(rest: str) -> str:
    """The hint for an invalid value, which begins the `rest` of its line."""
    word = _WORD.match(rest)
    if word is None:
        return 'write a value: `"text"`, `true`, `12`, `["a", "b"]`'
    if word[0] in _NOTHING:
        return "leave the key out"
    if word[0] in _IN_TOML:
        return f"write `{_IN_TOML[word[0]]}`"
    bare = word[0].strip(_TYPOGRAPHIC)
    return f'write text in straight quotes: `"{bare}"`'
