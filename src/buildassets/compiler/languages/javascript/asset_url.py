"""`ASSET_URL("img/logo.svg")` in scripts: the full URL of an asset, whatever host and prefix the script comes from.

Propshaft's `RAILS_ASSET_URL("near.svg")` is the same with another rule: its path is relative to the script's folder,
and one that begins with a slash is a logical path. Either call becomes `new URL("../img/logo.svg", BASE).href` with the
script's own URL as its base, and so a reference like any other. A module knows that URL at any time; a classic script
only while it first runs, so its first statement keeps it in a global property named after the asset. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from buildassets.compiler.languages.edits import Edit, edited, in_order, origins
from buildassets.compiler.languages.javascript import references as js
from buildassets.compiler.languages.javascript.lexer import Kind, begins_anew, reads_as_module, tokens
from buildassets.compiler.languages.javascript.survey import kept_survey
from buildassets.compiler.languages.reference import Reference
from buildassets.foundation.digest import digest, fingerprint
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.paths import LogicalPath, quoted, split_url

NAME: Final = "ASSET_URL"
PROPSHAFT_NAME: Final = "RAILS_ASSET_URL"
# `this` is the global object at the top of a classic script, whatever is declared there. A module has none, so that one
# taken for a classic script fails at once. In a worker there is no document; in a page, an inline script has no `src`.
_OWN_URL: Final = "this.{}=this.document?document.currentScript.src||document.baseURI:location.href;"
_DOTS: Final = (".", "?.")
_MAKERS: Final = ("function", "*", "class", "new", "get", "set", "async", "static")  # what makes it no plain call
_DECLARERS: Final = ("var", "let", "const", "class", "function")
_MESSAGE: Final = "`{}` takes one string that names an asset"
_HINT: Final = 'write `{}("img/logo.svg")`'
_NOT_COMPUTED: Final = "; what is computed cannot be followed"


class CallFault(NamedTuple):
    """Why a call cannot be replaced: what is at `start:end`."""

    start: int
    end: int
    message: str
    hint: str


@frozen
class AssetUrls:
    """The edits that replace the calls of a script, in text order; or else what is wrong with some.

    `calls` are the places of the name in each of them.
    """

    edits: tuple[Edit, ...] = ()
    faults: tuple[CallFault, ...] = ()
    calls: tuple[tuple[int, int], ...] = ()


def find_asset_urls(text: str, logical: LogicalPath) -> AssetUrls:
    """The calls in `text`, the script of the asset `logical`.

    A text that uses the name otherwise, as one that declares it does, has a meaning of its own for it: then there are
    none. Nor are there in a text that is not a script.
    """
    survey = kept_survey(text)
    if not (survey.may_have_asset_urls if survey else NAME in text):  # which is in the other one, too
        return AssetUrls()
    by_name = [_found(text, logical, name) for name in (NAME, PROPSHAFT_NAME) if name in text]
    return _together([one for one in by_name if one.calls])


def _together(found: Sequence[AssetUrls]) -> AssetUrls:
    """The edits and faults for both names; an edit that keeps the script's URL is made once."""
    if len(found) < 2:
        return found[0] if found else AssetUrls()
    edits = in_order(dict.fromkeys(edit for one in found for edit in one.edits))
    faults = tuple(dict.fromkeys(fault for one in found for fault in one.faults))
    calls = tuple(sorted(call for one in found for call in one.calls))
    return AssetUrls((), faults, calls) if faults else AssetUrls(tuple(edits), calls=calls)


def _found(text: str, logical: LogicalPath, name: str) -> AssetUrls:
    """The calls of one name."""
    is_module = logical.endswith(".mjs") or reads_as_module(text)
    code = _code(text, is_module=is_module)
    places = [place for place, word in enumerate(code) if word.text == name and _is_free(code, place)]
    closers = _closers(code) if places else {}
    calls = [call for place in places if (call := _Call.read(code, place, closers))]
    if not calls or len(calls) < len(places) or any(word.kind is Kind.BAD for word in code):
        return AssetUrls()
    names = tuple((call.name.start, call.name.end) for call in calls)
    faults = [*_declared(code), *(fault for call in calls if (fault := call.fault()))]
    if faults:
        return AssetUrls(faults=tuple(faults), calls=names)
    if is_module:
        return AssetUrls(tuple(edit for call in calls for edit in call.edits(logical, "import.meta.url")), calls=names)
    variable = own_url(logical)
    edits = [_start(code, variable), *(edit for call in calls for edit in call.edits(logical, variable))]
    return AssetUrls(tuple(in_order(edits)), calls=names)


def own_url(logical: LogicalPath) -> str:
    """The variable that holds the URL of the classic script `logical` in it."""
    return js.OWN_URL + fingerprint(digest(logical.encode("utf-8", "surrogateescape")))


def scan_written(text: str, logical: LogicalPath) -> list[Reference]:
    """The references in a script as written, those of its calls among them, in their places there."""
    edits = find_asset_urls(text, logical).edits
    found = js.scan(edited(text, edits))
    places = origins(((one.start, one.end) for one in found), edits)
    return [replace(one, start=start, end=end) for one, (start, end) in zip(found, places, strict=True)]


class _Word(NamedTuple):
    """A token of code, and whether a line end is between it and the code before it."""

    kind: Kind
    text: str
    start: int
    end: int
    on_new_line: bool


