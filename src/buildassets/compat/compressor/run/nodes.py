"""The tag `compress` as a node of Django's templates.

Takes what is between the tags, gives what the release has in its place, or the block as written: where
compression is off, where the release does not know the block, where there is no release. Imports Django.
"""

from typing import Any, Final

from django.conf import settings
from django.template.base import FilterExpression, Node, NodeList, Parser, TextNode, Token
from django.template.context import Context
from django.template.defaulttags import CommentNode
from django.template.exceptions import TemplateSyntaxError
from django.templatetags.static import StaticNode
from django.utils.encoding import filepath_to_uri

from buildassets.compat.compressor.run.key import Block
from buildassets.compat.compressor.run.lookup import current_release, is_steady, looked_up, needs_compiling
from buildassets.compat.compressor.run.settings import is_varying, run_options
from buildassets.runtime.django.plain_urls import recorded_urls
from buildassets.runtime.release import Release

__all__ = ["KINDS", "MODES", "CompressNode", "UnknownKindError", "compile_compress", "known_kinds"]

KINDS: Final = ("css", "js")
MODES: Final = ("file", "inline", "preload")


class UnknownKindError(TemplateSyntaxError):
    """A tag `compress` names a kind that does not exist, in the syntax of Django's templates."""


def known_kinds() -> tuple[str, ...]:
    """The kinds of blocks: ours, and those of compressors of the project's, which a build reports."""
    return tuple(dict.fromkeys((*KINDS, *getattr(settings, "COMPRESSORS", ()))))


def compile_compress(parser: Parser, token: Token) -> "CompressNode":
    """The node of `{% compress css|js [file|inline|preload] [name] %}…{% endcompress %}`."""
    nodelist = parser.parse(("endcompress",))
    parser.delete_first_token()
    tag, *given = token.split_contents()
    if not 1 <= len(given) <= 3:
        raise TemplateSyntaxError(f"{tag!r} tag requires either one, two or three arguments.")
    kinds = known_kinds()
    if given[0] not in kinds:
        fault = UnknownKindError if given[0].isidentifier() else TemplateSyntaxError
        raise fault(f"The compress tag's argument must be one of: {', '.join(map(repr, kinds))}.")
    mode = given[1] if len(given) > 1 else MODES[0]
    if mode not in MODES:
        raise TemplateSyntaxError(f"{tag!r}'s second argument must be 'file', 'inline' or 'preload'.")
    name = given[2].strip("\"'") if len(given) > 2 else None
    return CompressNode(nodelist, Block(given[0], mode, name))


class CompressNode(Node):
    """A block between the tags; `block` is what its tag names.

    One of constants alone has its text when the template is compiled; what the release has for it is looked up once.
    """

    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList, block: Block) -> None:
        self.nodelist = nodelist
        self.block = block
        self.constant = constant_text(nodelist)
        self._kept: tuple[Release | None, str | None] = (None, None)

    def render(self, context: Context) -> str:
        """See Node. Never raises for what the release does not know."""
        options = run_options()
        current = current_release()
        if current is None or (options.toggle and _is_toggled(context, options.toggle)):
            return self._as_written(context)
        if not options.is_enabled:
            return self._disabled(current, context)
        if self.constant is None:
            return self._of_rendered(current, context)
        found = self._of_constants(current)
        return self._as_written(context) if found is None else found

    def _as_written(self, context: Context) -> str:
        """The block itself, in which files without a release, such as Sass, get plain URLs."""
        with recorded_urls():
            return self.nodelist.render(context)

    def _disabled(self, current: Any, context: Context) -> str:
        """The block itself, unless browsers cannot use it as it is."""
        with recorded_urls() as plain:
            written = self.nodelist.render(context)
        found = looked_up(current, self.block, written, plain) if needs_compiling(written) else None
        return written if found is None else found

    def _of_constants(self, current: Any) -> str | None:
        """The release's markup for a constant block, kept as long as the release."""
        kept_of, found = self._kept
        if kept_of is not current[1]:
            found = looked_up(current, self.block, self.constant or "")
            if is_steady(current, self.block, self.constant or ""):
                self._kept = (current[1], found)
        return found

    def _of_rendered(self, current: Any, context: Context) -> str:
        """The release's markup for a block, or what was rendered to look it up: rendering may use up what it shows."""
        with recorded_urls() as plain:
            written = self.nodelist.render(context)
        found = looked_up(current, self.block, written, plain)
        return written if found is None else found


def _is_toggled(context: Context, toggle: str) -> bool:
    request = context.get("request", None)
    return request is not None and toggle in getattr(request, "GET", ())


def constant_text(nodelist: NodeList) -> str | None:
    """The constant text of a list of nodes, with plain URLs; None if it may vary."""
    pieces: list[str] = []
    for node in nodelist:
        piece = _constant(node)
        if piece is None:
            return None
        pieces.append(piece)
    return "".join(pieces)


def _constant(node: Node) -> str | None:
    if isinstance(node, TextNode):
        return str(node.s)
    if isinstance(node, CommentNode):
        return ""
    if isinstance(node, StaticNode) and node.varname is None and _is_literal(node.path):
        if is_varying(settings.STATIC_URL):
            return None
        return f"{settings.STATIC_URL}{filepath_to_uri(str(node.path.var))}"
    return None


def _is_literal(path: Any) -> bool:
    return isinstance(path, FilterExpression) and not path.filters and isinstance(path.var, str)
