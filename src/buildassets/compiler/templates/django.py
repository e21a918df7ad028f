"""Finds the assets that Django templates name. Django's own lexer and filter expressions read them; none is rendered.

Tags are read one by one, so that tags of unknown libraries do not matter. Takes texts whose line ends are LF, gives
readings. Imports Django, and needs no settings.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.template import Context, defaultfilters
from django.template.base import FilterExpression, Lexer, Parser, Token, TokenType
from django.template.exceptions import TemplateSyntaxError

from buildassets.compiler.templates.names import (
    HELPERS,
    JAMMIT,
    OF_EACH,
    PIPELINE,
    NamingRule,
    Possible,
    Reading,
    Span,
    TemplateFault,
    Use,
    WrittenName,
    widths_in,
)
from buildassets.foundation.frozen import field, frozen
from buildassets.foundation.lazy_pattern import lazy_pattern

_LIBRARIES: Final[Mapping[str, Mapping[str, NamingRule]]] = {
    "buildassets": HELPERS,
    "jammit": JAMMIT,
    "pipeline": PIPELINE,
    "static": {"static": NamingRule.STATIC},
    "staticfiles": {"static": NamingRule.STATIC},  # its name before Django 3
    "admin_static": {"static": NamingRule.STATIC},
}
_LIBRARY_FILTERS: Final[Mapping[str, Mapping[str, NamingRule]]] = {
    "buildassets": {"asset": NamingRule.EXACT, "integrity": NamingRule.EXACT},
}
_KEYWORDS: Final = {
    **dict.fromkeys(
        (NamingRule.EXACT, NamingRule.ICON, NamingRule.PACKAGE_OF_SHEETS, NamingRule.PACKAGE_OF_SCRIPTS), ("name",)
    ),
    NamingRule.CSS_MODULE: ("module",),
    NamingRule.OWN: ("name", "filename", "path"),
    NamingRule.STATIC: ("path",),
}
_KEYWORD: Final = lazy_pattern(r"(\w+)=(.+)", re.DOTALL)
_QUOTED: Final = lazy_pattern(r'"[^"\\]*(?:\\.[^"\\]*)*"|\'[^\'\\]*(?:\\.[^\'\\]*)*\'', re.DOTALL)
_VARYING: Final = ("random", "timesince", "timeuntil")  # filters whose result differs each time
_WORD: Final = lazy_pattern(r"\S+")
_TAG_CLOSERS: Final = {"{%": "%}", "{{": "}}", "{#": "#}"}
_TAG_OPENER: Final = lazy_pattern(r"\{[%{#]")
_OPENS: Final = ("with", "for", "blocktranslate", "blocktrans")
_RENDERED_AT_MOST: Final = 200  # parts of a page: they may name one another with other values each time
_CLOSES: Final = tuple(f"end{tag}" for tag in _OPENS)


@frozen
class _Page:
    """The tokens of a page, those of each part by its name, and the tags of parts that are not closed.

    Django has parts, `{% partialdef %}`, from 6.0 on, and django-template-partials for older ones. A part is rendered
    where `{% partial %}` names it, with the variables of that place, and perhaps by a view alone.
    """

    tokens: Sequence[Token] = ()
    parts: Mapping[str, Sequence[Token]] = field(default_factory=dict)
    unclosed: tuple[Token, ...] = ()


class DjangoReader:
    """Reads templates.

    `functions` are tags and filters of the project's own. `builtins` are the modules of tag libraries that every
    template has, as in Django's option of that name.
    """

    imported: Collection[str] = ()  # no template has names of another

    def __init__(self, functions: Iterable[str], builtins: Iterable[str] = ()) -> None:
        self._functions = dict.fromkeys(functions, NamingRule.OWN)
        self._builtins = ["static", *(module.rpartition(".")[2] for module in builtins)]

    def read(self, text: str) -> Reading:
        """The names in the template `text`."""
        visitor = _Visitor(text, self._builtins, self._functions)
        visitor.run()
        return Reading(
            tuple(visitor.uses), tuple(visitor.unchecked), tuple(visitor.faults), tuple(visitor.computed_icons)
        )


class _Filters(Parser):
    """The parser that a FilterExpression needs to look up filters; it knows Django's own."""

    def find_filter(self, name: str) -> Callable[..., Any]:
        """The filter with that name; for an unknown name, one that raises when it is called."""
        known: Callable[..., Any] | None = defaultfilters.register.filters.get(name)
        return known if known is not None and name not in _VARYING else _Unknown(name)


