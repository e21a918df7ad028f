"""Assignments to what is no variable or property. Pure; imports the lexer only."""

from typing import Final

from buildassets.compiler.languages.javascript.lexer import Kind, tokens

# Behind these browsers read a call and refuse it when it runs (ECMA-262, section 13.15.1, as the web needs it).
_OPERATORS: Final = frozenset(
    ("=", "+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", ">>>=", "&=", "^=", "|=", "++", "--", "in", "of")
)
_NOT_CALLED: Final = ("new", "import", "super", "async")
_IDLE: Final = (Kind.SPACE, Kind.LINE_END, Kind.COMMENT)


def assigns_to_call(text: str) -> bool:
    """Whether `text` begins with a call, such as `f(x)` or `a.b()`, behind which is assigned to it, or nothing."""
    depth = 0
    last = ""
    for kind, start, end in tokens(text, module=False):
        word = text[start:end]
        if kind in _IDLE:
            continue
        if not last and (kind is not Kind.NAME or word in _NOT_CALLED):
            return False
        if depth == 0 and (word in _OPERATORS or word in (")", ";")):
            return last == ")"
        if depth == 0 and last and kind is not Kind.NAME and word not in (".", "(", "["):
            return False
        depth += (word in ("(", "[", "{")) - (word in (")", "]", "}"))
        last = word
    return last == ")"
