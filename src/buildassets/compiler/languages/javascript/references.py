"""References of JavaScript: `import`, `export … from`, `import()`, `new URL(…, import.meta.url)`, the source map.

The library of lexers finds them where it is there, else the tokens do. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from buildassets.compiler.languages.javascript.lexer import (
    GAP,
    IN_DOUBLE,
    IN_SINGLE,
    IN_TEMPLATE,
    NAME_PART,
    WHOLE_COMMENT,
    Kind,
    tokens,
)
from buildassets.compiler.languages.javascript.survey import ScriptSurvey, kept_survey
from buildassets.compiler.languages.native.library import Question, asked, numbers_of
from buildassets.compiler.languages.reference import Reference, ReferenceKind
from buildassets.foundation.lazy_pattern import lazy_pattern

_NAME_END: Final = rf"(?!{NAME_PART}|\\)"
STRING: Final = rf"(?:\"{IN_DOUBLE}\"|'{IN_SINGLE}')"


def _spaced(*parts: str) -> str:
    """A pattern for `parts` with white space and comments between them; a part that is a word must end there."""
    return GAP.join(part + _NAME_END if part.isalpha() else part for part in parts)


_ARGUMENT: Final = rf"(?P<argument>{STRING}|`{IN_TEMPLATE}`)"
_META_RESOLVE: Final = _spaced("meta", r"\.", "resolve") + "(?P<resolve>)"
_PHASE_OR_RESOLVE: Final = _spaced(r"\.", rf"(?:(?:source|defer){_NAME_END}|{_META_RESOLVE})", "")
OWN_URL: Final = "ASSET_URL_"  # begins the name of what holds a classic script's own URL (see `asset_url`)
_BASE: Final = rf"(?:{_spaced('import', r'[.]', 'meta', r'[.]', 'url')}|{OWN_URL}[0-9a-f]{{12}}){_NAME_END}"
_CALL: Final = rf"(?:{_PHASE_OR_RESOLVE})?+" + _spaced(r"\(", _ARGUMENT, "[,)]")

# How each form of a reference reads from its first word on.
_FORMS: Final = {
    "import": lazy_pattern(_spaced("import", rf"(?:(?P<specifier>{STRING})|{_CALL})")),
    "from": lazy_pattern(_spaced("from", f"(?P<specifier>{STRING})")),
    "new": lazy_pattern(_spaced("new", "URL", r"\(", _ARGUMENT, ",", _BASE, "[,)]")),
}

# The sorts of places in the library: references of these kinds by their numbers, and comments that may name the map.
_KINDS: Final = (ReferenceKind.MODULE, ReferenceKind.LATER, ReferenceKind.RESOLVED, ReferenceKind.URL)
_COMMENT_AT_END: Final = len(_KINDS)

_SOURCE_MAP: Final = lazy_pattern(r"/[/*][#@]\s*sourceMappingURL=(\S*?)\s*(?:(?<=.)\*/)?")

_GAP_PATTERN: Final = lazy_pattern(GAP)
_COMMENT: Final = lazy_pattern(WHOLE_COMMENT)
_SOURCE_MAP_HEAD: Final = lazy_pattern(r"(?://|/\*)[#@]\s*\Z")
_CLOSER: Final = lazy_pattern(r"[\"'`]|\*/")
_TAIL: Final = 4000  # characters at the end of a text in which its last line is looked for
_DOTS: Final = (".", "?.")
_NEEDED: Final = ("import", "export", OWN_URL)  # no reference but to the source map has none of these

# The lists of files that Vite writes into a chunk, which it loads ahead with the modules that `import()` names. They
# are relative to the chunk where Vite's `base` is: then each is a reference. With another base they are names below
# it, which a script joins with it when it runs.
_VITE_MARK: Final = "__vite__mapDeps"
_VITE_ITEM: Final = r"(?:\"[^\"\\\n\r]*\"|'[^'\\\n\r]*'|`[^`\\$]*`)"
_VITE_LIST: Final = rf"\[\s*({_VITE_ITEM}(?:\s*,\s*{_VITE_ITEM})*)\s*\]"
_VITE_ITEMS: Final = lazy_pattern(_VITE_ITEM)
_VITE_NAME: Final = r"[\w$]+"
# Since Vite 5.1 it begins the chunk; what begins a text is code.
_VITE_AT_START: Final = lazy_pattern(
    rf"\ufeff?(?:#![^\n\r]*)?\s*(?:const|let|var)\s+{_VITE_MARK}\s*=\s*\(({_VITE_NAME}),\s*({_VITE_NAME})\s*=\s*{_VITE_MARK},\s*{_VITE_NAME}\s*=\s*"
    rf"\(?\s*\2\.f\s*\|\|\s*\(\s*\2\.f\s*=\s*{_VITE_LIST}\s*\)"
)
# Before that it follows the import: `load(() => import("./a.js"), ["./a.js", "./a.css"], import.meta.url)`.
_VITE_BESIDE_IMPORT: Final = lazy_pattern(rf"[\"'`]\s*\)\s*,\s*{_VITE_LIST}\s*,\s*import\.meta\.url\s*\)")


def scan(text: str) -> list[Reference]:
    """The references in `text`, in text order.

    A specifier counts only where it is a string, or a template without holes, and stands alone as the argument. Of
    comments that name a source map the last counts, and only if no code follows it (ECMA-426, section 11.1.2.1); a
    `data:` URL is not a reference. What Vite lists to be loaded ahead is one.
    """
    return [*_with_preload_lists(text, _scanned(text))]


def _scanned(text: str) -> list[Reference]:
    source_map = _plainly_named(text)
    survey = kept_survey(text)
    if survey is not None:
        return [*_at_places(text, survey.places, source_map)]
    answer = asked(Question.SCRIPT_PLACES, text, option=int(source_map is None))
    if answer is not None:
        return [*_at_places(text, numbers_of(answer), source_map)]
    if source_map is not None and not any(word in text for word in _NEEDED):
        return source_map
    return list(scan_tokens(text))


def scan_tokens(text: str) -> Iterator[Reference]:
    """The references of a script, found by reading every token."""
    previous = ""
    in_clause = False  # between `import` or `export` and its `from`
    in_braces = False  # of a clause, where `import` and `export` are names
    source_maps: list[Reference] = []
    for kind, start, end in tokens(text):
        if kind == Kind.COMMENT and _SOURCE_MAP.fullmatch(text, start, end):
            source_maps = list(_source_map(text[start:end], start))
        if kind < Kind.NAME:
            continue
        source_maps = []
        word = text[start:end] if kind in (Kind.NAME, Kind.PUNCTUATOR) else kind.name
        may_refer = word in _FORMS and previous not in _DOTS and (in_clause or word != "from")
        if may_refer and not (word == "import" and text[start - 1 : start] in ("'", '"')):  # that is of no program
            yield from _reference(text, word, start)
        if previous not in _DOTS and word in ("import", "export") and not in_braces:
            in_clause = True
        elif in_clause:
            in_clause = _continues_clause(kind, word, "" if in_braces else previous)
        in_braces = in_clause and (word == "{" or (in_braces and word != "}"))
        previous = word
    plainly_named = _plainly_named(text)
    yield from source_maps if plainly_named is None else plainly_named


def _at_places(text: str, places: Sequence[int], source_map: list[Reference] | None) -> Iterator[Reference]:
    """The references at the places that the library found; `source_map` is what `_plainly_named` gives."""
    each = iter(places)
    comments: list[tuple[int, int]] = []
    for sort, start, end in zip(each, each, each, strict=True):
        if sort == _COMMENT_AT_END:
            comments.append((start, end))
        elif (url := unescaped(text[start:end])) is not None:
            yield Reference(start, end, url, _KINDS[sort])
    if source_map is not None:
        yield from source_map
        return
    for start, end in reversed(comments):
        if _SOURCE_MAP.fullmatch(text, start, end):
            yield from _source_map(text[start:end], start)
            return


def references_in(text: str, survey: ScriptSurvey) -> tuple[Reference, ...]:
    """The references in `text`, which is whole, and of which that is the `survey`; as `scan` has them."""
    places = survey.places
    names_map = bool(places) and places[-3] == _COMMENT_AT_END  # they come last
    found = tuple(_at_places(text, places, _plainly_named(text) if names_map else []))
    return tuple(_with_preload_lists(text, found))


def _continues_clause(kind: Kind, word: str, previous: str) -> bool:
    if previous == "export":
        return word in ("{", "*")
    if kind == Kind.STRING:
        return previous != "from"
    return kind == Kind.NAME or word in ("{", "}", ",", "*")


def _reference(text: str, word: str, start: int) -> Iterator[Reference]:
    """The reference that begins with `word` at `start`, if one does."""
    match = _FORMS[word].match(text, start)
    if not match:
        return
    first, last = match.span(match.lastgroup or 0)
    url = unescaped(text[first + 1 : last - 1])
    if url is not None:
        yield Reference(first + 1, last - 1, url, _kind(word, match))


def _kind(word: str, match: re.Match[str]) -> ReferenceKind:
    if word == "new":
        return ReferenceKind.URL
    if match.lastgroup == "specifier":
        return ReferenceKind.MODULE
    return ReferenceKind.LATER if match["resolve"] is None else ReferenceKind.RESOLVED


_ESCAPE: Final = lazy_pattern(
    r"\\(?:u\{([\da-fA-F]++)\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|([0-3]?[0-7]{1,2})|(\r\n|[\s\S]))"
)
_SINGLE_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}


def unescaped(raw: str) -> str | None:
    """The value of a string literal (ECMA-262, 12.9.4.2); None where an escape means nothing."""
    if "\\" not in raw:
        return raw
    try:
        value = _ESCAPE.sub(_escaped_character, raw)
    except (ValueError, OverflowError):
        return None
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _escaped_character(escape: re.Match[str]) -> str:
    code_point, unit, byte, octal, other = escape.groups()
    if octal:
        return chr(int(octal, 8))
    if other is None:
        return chr(int(code_point or unit or byte, 16))
    if other in "ux":
        raise ValueError
    return "" if other[0] in "\n\r\u2028\u2029" else _SINGLE_ESCAPES.get(other, other)


def _may_end_in_comment(text: str) -> bool:
    """Whether the last line that is not blank has what can end in a comment."""
    tail = text[-_TAIL:].rstrip()
    line_start = tail.rfind("\n") + 1
    return not line_start or "//" in tail[line_start:] or "*/" in tail[line_start:] or tail.endswith("\ufeff")


def _plainly_named(text: str) -> list[Reference] | None:
    """The source map that the text names, as far as that shows without reading it from the start; None if it does not.

    A comment that fills the last line and ends nothing else is one whatever is unclosed before it.
    """
    if not _may_end_in_comment(text):
        return []
    for place in _places_backwards(text, "sourceMappingURL="):
        head = _head_before(text, place)
        if not head:
            continue
        if text.startswith("data:", place + len("sourceMappingURL=")):
            return []
        comment = _COMMENT.match(text, head.start())
        if not comment:
            return None
        if _GAP_PATTERN.match(text, comment.end()).end() < len(text):  # type: ignore[union-attr]  # matches anywhere
            return []
        return [*_source_map(comment[0], comment.start())] if _is_plainly_a_comment(text, comment) else None
    return []


def _head_before(text: str, place: int) -> re.Match[str] | None:
    """The head of a comment that names the source map, if it is before `place`."""
    return _SOURCE_MAP_HEAD.search(text, max(0, place - 64), place)


def _places_backwards(text: str, mark: str) -> Iterator[int]:
    place = text.rfind(mark)
    while place >= 0:
        yield place
        place = text.rfind(mark, 0, place)


def _is_plainly_a_comment(text: str, comment: re.Match[str]) -> bool:
    """Whether `comment` names the map, fills the last line and has nothing that could end a string or the like."""
    begins_line = not comment.start() or text[comment.start() - 1] in "\n\r"
    is_last = begins_line and not text[comment.end() :].strip()
    return is_last and not _CLOSER.search(comment[0], 2) and bool(_SOURCE_MAP.fullmatch(comment[0]))


def _source_map(comment: str, start: int) -> Iterator[Reference]:
    """The source map that `comment`, which is at `start`, names."""
    match = _SOURCE_MAP.fullmatch(comment)
    if match and match[1] and not match[1].startswith("data:"):
        yield Reference(start + match.start(1), start + match.end(1), match[1], ReferenceKind.SOURCE_MAP)


def _with_preload_lists(text: str, references: Sequence[Reference]) -> Sequence[Reference]:
    """`references`, which are those of `text`, with the elements of Vite's lists, in text order."""
    found = [*_at_start(text), *_beside_imports(text, references)]
    return sorted((*references, *found), key=lambda one: one.start) if found else references


def _at_start(text: str) -> Iterator[Reference]:
    match = _VITE_AT_START.match(text) if _VITE_MARK in text else None
    if match:
        yield from _listed(text, *match.span(3))


def _beside_imports(text: str, references: Sequence[Reference]) -> Iterator[Reference]:
    for reference in references:
        if reference.kind is ReferenceKind.LATER and (match := _VITE_BESIDE_IMPORT.match(text, reference.end)):
            yield from _listed(text, *match.span(1))


def _listed(text: str, start: int, end: int) -> Iterator[Reference]:
    for item in _VITE_ITEMS.finditer(text, start, end):
        url = item[0][1:-1]
        if url.startswith(("./", "../")):
            yield Reference(item.start() + 1, item.end() - 1, url, ReferenceKind.URL)
