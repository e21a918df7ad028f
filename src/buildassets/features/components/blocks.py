"""Finds the blocks of components in the text of a template, for a build and for a web process alike. Pure.

Takes a text whose line ends are LF, gives blocks, the templates that `{% components %}` lists, and faults.
"""

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Final, Literal

from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazy_pattern import lazy_pattern

PAGE_KEY: Final = "component page "  # how the keys of pages begin in the `blocks` of a manifest
STYLE: Final = "style"
BEHAVIOUR: Final = "behaviour"
LISTED: Final = "components"
LANGUAGES: Final = {STYLE: ("css", "scss"), BEHAVIOUR: ("js", "ts")}
OF_SIBLINGS: Final = frozenset(language for languages in LANGUAGES.values() for language in languages)
_SKIPPED: Final = r"(?P<skipped>\{%[-+]?\s*(?P<outer>raw|verbatim|comment)\b[^%]*%\})"
# Never goes back: `\s*` on both sides of lazy words would take hours for 10,000 blanks.
_TAG: Final = r"\{%[-+]?\s*(?P<name>style|behaviour|components)\b\s*+(?P<words>(?:[^%{]|%(?!\})|\{(?!%))*+)%\}"
_PATTERN: Final = lazy_pattern(rf"(?P<comment>\{{#)|{_SKIPPED}|{_TAG}")
_WORD: Final = lazy_pattern(
    r"""\s*(?:(?P<text>"[^"]*"|'[^']*'),?|(?P<scoped>scoped\b)|lang=["'](?P<lang>\w+)["'])\s*"""
)
_SYNTAX: Final = lazy_pattern(r"\{[{%#]")
_NEXT: Final = lazy_pattern(r"\{%[-+]?\s*(?:style|behaviour)\b")
MOST_BLOCKS: Final = 100  # of a template: each becomes a file with the lines before it
_LONGEST_LINE: Final = 10_000  # of a comment of Django
_CHARACTER: Final = lazy_pattern(r"[^\n]")
_UNSAFE: Final = lazy_pattern(r"[^a-z0-9]+")


@frozen
class Block:
    """A block: its own span, that of its body, and the words of its tag."""

    kind: str
    outer: tuple[int, int]
    start: int
    end: int
    language: str
    is_scoped: bool = False


@frozen
class BlockFault:
    """A fault of a block, or of its tag, with its span."""

    message: str
    start: int
    end: int
    hint: str


@frozen
class Listed:
    """A name or glob that `{% components %}` lists, with its span."""

    name: str
    start: int
    end: int


@frozen
class Blocks:
    """The blocks of a template, what `{% components %}` lists (None without one), and faults."""

    blocks: tuple[Block, ...] = ()
    listed: tuple[Listed, ...] | None = None
    faults: tuple[BlockFault, ...] = ()


def component_id(template: str) -> str:
    """The value of `data-component` for the component in the template of that name: the same in every build."""
    stem = _UNSAFE.sub("-", template.rpartition("/")[2].partition(".")[0].lower()).strip("-")
    return f"{stem or 'component'}-{sha256(template.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def without_blocks(text: str, blocks: Blocks) -> str:
    """`text` with blanks in place of `blocks`, so that lines and offsets stay."""
    for block in blocks.blocks:
        start, end = block.outer
        text = text[:start] + _CHARACTER.sub(" ", text[start:end]) + text[end:]
    return text


def page_shell(name: str, content: bytes) -> bytes:
    """The content of the template `name` without blocks, which are assets; empty for a style or script next to one."""
    if name.rpartition(".")[2] in OF_SIBLINGS:
        return b""
    text = content.decode("utf-8", "surrogateescape")
    for block in reversed(blocks_of(text, "django").blocks):
        text = text[: block.outer[0]] + text[block.outer[1] :]
    return text.encode("utf-8", "surrogateescape")