class _Unknown:
    """A filter of an unknown library, which cannot be evaluated."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, value: object, argument: object = None) -> object:
        raise TemplateSyntaxError(f"filter `{self.name}` is not known here")


class _Visitor:
    """Goes through the tokens of one template and collects uses, unchecked spans and faults."""

    def __init__(self, text: str, builtins: list[str], functions: Mapping[str, NamingRule]) -> None:
        self.uses: list[Use] = []
        self.unchecked: list[Span] = []
        self.computed_icons: list[Span] = []
        self.faults: list[TemplateFault] = []
        self._text = text
        self._functions = functions
        self._tags = dict(functions)
        self._filters = dict(functions)
        self._load(builtins)
        self._parser = _Filters([])
        self._bound: dict[str, Possible] = {}
        # For each open scope, the names that it has bound and their values before.
        self._scopes: list[list[tuple[str, Possible | None]]] = []
        # The names of parts, each with what is bound where it is named.
        self._named: list[tuple[str, dict[str, Possible]]] = []

    def run(self) -> None:
        """Read the page, and then its parts, each with what is bound at the places that name it."""
        page = _taken_apart(self._tokens())
        for opening in page.unclosed:
            self.faults.append(TemplateFault("`{% partialdef %}` is not closed", _start_of(opening, self._text)))
        self._read(page.tokens)
        done: list[tuple[str, dict[str, Possible]]] = []
        self._read_parts(page, done)
        for name in page.parts:
            if name not in (known for known, _ in done):  # only views and other templates name it
                self._named.append((name, {}))
                self._read_parts(page, done)
        self.uses = list(dict.fromkeys(self.uses))

    def _read_parts(self, page: _Page, done: list[tuple[str, dict[str, Possible]]]) -> None:
        """Read the parts that are named, those that these name, and so on; what is read is added to `done`."""
        while self._named and len(done) < _RENDERED_AT_MOST:
            named = self._named.pop(0)
            if named not in done:
                done.append(named)
                self._bound, self._scopes = dict(named[1]), []
                self._read(page.parts.get(named[0], ()))

    def _tokens(self) -> Iterator[Token]:
        """The tags and variables outside of comments."""
        lexer = Lexer(self._text)
        comment: Token | None = None
        for span in tags(self._text):
            token = lexer.create_token(self._text[slice(*span)], span, 0, in_tag=True)
            if comment:
                comment = None if token.contents == "endcomment" else comment
            elif token.token_type is TokenType.BLOCK and token.contents.split()[:1] == ["comment"]:
                comment = token
            elif token.token_type is TokenType.VAR or (token.token_type is TokenType.BLOCK and token.contents):
                yield token
        if comment:
            self.faults.append(TemplateFault("`{% comment %}` is not closed", _start_of(comment, self._text)))
        elif lexer.verbatim:
            self.faults.append(TemplateFault("`{% verbatim %}` is not closed", self._text.rindex("verbatim")))

    def _read(self, tokens: Iterable[Token]) -> None:
        for token in tokens:
            if token.token_type is TokenType.VAR:
                self._expression(token.contents, _start_of(token, self._text))
            else:
                self._tag(token)

    def _tag(self, token: Token) -> None:
        try:
            name, *bits = _placed_bits(token.split_contents(), token, self._text)
        except StopIteration:  # raised by Django for an unclosed `_("`
            self.faults.append(TemplateFault("a text in `_(…)` is not closed", _start_of(token, self._text)))
            return
        tag = name[0]
        if tag == "load":
            self._load([bit for bit, _ in bits])
            return
        if tag == "partial" and bits:
            self._named.append((bits[0][0], dict(self._bound)))
        for bit, start in bits:
            self._expression(*_value(bit, start))
        rule = self._tags.get(tag)
        if rule is not None:
            self._call(rule, name[1], bits)
        self._bind(tag, bits)

    def _load(self, bits: list[str]) -> None:
        """Load the tags of known libraries. A name that is loaded from an unknown one is forgotten."""
        if len(bits) >= 3 and bits[-2] == "from":
            _take(self._tags, _LIBRARIES.get(bits[-1], {}), set(bits[:-2]) - self._functions.keys())
            _take(self._filters, _LIBRARY_FILTERS.get(bits[-1], {}), set(bits[:-2]) - self._functions.keys())
            return
        for library in bits:
            self._tags |= {**_LIBRARIES.get(library, {}), **self._functions}
            self._filters |= {**_LIBRARY_FILTERS.get(library, {}), **self._functions}

    def _call(self, rule: NamingRule, start: int, bits: list[tuple[str, int]]) -> None:
        if len(bits) >= 2 and bits[-2][0] == "as":
            bits = bits[:-2]
        word = _WORD.match(self._text, start)
        span = (start, word.end() if word else start)
        given = {match[1]: _value(bit, at) for bit, at in bits if (match := _KEYWORD.fullmatch(bit))}
        positional = [(bit, at) for bit, at in bits if not _KEYWORD.fullmatch(bit)]
        if rule in OF_EACH:
            for expression in positional:
                self._note(OF_EACH[rule], self._possible(*expression), span)
            return
        argument = positional[0] if positional else next((given[key] for key in _KEYWORDS[rule] if key in given), None)
        if argument is not None:
            others = positional[1:] if rule is NamingRule.CSS_MODULE else []
            classes = [text for one in others for text in self._possible(*one).texts]
            self._note(rule, self._possible(*argument), span, classes, widths=_widths(given.get("widths")))

    def _note(
        self,
        rule: NamingRule,
        argument: Possible,
        span: Span,
        classes: Iterable[WrittenName] = (),
        *,
        widths: tuple[int, ...] = (),
    ) -> None:
        self.uses += (Use(written, rule, tuple(classes), widths) for written in argument.texts)
        if not argument.complete:
            self.unchecked.append(span)
            self.computed_icons += [span] if rule is NamingRule.ICON else []

    def _expression(self, expression: str, start: int) -> None:
        """Note the names that `expression` passes to filters, as in `"a.css"|asset`."""
        if "|" not in expression:
            return
        bare = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), expression)
        for name, rule in self._filters.items():
            if use := re.search(rf"\|\s*({re.escape(name)})\b", bare):
                span = (start + use.start(1), start + use.end(1))
                self._note(rule, self._possible(expression[: use.start()], start), span)

    def _possible(self, expression: str, start: int) -> Possible:
        """The possible values of an expression: of a constant with its filters, or of a variable bound to one."""
        try:
            parsed = FilterExpression(expression, self._parser)
            if parsed.is_var:
                bound = self._bound.get(str(parsed.var.var), Possible())
                return bound if not parsed.filters else Possible()
            is_text = expression.startswith(('"', "'"))
            value = str(parsed.resolve(Context())) if is_text else None
        except Exception:  # it is no expression, or a filter fails, perhaps for want of settings
            return Possible()
        if value is None:
            return Possible()
        literal = _QUOTED.match(expression)
        end = start + (literal.end() if literal else len(expression)) - 1
        return Possible((WrittenName(value, start + 1, end),), complete=True)

    def _bind(self, tag: str, bits: list[tuple[str, int]]) -> None:
        """Bind the names of `{% with %}`, and forget names that other tags bind."""
        if tag in _CLOSES:
            self._leave()
            return
        if tag in _OPENS:
            self._scopes.append([])
        if tag == "for":
            for bit, _ in bits:
                self._name(bit.strip(","), None)
        elif tag == "with":
            named = [(name, self._possible(*value)) for name, value in _with_names(bits)]
            for name, value in named:
                self._name(name, value)
        elif len(bits) >= 2 and bits[-2][0] == "as":
            self._name(bits[-1][0], None)

    def _name(self, name: str, value: Possible | None) -> None:
        """Bind `name` to `value` in the innermost scope; None is an unknown value."""
        if self._scopes:
            self._scopes[-1].append((name, self._bound.get(name)))
        self._set(name, value)

    def _set(self, name: str, value: Possible | None) -> None:
        if value is None:
            self._bound.pop(name, None)
        else:
            self._bound[name] = value

    def _leave(self) -> None:
        """Close the innermost scope. If none is open, forget all names."""
        if not self._scopes:
            self._bound.clear()
            return
        for name, value in reversed(self._scopes.pop()):
            self._set(name, value)


def _widths(given: tuple[str, int] | None) -> tuple[int, ...]:
    """The widths of a picture in an expression that is a constant: a number, or a text such as `"480, 960"`."""
    return widths_in(given[0].strip("\"'")) if given else ()


def tags(text: str) -> Iterator[Span]:
    """The spans of the tags of `text`, the same as by Django's pattern: each tag closed in its line.

    Done in linear time: Django's pattern searches the rest of the line again for each unclosed opener.
    """
    closers = dict.fromkeys((*_TAG_CLOSERS.values(), "\n"), -1)  # the position of the next one of each

    def following(closer: str, start: int) -> int:
        if closers[closer] < start:
            place = text.find(closer, start)
            closers[closer] = place if place >= 0 else len(text)
        return closers[closer]

    position = 0
    while opener := _TAG_OPENER.search(text, position):
        closer = _TAG_CLOSERS[opener[0]]
        end = following(closer, opener.end())
        is_closed = end < following("\n", opener.end()) and end < len(text)
        position = end + len(closer) if is_closed else opener.start() + 1
        if is_closed:
            yield opener.start(), position


def _take(known: dict[str, NamingRule], library: Mapping[str, NamingRule], names: Iterable[str]) -> None:
    """Let each of `names` mean what it means in `library`; a name that is not in it is removed from `known`."""
    for name in names:
        known.pop(name, None)
        if name in library:
            known[name] = library[name]


def _with_names(bits: list[tuple[str, int]]) -> Iterator[tuple[str, tuple[str, int]]]:
    """The names that `{% with %}` binds, with their expressions: `name=value …`, or the older `value as name`."""
    for bit, start in bits:
        if match := _KEYWORD.fullmatch(bit):
            yield match[1], _value(bit, start)
    if len(bits) == 3 and bits[1][0] == "as":
        yield bits[2][0], bits[0]


def _placed_bits(bits: Iterable[str], token: Token, text: str) -> Iterator[tuple[str, int]]:
    """The `bits` of a tag, as `split_contents` gives them, each with its position in `text`."""
    assert token.position is not None
    end, limit = _start_of(token, text), token.position[1]
    for bit in bits:
        position = text.find(bit, end, limit)
        start = position if position >= 0 else end  # white space within `_(…)` has become one blank
        yield bit, start
        end = start + len(bit) if position >= 0 else end


def _start_of(token: Token, text: str) -> int:
    """The position at which the contents of a tag begin."""
    assert token.position is not None
    return text.index(token.contents, token.position[0])


def _value(bit: str, start: int) -> tuple[str, int]:
    """The expression in `name=expression`, or all of `bit`, with its position."""
    match = _KEYWORD.fullmatch(bit)
    return (match[2], start + match.start(2)) if match else (bit, start)


def _taken_apart(tokens: Iterable[Token]) -> _Page:
    """The page of all `tokens`. What an `inline` part has, the page has, too, and so has the part around it."""
    page: list[Token] = []
    parts: dict[str, list[Token]] = {}
    # The tag of each open part, and its tokens.
    open_parts: list[tuple[Token, list[Token]]] = []
    for token in tokens:
        words = token.contents.split() if token.token_type is TokenType.BLOCK else []
        if words[:1] == ["partialdef"] and len(words) > 1:
            open_parts.append((token, parts.setdefault(words[1], [])))
        elif words[:1] == ["endpartialdef"] and open_parts:
            open_parts.pop()
        else:
            _add_to_parts(token, page, open_parts)
    return _Page(page, parts, tuple(opening for opening, _ in open_parts))


def _add_to_parts(token: Token, page: list[Token], open_parts: Sequence[tuple[Token, list[Token]]]) -> None:
    """Add `token` to the innermost open part, and as far outward as parts are `inline`."""
    for opening, part in reversed(open_parts):
        part.append(token)
        if "inline" not in opening.contents.split()[2:]:
            return
    page.append(token)
