"""The tags of django-pipeline for Jinja: `{% stylesheet "site" %}{% javascript "site" %}`. Imports Jinja and Django.

"OPTIONS": {"extensions": ["buildassets.compat.pipeline.PipelineExtension"]}
"""

from typing import Final

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

from buildassets.compat.pipeline.run import packages

__all__ = ["PipelineExtension"]

TAGS: Final = {"stylesheet": "css", "javascript": "js"}
METHOD: Final = "_loaded"


class PipelineExtension(Extension):
    """`{% stylesheet "name" %}` and `{% javascript "name" %}`."""

    tags = set(TAGS)  # noqa: RUF012 as Jinja declares it

    def parse(self, parser: Parser) -> nodes.Node:
        """See Extension."""
        tag = next(parser.stream)
        name = parser.parse_expression()
        call = self.call_method(METHOD, [nodes.Const(TAGS[tag.value]), name], lineno=tag.lineno)
        return nodes.Output([nodes.MarkSafe(call)]).set_lineno(tag.lineno)

    def _loaded(self, kind: str, name: str) -> str:
        return Markup(packages.markup(kind, name))  # noqa: S704 made by us