def _code(text: str, *, is_module: bool) -> list[_Word]:
    """The tokens of `text` without space and comments, each with whether it begins a line."""
    words: list[_Word] = []
    on_new_line = True
    for kind, start, end in tokens(text, module=is_module):
        if kind >= Kind.NAME:
            words.append(_Word(kind, text[start:end], start=start, end=end, on_new_line=on_new_line))
            on_new_line = False
        elif kind is Kind.LINE_END or "\n" in text[start:end]:
            on_new_line = True
    return words


def _closers(code: list[_Word]) -> dict[int, int]:
    """The place of each closing bracket by the place of the one that it closes, whatever their kinds."""
    closers: dict[int, int] = {}
    opened: list[int] = []
    for place, word in enumerate(code):
        if word.text in ("(", "[", "{"):
            opened.append(place)
        elif word.text in (")", "]", "}") and opened:
            closers[opened.pop()] = place
    return closers


def _text(code: list[_Word], place: int) -> str:
    return code[place].text if 0 <= place < len(code) else ""


def _is_free(code: list[_Word], place: int) -> bool:
    """Whether the name is not a property: neither `a.ASSET_URL` nor `{ ASSET_URL: 1 }`."""
    if _text(code, place - 1) in _DOTS:
        return False
    return not (_text(code, place + 1) == ":" and _text(code, place - 1) in ("{", ","))


class _Call(NamedTuple):
    """A call: its name, the first words in its parentheses (three, so that more than one argument shows), their end."""

    name: _Word
    arguments: tuple[_Word, ...]
    closer: _Word

    @classmethod
    def read(cls, code: list[_Word], place: int, closers: Mapping[int, int]) -> "_Call | None":
        """The call that begins at `place`, if one does."""
        if _text(code, place + 1) != "(" or _text(code, place - 1) in _MAKERS:
            return None
        end = closers.get(place + 1)
        if end is None or (_text(code, end + 1) == "{" and not code[end + 1].on_new_line):
            return None  # unclosed, or a method
        return cls(code[place], tuple(code[place + 2 : min(end, place + 5)]), code[end])

    def _literal(self) -> _Word | None:
        """The only argument, where that is a string or a template without holes."""
        first, *others = self.arguments or (self.closer,)
        is_literal = first.kind is Kind.STRING or (first.kind is Kind.TEMPLATE and first.text.endswith("`"))
        return first if is_literal and [word.text for word in others] in ([], [","]) else None

    def fault(self) -> CallFault | None:
        """The fault of the argument."""
        literal = self._literal()
        if literal is None:
            hint = _HINT.format(self.name.text) + _NOT_COMPUTED
            return CallFault(self.name.start, self.name.end, _MESSAGE.format(self.name.text), hint)
        value = js.unescaped(literal.text[1:-1])
        if value is not None and _names_asset(value):
            return None
        message, hint = _MESSAGE.format(self.name.text), _HINT.format(self.name.text)
        return CallFault(literal.start + 1, literal.end - 1, message, hint)

    def edits(self, logical: LogicalPath, base: str) -> Iterator[Edit]:
        """The edits that turn the call into `new URL(…, base).href`, which is a reference."""
        literal = self._literal()
        assert literal
        yield Edit(self.name.start, self.name.end, "new URL")
        value = js.unescaped(literal.text[1:-1]) or ""
        if not value.startswith(("./", "../")):
            is_beside = self.name.text == PROPSHAFT_NAME and not value.startswith("/")
            base_folder = "./" if is_beside else "../" * logical.count("/")
            yield Edit(literal.start + 1, literal.end - 1, quoted(base_folder + value.removeprefix("/")))
        yield Edit(literal.end, self.closer.end, f",{base}).href")


def _names_asset(value: str) -> bool:
    if not value.isascii() and value.encode("utf-8", "ignore").decode("utf-8") != value:
        return False  # half a surrogate pair
    path = split_url(value)[0]
    is_elsewhere = path.startswith(("//", "\\")) or ":" in path.partition("/")[0]
    return not is_elsewhere and path[path.rfind("/") + 1 :] not in ("", ".", "..")


def _declared(code: list[_Word]) -> Iterator[CallFault]:
    """A fault for each declaration of `URL`: the calls become `new URL(…)`, which needs the browser's."""
    for place, word in enumerate(code):
        if word.text == "URL" and _text(code, place - 1) in _DECLARERS and _text(code, place - 2) not in _DOTS:
            message = f"`URL` is declared in a script that calls `{NAME}`, which needs the browser's"
            yield CallFault(word.start, word.end, message, "give it another name")


def _start(code: list[_Word], variable: str) -> Edit:
    """Where the first statement begins, behind the directives (ECMA-262, section 11.2.1): what keeps the URL."""
    place = 0
    while code[place].kind is Kind.STRING and _ends_directive(code, place + 1):
        place += 1 + (_text(code, place + 1) == ";")
    if not place:
        return Edit(code[0].start, code[0].start, _OWN_URL.format(variable))
    end = code[place - 1].end
    semicolon = "" if code[place - 1].text == ";" else ";"
    return Edit(end, end, semicolon + _OWN_URL.format(variable))


def _ends_directive(code: list[_Word], place: int) -> bool:
    following = code[place]  # there is one: the call
    return following.text == ";" or (following.on_new_line and begins_anew(following.kind, following.text))
