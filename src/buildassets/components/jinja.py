"""The blocks of components for Jinja: `{% style %}`, `{% behaviour %}`, `component_root()`, `component_assets()`.

    env.add_extension("buildassets.components.jinja.ComponentsExtension")

The release is that of `buildassets.runtime.jinja`. Imports Jinja.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from jinja2 import Environment, TemplateSyntaxError, nodes, pass_context
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.parser import Parser
from jinja2.runtime import Context
from markupsafe import Markup

from buildassets.components.blocks import LISTED, blocks_of
from buildassets.components.run import assets_markup, root_markup
from buildassets.runtime.jinja import assets_of

__all__ = ["ComponentsExtension"]

_PAGE: Final = "(page of components)"  # no name in a template, so none can have it
_ROOT: Final = "component_root"
_CHARACTER: Final = re.compile(r"[^\n]")


class ComponentsExtension(Extension):
    """Blocks give nothing in a page; the build has their contents."""

    tags = {LISTED}  # noqa: RUF012 as Jinja declares it

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.globals.update({_ROOT: _root, "component_assets": _assets})
        context = environment.context_class
        if not issubclass(context, _OfPage):
            environment.context_class = type(context.__name__, (_OfPage, context), {})

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """`source` with a comment of the same length and lines in place of each block."""
        found = blocks_of(source, "jinja") if "{%" in source else None
        for fault in found.faults if found else ():
            line = source.count("\n", 0, fault.start) + 1
            raise TemplateSyntaxError(f"{fault.message}; {fault.hint}", line, name, filename)
        start, end = self.environment.comment_start_string, self.environment.comment_end_string
        for block in found.blocks if found else ():
            opening = re.sub(r"\{%([-+]?)(?s:.*)", rf"{start}\1", source[slice(*block.outer)])
            closing = ("-" if source.startswith("-", block.outer[1] - 3) else "") + end
            inside = source[block.outer[0] + len(opening) : block.outer[1] - len(closing)]
            blank = _CHARACTER.sub(" ", inside)
            source = f"{source[: block.outer[0]]}{opening}{blank}{closing}{source[block.outer[1] :]}"
        return source

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """The tokens, with the name of the template as the argument of each `component_root()`."""
        is_root = False
        for token in stream:
            yield token
            if is_root and token.type == "lparen":
                yield Token(token.lineno, "string", stream.name or "")
            is_root = token.type == "name" and token.value == _ROOT

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """Nothing for `{% components %}`, which the build reads."""
        while parser.stream.current.type != "block_end":
            next(parser.stream)
        return []


class _OfPage(Context):
    """The variables of a template, with the name of the page that is rendered, which inner templates share."""

    def __init__(
        self, environment: Environment, parent: dict[str, Any], name: str | None, *further: Any, **options: Any
    ) -> None:
        parent.setdefault(_PAGE, name)
        super().__init__(environment, parent, name, *further, **options)


def _root(template: str) -> Markup:
    return Markup(root_markup(template))  # noqa: S704 made by us


@pass_context
def _assets(context: Context, *, nonce: object = None) -> Markup:
    page = context.parent.get(_PAGE)
    return Markup(assets_markup(assets_of(context.environment), page, nonce=nonce))  # noqa: S704 made by us