def blocks_of(text: str, engine: Literal["jinja", "django"]) -> Blocks:
    """The blocks in `text`, but for those in comments and in raw text."""
    blocks: list[Block] = []
    faults: list[BlockFault] = []
    listed: list[Listed] | None = None
    position = 0
    while tag := _PATTERN.search(text, position):
        position = tag.end()
        if tag["comment"]:
            position = _end_of_comment(text, position, engine)
        elif tag["skipped"]:
            position = _end_of(text, tag["outer"], position)[1]
        elif tag["name"] == LISTED:
            words = [*_words(tag, faults)]
            names = (Listed(word["text"][1:-1], *word.span("text")) for word in words if word["text"])
            listed = [*(listed or ()), *names]
        elif len(blocks) == MOST_BLOCKS:
            faults.append(_too_many(tag))
            break
        elif tag["name"]:
            end, position = _end_of(text, tag["name"], position)
            faults += _body_faults(text, tag, end)
            blocks += _block(tag, (end, position), faults)
    return Blocks(tuple(blocks), None if listed is None else tuple(listed), tuple(faults))


def _end_of_comment(text: str, start: int, engine: str) -> int:
    """The end of a comment; `start` where Django takes it for text, as it is not closed in its line."""
    if engine == "jinja":
        end = text.find("#}", start)
        return len(text) if end < 0 else end + len("#}")
    end = text.find("#}", start, start + _LONGEST_LINE)
    return start if end < 0 or "\n" in text[start:end] else end + len("#}")


def _end_of(text: str, name: str, start: int) -> tuple[int, int]:
    """The span of the tag that closes `name`; an empty one at the end of the text where it is not closed."""
    end = re.compile(rf"\{{%[-+]?\s*end{name}\b[^%]*%\}}").search(text, start)
    return end.span() if end else (len(text), len(text))


def _too_many(tag: re.Match[str]) -> BlockFault:
    message = f"a template may have {MOST_BLOCKS} blocks of styles and scripts, and this one has more"
    hint = "write several styles into one block, or move some to other files"
    return BlockFault(message, tag.start(), tag.end(), hint)


def _body_faults(text: str, tag: re.Match[str], end: int) -> Iterator[BlockFault]:
    name = tag["name"]
    found = _SYNTAX.search(text, tag.end(), end)
    if end == len(text) or (found and _NEXT.match(text, found.start())):  # the tag that closes the next one was found
        hint = f"write `{{% end{name} %}}` after it"
        yield BlockFault(f"`{{% {name} %}}` is not closed", tag.start(), tag.end(), hint)
    elif found:
        message = f"`{found[0]}` in `{{% {name} %}}` is syntax of the template, which a build cannot evaluate"
        hint = "pass values by `data-` attributes or custom properties; to mean the characters, put a blank between"
        yield BlockFault(message, *found.span(), hint)


def _block(tag: re.Match[str], closing: tuple[int, int], faults: list[BlockFault]) -> Iterator[Block]:
    kind = tag["name"]
    words = [*_words(tag, faults)]
    language = next((word["lang"] for word in words if word["lang"]), LANGUAGES[kind][0])
    is_scoped = any(word["scoped"] for word in words)
    wrong = next((word for word in words if word["text"] or (word["scoped"] and kind == BEHAVIOUR)), None)
    if wrong or language not in LANGUAGES[kind]:
        span = wrong.span() if wrong else _span_of_words(tag)
        word = wrong[0].strip() if wrong else f'lang="{language}"'
        faults.append(_unknown_word(word, kind, span))
    yield Block(kind, (tag.start(), closing[1]), tag.end(), closing[0], language=language, is_scoped=is_scoped)


def _words(tag: re.Match[str], faults: list[BlockFault]) -> Iterator[re.Match[str]]:
    """The words of a tag; the first that is none is a fault."""
    position, end = _span_of_words(tag)
    while position < end:
        word = _WORD.match(tag.string, position, end)
        if not word:
            faults.append(_unknown_word(tag.string[position:end], tag["name"], (position, end)))
            return
        yield word
        position = word.end()


def _span_of_words(tag: re.Match[str]) -> tuple[int, int]:
    """The span of the words of a tag, without the sign that strips white space after it."""
    words = tag["words"]
    return tag.start("words"), tag.start("words") + len((words[:-1] if words.endswith(("-", "+")) else words).rstrip())


def _unknown_word(word: str, kind: str, span: tuple[int, int]) -> BlockFault:
    scoped = "`scoped` and " if kind == STYLE else ""
    languages = " or ".join(f'`lang="{language}"`' for language in LANGUAGES.get(kind, ()))
    hint = f"write {scoped}{languages}" if languages else "write names of templates as texts"
    return BlockFault(f"`{{% {kind} %}}` cannot have `{word}`", *span, hint)
