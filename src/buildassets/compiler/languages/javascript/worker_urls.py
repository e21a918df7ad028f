"""Scripts of workers that are named by a string: `new Worker("w.js")`, `importScripts("w.js")`. Pure.

A browser resolves such a string against the page, or the worker, and not against the script that it stands in, so that
it is not a reference that a build could follow.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from buildassets.compiler.languages.javascript.lexer import Kind, Token, tokens
from buildassets.compiler.languages.javascript.references import unescaped
from buildassets.compiler.languages.native.library import Question, asked
from buildassets.foundation.lazy_pattern import lazy_pattern

IMPORT_SCRIPTS: Final = "importScripts"
_WORKERS: Final = ("Worker", "SharedWorker")
# Two patterns that begin with a word are found ten times as fast as one with a choice at its begin.
_CALLS: Final = [lazy_pattern(rf"{word}\s*+\(\s*+[\"'`]") for word in ("Worker", IMPORT_SCRIPTS)]
_OWNERS: Final = ("self", "globalThis", "window")


class WorkerUrl(NamedTuple):
    """`text[start:end]` is the raw text between the quotes, `url` what it means, `by` what it is handed to."""

    start: int
    end: int
    url: str
    by: str


def worker_urls(text: str) -> Iterator[WorkerUrl]:
    """The scripts that calls in `text` name, in text order; what is computed is none."""
    if not may_name_workers(text) or not any(call.search(text) for call in _CALLS):
        return
    code = [token for token in tokens(text) if token.kind >= Kind.NAME]
    words = [text[token.start : token.end] for token in code]
    for place, word in enumerate(words):
        if words[place + 1 : place + 2] == ["("] and _is_call(words, place, word):
            first = place + 2
            yield from _strings(text, code, words, first, by=word, most=None if word == IMPORT_SCRIPTS else 1)


def may_name_workers(body: bytes | str) -> bool:
    """Whether a script, as bytes or as text, has one of the words; most have none, found out in no time."""
    answer = asked(Question.MAY_NAME_WORKERS, body)
    if answer is not None:
        return answer == b"\1"
    if isinstance(body, str):
        return "Worker" in body or IMPORT_SCRIPTS in body
    return b"Worker" in body or IMPORT_SCRIPTS.encode() in body


def _is_call(words: list[str], place: int, word: str) -> bool:
    """Whether the `word` at `place` is the browser's own and called."""
    before = words[max(0, place - 3) : place]
    if before[-1:] == ["."] and before[-2:-1] and before[-2] in _OWNERS:
        before = words[max(0, place - 3) : place - 2]
    if word == IMPORT_SCRIPTS:
        return before[-1:] not in (["."], ["?."], ["function"], ["new"])
    return word in _WORKERS and before[-1:] == ["new"]


def _strings(
    text: str, code: list[Token], words: list[str], place: int, *, by: str, most: int | None
) -> Iterator[WorkerUrl]:
    """The arguments from `place` on that are strings alone; of the first `most` arguments, if that is given."""
    count = 0
    while place + 1 < len(code) and (most is None or count < most) and words[place + 1] in (",", ")"):
        token = code[place]
        is_literal = token.kind is Kind.STRING or (token.kind is Kind.TEMPLATE and words[place][-1] == "`")
        url = unescaped(words[place][1:-1]) if is_literal else None
        if url:
            yield WorkerUrl(token.start + 1, token.end - 1, url, by)
        if words[place + 1] == ")":
            return
        place, count = place + 2, count + 1
