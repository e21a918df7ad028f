"""The tag `compress` for Jinja, with the syntax of django-compressor's extension.

    "OPTIONS": {"extensions": ["buildassets.compat.compressor.CompressorExtension"]}

Takes what is between the tags, gives what the release has in its place, or the block as written. Imports
Jinja and Django.
"""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.utils.encoding import filepath_to_uri
from jinja2 import TemplateSyntaxError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

from buildassets.compat.compressor.run.key import Block
from buildassets.compat.compressor.run.lookup import current_release, is_steady, looked_up, needs_compiling
from buildassets.compat.compressor.run.nodes import MODES, known_kinds
from buildassets.compat.compressor.run.settings import is_varying, run_options
from buildassets.runtime.django.plain_urls import recorded_urls
from buildassets.runtime.release import Release

__all__ = ["CompressorExtension", "UnknownKindError"]


class CompressorExtension(Extension):
    """`{% compress css|js [file|inline|preload] [name] %}…{% endcompress %}`."""

    tags = {"compress"}  # noqa: RUF012 as Jinja declares it

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self._kept: dict[tuple[Block, str], str | None] = {}
        self._kept_of: Release | None = None

    def parse(self, parser: Parser) -> nodes.Node:
        """See Extension."""
        line = next(parser.stream).lineno
        kind = _word(parser, known_kinds(), "kind", UnknownKindError)
        parser.stream.skip_if("comma")
        mode, name = MODES[0], None
        if parser.stream.current.type != "block_end":
            mode = _word(parser, MODES, "mode")
            if parser.stream.current.type != "block_end":
                name = _value(parser)
        body = parser.parse_statements(("name:endcompress",), drop_needle=True)
        parser.stream.skip_if(f"name:{kind}")
        number = getattr(parser, "compress_blocks", 0) + 1
        parser.compress_blocks = number  # type: ignore[attr-defined]  # ours: it is of one template
        tag = parser.name, line, number
        given = [nodes.Const(one) for one in (kind, mode, name, constant_text(body), tag)]
        call = self.call_method("_compressed", [*given, nodes.ContextReference()])
        return nodes.CallBlock(call, [], [], body).set_lineno(line)

    def _compressed(
        self,
        kind: str,
        mode: str,
        name: str | None,
        constant: str | None,
        tag: tuple[str | None, int, int],
        context: Any,
        caller: Any,
    ) -> Any:
        """The markup of a block in a page; while blocks are collected, empty: the collector takes it.

        `constant` is the text of a block that never varies, `tag` the template, line and number of the block.
        """
        block = Block(kind, mode, name)
        collect: Callable[..., None] | None = getattr(self.environment, "compress_blocks", None)
        if collect is not None:
            collect(block, tag, caller)
            return ""
        current = None if _is_toggled(context) else current_release()
        if current is not None and constant is not None and run_options().is_enabled:
            found = self._of_constant(current, block, constant)
            if found is not None:
                return found
            current = None  # rendering gives the same text, which the release does not have
        shown = _shown_later if self.environment.is_async else _shown
        return shown(current, block, caller)

    def _of_constant(self, current: Any, block: Block, constant: str) -> str | None:
        if self._kept_of is not current[1]:
            self._kept, self._kept_of = {}, current[1]
        key = block, constant
        if key in self._kept:
            return self._kept[key]
        found = looked_up(current, block, constant)
        if is_steady(current, block, constant):
            self._kept[key] = found
        return found


def _shown(current: Any, block: Block, caller: Any) -> str:
    """The release's markup for a block, or the block itself, in which assets without a release get plain URLs."""
    with recorded_urls() as plain:
        written = str(caller())
    return _replaced(current, block, written, plain)


async def _shown_later(current: Any, block: Block, caller: Any) -> str:
    """As `_shown`, for an asynchronous environment, which awaits the block."""
    with recorded_urls() as plain:
        written = str(await caller())
    return _replaced(current, block, written, plain)


def _replaced(current: Any, block: Block, written: str, plain: dict[str, str]) -> str:
    """The tags in the release for a block, or the block; if blocks are off, only for code that browsers cannot use."""
    if current is None or not (run_options().is_enabled or needs_compiling(written)):
        return written
    found = looked_up(current, block, written, plain)
    return written if found is None else found


def _is_toggled(context: Any) -> bool:
    toggle = run_options().toggle
    return toggle is not None and toggle in (getattr(context.get("request"), "GET", None) or ())


def _value(parser: Parser) -> Any:
    """A word or a text; words stand for themselves, as in Django's templates."""
    found = parser.parse_expression()
    return found.name if isinstance(found, nodes.Name) else getattr(found, "value", None)


class UnknownKindError(TemplateSyntaxError):
    """A tag `compress` names a kind that does not exist."""


def _word(
    parser: Parser, known: tuple[str, ...], what: str, fault: type[TemplateSyntaxError] = TemplateSyntaxError
) -> str:
    line = parser.stream.current.lineno
    found = _value(parser)
    if found not in known:
        parser.fail(f"Compress {what} may be one of: {', '.join(map(repr, known))}, got: {found!r}", line, fault)
    return str(found)


def constant_text(body: list[nodes.Node]) -> str | None:
    """The constant text of `body`, with plain URLs; None if it may vary."""
    pieces: list[str] = []
    for node in body:
        parts = node.nodes if isinstance(node, nodes.Output) else [node]
        for part in parts:
            piece = _constant(part)
            if piece is None:
                return None
            pieces.append(piece)
    return "".join(pieces)


_STATIC: Final = "static"  # the function of Django's, under the name that everybody gives it


def _constant(node: nodes.Node) -> str | None:
    if isinstance(node, nodes.TemplateData):
        return node.data
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == _STATIC:
        is_plain = len(node.args) == 1 and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        if is_varying(settings.STATIC_URL):
            return None
        if is_plain and isinstance(node.args[0], nodes.Const) and isinstance(node.args[0].value, str):
            return f"{settings.STATIC_URL}{filepath_to_uri(node.args[0].value)}"
    return None
