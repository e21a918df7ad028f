"""References of JavaScript: `import`, `export … from`, `import()`, `new URL(…, import.meta.url)`, the source map.

Where the library of lexers is there, it finds them. Else two ways lead to the same result. The
fast one first finds where a reference could stand (`import`, `from "…"`, `new URL(`), and then only whether those are
places in code: strings, comments, templates and regular expressions are passed over in C, and what comes after the last
such place is not read. Where the characters beside a `/` or a word do not decide what it is, the slow one reads every
token. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from buildassets.compiler.languages.javascript.lexer import LINE_TERMINATORS, NAME_PART, REGEXP, SPACES, Kind, tokens
from buildassets.compiler.languages.javascript.preload_lists import with_preload_lists
from buildassets.compiler.languages.javascript.slash import (
    Doubt,
    before_space,
    begins_word,
    divides,
    is_property,
    may_hold_comment,
)
from buildassets.compiler.languages.javascript.survey import kept_survey
from buildassets.compiler.languages.native.library import Question, asked, numbers_of
from buildassets.compiler.languages.reference import Reference, ReferenceKind
from buildassets.lazy_pattern import lazy_pattern

_SPACE: Final = rf"[{SPACES}{LINE_TERMINATORS}]"
_BLOCK_COMMENT: Final = r"/\*[^*]*+\*++(?:[^/*][^*]*+\*++)*+/"
_LINE_COMMENT: Final = rf"//[^{LINE_TERMINATORS}]*+"
GAP: Final = rf"(?:{_SPACE}++|{_BLOCK_COMMENT}|{_LINE_COMMENT})*+"
_NAME_END: Final = rf"(?!{NAME_PART}|\\)"
STRING: Final = r'(?:"(?:[^"\\\n\r]++|\\(?:\r\n|[\s\S]))*+"|\'(?:[^\'\\\n\r]++|\\(?:\r\n|[\s\S]))*+\')'
_TEMPLATE_TEXT: Final = r"(?:[^`\\$]++|\\[\s\S]|\$(?!\{))*+"
_TEMPLATE: Final = rf"`{_TEMPLATE_TEXT}`"


def _spaced(*parts: str) -> str:
    """A pattern for `parts` with white space and comments between them; a part that is a word must end there."""
    return GAP.join(part + _NAME_END if part.isalpha() else part for part in parts)


_ARGUMENT: Final = rf"(?P<argument>{STRING}|{_TEMPLATE})"
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

# The same as far as it can be asked of any place at no cost: a comment that never ends may stand there a million times.
# What must not stand before a word is asked behind it: a pattern that begins with plain letters is found fast. A string
# that ends where `import` begins makes no sense, and one that holds just this word is common.
_STRING_NEARBY: Final = r"\"[^\"\\\n\r]*+[\"\\]|'[^'\\\n\r]*+['\\]"
_IMPORT: Final = lazy_pattern(rf"import(?<![\w$\"']import)(?={_SPACE}*+(?:\(|{_STRING_NEARBY}|([./])))")
_FROM: Final = lazy_pattern(rf"from(?<![\w$]from)(?={_SPACE}*+(?:{_STRING_NEARBY}|/))")
_NEW: Final = lazy_pattern(rf"new(?<![\w$]new)(?={_SPACE}*+(?:URL|/[/*]))")

# The declarations with which a module begins, as nearly all are written. A text begins in code, and so does what
# follows such a declaration.
_WHITE: Final = r"[ \t\n\r]*+"
_PLAIN_GAP: Final = rf"(?:[ \t\n\r;]++|//[^\n\r\u2028\u2029]*+[\n\r]|{_BLOCK_COMMENT})*+"
_PLAIN_NAME: Final = r"(?!\d)[\w$]++"
_NAMED: Final = r"\{[\w$, \t\n\r]*+\}"
_NAMESPACE: Final = rf"\*{_WHITE}as[ \t\n\r]++{_PLAIN_NAME}"
_IMPORTED: Final = (
    rf"(?:{_PLAIN_NAME}(?:{_WHITE},{_WHITE}(?:{_NAMED}|{_NAMESPACE}))?+|{_NAMED}|{_NAMESPACE}){_WHITE}from(?![\w$])"
)
_EXPORTED: Final = rf"(?:{_NAMED}|{_NAMESPACE}|\*){_WHITE}from(?![\w$])"
_DECLARATION: Final = lazy_pattern(
    rf"\ufeff?{_PLAIN_GAP}(?:import(?![\w$]){_WHITE}(?:{_IMPORTED})?+|export{_WHITE}{_EXPORTED})"
    r"[ \t]*+(?:\"([^\"\\\n\r]*+)\"|'([^'\\\n\r]*+)')"
)
_SOURCE_MAP: Final = lazy_pattern(r"/[/*][#@]\s*sourceMappingURL=(\S*?)\s*(?:(?<=.)\*/)?")

# What may stand before `from` in a declaration, without comments, escapes and names that are strings.
_CLAUSE: Final = lazy_pattern(
    rf"(?:import{_NAME_END}|export{_NAME_END}(?={_WHITE}[{{*]))(?:[{{}},*\s]++|{_PLAIN_NAME})*+"
)
_CLAUSE_WINDOW: Final = 20_000
_LINE_TERMINATOR: Final = lazy_pattern(rf"[{LINE_TERMINATORS}]")
_GAP_PATTERN: Final = lazy_pattern(GAP)
_HASHBANG: Final = lazy_pattern(rf"\ufeff?#![^{LINE_TERMINATORS}]*+")
_COMMENT: Final = lazy_pattern(rf"{_LINE_COMMENT}|{_BLOCK_COMMENT}")
_STRING_PATTERN: Final = lazy_pattern(STRING)
_TEMPLATE_PIECE: Final = lazy_pattern(rf"[`}}]{_TEMPLATE_TEXT}(?:`|\$\{{)")
_REGEXP: Final = lazy_pattern(REGEXP)
_DIVISION: Final = lazy_pattern("/")
# What is passed over alike as a regular expression, and as two divisions with code between them.
_EITHER: Final = lazy_pattern(
    rf"/(?:[^/\\\[\]\"'`{{}}<\-{LINE_TERMINATORS}]++|\\[^/\"'`{{}}{LINE_TERMINATORS}]|[<\-](?![!-]))++/(?![/*]){NAME_PART}*+"
)
# Whole tokens of no interest. A line comment only with its line end: without, it may go on beyond what is looked at.
_TOKENS: Final = rf"{STRING}|{_TEMPLATE}|{_LINE_COMMENT}[{LINE_TERMINATORS}]|{_BLOCK_COMMENT}"
_CODE: Final = lazy_pattern(rf"(?:[^\"'`/]++|{_TOKENS})*+")
_CODE_IN_HOLE: Final = lazy_pattern(rf"(?:[^\"'`/{{}}]++|{_TOKENS})*+")

_SOURCE_MAP_HEAD: Final = lazy_pattern(r"(?://|/\*)[#@]\s*\Z")
_CLOSER: Final = lazy_pattern(r"[\"'`]|\*/")
_COMMENT_WINDOW: Final = 4000  # the same for a comment around it
_PROSE: Final = 80  # and for the words before it
_BEFORE_BINDING: Final = frozenset(("import", "as", "source", "defer", "type"))
_END_OF_COMMENT: Final = lazy_pattern(r"\*/|`|\$\{")
_END_OF_LINE_COMMENT: Final = lazy_pattern(rf"\*/|`|\$\{{|[{LINE_TERMINATORS}]")
_DOTS: Final = (".", "?.")


def scan(text: str) -> list[Reference]:
    """The references in `text`, in text order.

    A specifier counts only where it is a string, or a template without holes, and stands alone as the argument. Of
    comments that name a source map the last counts, and only if no code follows it (ECMA-426, section 11.1.2.1); a
    `data:` URL is no reference. What Vite lists to be loaded ahead is one.
    """
    return [*with_preload_lists(text, _scanned(text))]


def _scanned(text: str) -> list[Reference]:
    source_map = _plainly_named(text)
    survey = kept_survey(text)
    if survey is not None:
        return [*_at_places(text, survey.places, source_map)]
    answer = asked(Question.SCRIPT_PLACES, text, option=int(source_map is None))
    if answer is not None:
        return [*_at_places(text, numbers_of(answer), source_map)]
    try:
        return list(_scan_code_places(text, source_map))
    except Doubt:
        return list(scan_tokens(text))


def scan_tokens(text: str) -> Iterator[Reference]:
    """The references of a script, found by reading every token, which is ten times slower than `scan`."""
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


def references_at(text: str, places: Sequence[int]) -> tuple[Reference, ...]:
    """The references in `text`, which is whole, and of which the survey has the `places`; as `scan` has them."""
    names_map = bool(places) and places[-3] == _COMMENT_AT_END  # they come last
    found = tuple(_at_places(text, places, _plainly_named(text) if names_map else []))
    return tuple(with_preload_lists(text, found))


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


def _scan_code_places(text: str, source_map: list[Reference] | None) -> Iterator[Reference]:
    """The references; `source_map` is what `_plainly_named` gives."""
    hashbang = _HASHBANG.match(text)
    position = hashbang.end() if hashbang else 0
    while match := _DECLARATION.match(text, position):
        start, end = match.span(match.lastindex or 0)
        yield Reference(start, end, text[start:end], ReferenceKind.MODULE)
        position = end + 1
    walk = _Walk(text, position)
    for start, word in _candidates(text, position):
        if not walk.reaches(start):
            continue
        if word not in _FORMS:
            raise Doubt
        if begins_word(text, start) and _is_reference_word(text, start, word):
            yield from _reference(text, word, start)
    yield from _last_source_map(text, walk) if source_map is None else source_map


def _is_reference_word(text: str, start: int, word: str) -> bool:
    """Whether `import`, `from` or `new` at `start` is no property and no field of a class."""
    match = _FORMS[word].match(text, start)
    if not match or word == "new":
        return match is not None
    if match.lastgroup == "argument":
        return not is_property(text, start)
    if _LINE_TERMINATOR.search(text, start, match.start("specifier")):
        raise Doubt  # with a semicolon left out, it may be anything that is named so
    if word == "from" and not _ends_plain_clause(text, start):
        raise Doubt
    return True


def _ends_plain_clause(text: str, start: int) -> bool:
    """Whether the names before the `from` at `start` surely belong to an `import` or `export`."""
    nearby = max(0, start - _CLAUSE_WINDOW)
    begin = max(text.rfind("import", nearby, start), text.rfind("export", nearby, start))
    if begin < 0 or not _CLAUSE.fullmatch(text, begin, start) or not begins_word(text, begin):
        return False
    before = text[before_space(text, begin) - 1 : begin][:1]
    return before not in (".", "/") and not may_hold_comment(text, begin)


def _candidates(text: str, position: int) -> list[tuple[int, str]]:
    """Where a reference may stand from `position` on, and where an HTML-like comment may.

    The next few characters decide that. Of the last places, those that the characters before them rule out are left
    out, since the text would be read up to there for nothing.
    """
    bases = []
    found: list[tuple[int, str]] = []
    for place in _places(text, "import", position, len(text)):  # twice as fast as `finditer`, as an `i` is common
        if match := _IMPORT.match(text, place):
            found.append((place, "import"))
            if match.lastindex:
                bases.append(place)
    if OWN_URL in text:
        bases.append(len(text))
    if bases:
        found += ((match.start(), "new") for match in _NEW.finditer(text, position, bases[-1]))
    froms = [match.start() for match in _FROM.finditer(text, position)]
    if froms and ("import" in text or "export" in text):
        found += ((place, "from") for place in froms if not _follows_prose(text, place))
    found.sort()
    while found and _is_in_comment(text, found[-1][0]):
        found.pop()
    if found:
        end = found[-1][0]
        found += ((place, mark) for mark in ("<!--", "-->") for place in _places(text, mark, position, end))
        found.sort()
    return found


def _follows_prose(text: str, start: int) -> bool:
    """Whether two words that begin no declaration stand before the `from` at `start`, in its line."""
    line = text[max(0, start - _PROSE) : start + 1].splitlines()[-1]
    if "import" in line or "export" in line:
        return False
    words = line.split()[-4:]
    if len(words) < 4 or words[3] != "f" or not words[2].isidentifier():
        return False
    word = words[1].lstrip("\"'`")  # no name follows a string either
    return word.isidentifier() and word not in _BEFORE_BINDING


def _is_in_comment(text: str, place: int) -> bool:
    """Whether what stands shortly before `place` proves that it is in a comment, or in the text of a template.

    Where no string goes on from the line before, a line begins in code, in a comment or in such a text. A comment that
    begins the line is one in code, and changes nothing in the other two. The window may begin in the midst of a line.
    """
    window = text[max(0, place - _COMMENT_WINDOW) : place]
    start, end = window.rfind("\n") + 1, _END_OF_LINE_COMMENT
    if not window[start:].lstrip(" \t").startswith("//"):
        start, end = window.rfind("/*"), _END_OF_COMMENT
    before = window[: max(0, start)].rstrip(" \t")
    if not before.endswith("\n") or before.rstrip("\r\n")[-1:] in ("", "\\"):
        return False
    return not end.search(window, start + 1)


def _places(text: str, mark: str, start: int, end: int) -> Iterator[int]:
    place = text.find(mark, start, end)
    while place >= 0:
        yield place
        place = text.find(mark, place + len(mark), end)


def _may_end_in_comment(text: str) -> bool:
    """Whether the last line that is not blank has what can end in a comment."""
    tail = text[-_COMMENT_WINDOW:].rstrip()
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


def _last_source_map(text: str, walk: "_Walk") -> Iterator[Reference]:
    """The reference to the source map, if `walk` reaches its comment as code. Raises Doubt if not."""
    place = next(place for place in _places_backwards(text, "sourceMappingURL=") if _head_before(text, place))
    comment = _COMMENT.match(text, _head_before(text, place).start())  # type: ignore[union-attr]  # found before
    if not comment or not walk.reaches(comment.start()) or not _SOURCE_MAP.fullmatch(comment[0]):
        raise Doubt  # where it is no such comment after all, one before it may be
    yield from _source_map(comment[0], comment.start())


def _head_before(text: str, place: int) -> re.Match[str] | None:
    """The head of a comment that names the source map, if it stands before `place`."""
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
    """The source map that `comment`, which stands at `start`, names."""
    match = _SOURCE_MAP.fullmatch(comment)
    if match and match[1] and not match[1].startswith("data:"):
        yield Reference(start + match.start(1), start + match.end(1), match[1], ReferenceKind.SOURCE_MAP)


class _Walk:
    """Walks through a text from place to place that is code, over strings, comments and the like."""

    __slots__ = ("_holes", "_position", "_text")

    def __init__(self, text: str, position: int) -> None:
        self._text = text
        self._position = position  # where code is
        self._holes: list[int] = []  # of the templates that are open: how many braces are open in the hole

    def reaches(self, goal: int) -> bool:
        """Walk to `goal` or just beyond it; whether `goal` is in code. Places must be asked for in their order."""
        while self._position < goal:
            code = _CODE_IN_HOLE if self._holes else _CODE
            # The pattern sees nothing from `goal` on: a token that reaches beyond it does not match.
            place = code.match(self._text, self._position, goal).end()  # type: ignore[union-attr]  # matches anywhere
            self._position = place if place == goal else self._end_of_token(place)
        return self._position == goal

    def _end_of_token(self, place: int) -> int:
        character = self._text[place]
        if character == "/":
            return self._end_of_slash(place)
        if character in "\"'":
            return self._end_of(_STRING_PATTERN, place)
        if character == "{":
            self._holes[-1] += 1
            return place + 1
        if character == "}" and self._holes[-1]:
            self._holes[-1] -= 1
            return place + 1
        if character == "}":
            self._holes.pop()
        end = self._end_of(_TEMPLATE_PIECE, place)
        if self._text[end - 1] == "{":
            self._holes.append(0)
        return end

    def _end_of(self, pattern: re.Pattern[str], place: int) -> int:
        match = pattern.match(self._text, place)
        if not match:
            raise Doubt
        return match.end()

    def _end_of_slash(self, place: int) -> int:
        if self._text[place + 1 : place + 2] in ("/", "*"):
            return self._end_of(_COMMENT, place)
        try:
            pattern = _DIVISION if divides(self._text, place) else _REGEXP
        except Doubt:
            pattern = _EITHER
        return self._end_of(pattern, place)
