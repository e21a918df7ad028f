"""The tag `assets` for Jinja, with the syntax of webassets. Imports Jinja.

    env.add_extension("buildassets.compat.webassets.AssetsExtension")
    env.assets_environment = Environment("static", "/static")

Takes names of bundles, or files and options; gives the body once for each URL, with ASSET_URL, ASSET_SRI and EXTRA.
"""

from typing import Any, Final

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

from buildassets.compat.webassets.run.bundle import Bundle, entries, extra_of
from buildassets.compat.webassets.run.environment import Environment

__all__ = ["AssetsExtension"]

METHOD: Final = "_rendered"
OPTIONS: Final = ("filters", "output", "debug", "depends")
_RENAMED: Final = {"filter": "filters"}  # as it was called before webassets 0.7
_VALUES: Final = ("ASSET_URL", "ASSET_SRI", "EXTRA")


class AssetsExtension(Extension):
    """`{% assets "name", …, filters=…, output=… %}…{% endassets %}`; the environment is `assets_environment`."""

    tags = {"assets"}  # noqa: RUF012 as Jinja declares it

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        environment.extend(assets_environment=None, assets=None)

    def parse(self, parser: Parser) -> nodes.Node:
        """See Extension."""
        line = next(parser.stream).lineno
        files: list[nodes.Expr] = []
        options: dict[str, nodes.Expr] = dict.fromkeys(OPTIONS, nodes.Const(None))
        while parser.stream.current.type != "block_end":
            if files or any(value != nodes.Const(None) for value in options.values()):
                parser.stream.expect("comma")
            if parser.stream.current.test("name") and parser.stream.look().test("assign"):
                name = next(parser.stream).value
                parser.stream.skip()
                if _RENAMED.get(name, name) not in OPTIONS:
                    parser.fail(f"Invalid keyword argument: {name}", line)
                options[_RENAMED.get(name, name)] = parser.parse_expression()
            else:
                given = parser.parse_expression()
                files += given.items if isinstance(given, nodes.List | nodes.Tuple) else [given]
        body = parser.parse_statements(("name:endassets",), drop_needle=True)
        call = self.call_method(METHOD, [*options.values(), nodes.List(files)])
        parameters = [nodes.Name(name, "param") for name in _VALUES]
        return nodes.CallBlock(call, parameters, [], body).set_lineno(line)

    def _rendered(self, filters: Any, output: Any, debug: Any, depends: Any, files: list[Any], caller: Any) -> str:
        known = self._known()
        bundle = bundle_of_tag(known, files, filters=filters, output=output, debug=debug, depends=depends)
        extra = extra_of(known, bundle)
        return "".join(caller(url, sri, extra) for url, sri in entries(known, bundle))

    def _known(self) -> Environment:
        """The environment of the tag; where `env.assets` is set, as for our own helpers, that release answers."""
        given: Any = self.environment
        known: Environment | None = given.assets_environment
        if known is None:
            if given.assets is None:
                raise RuntimeError("`env.assets_environment` is not set: let it be an `Environment`")
            given.assets_environment = known = Environment()
        if given.assets is not None and known.application is None:
            known.assets = given.assets
        return known


def bundle_of_tag(environment: Environment, files: list[Any], **options: Any) -> Bundle:
    """The bundle that a tag stands for: what it names of `environment`, and files."""
    contents = [environment[one] if isinstance(one, str) and one in environment else one for one in files]
    return Bundle(*contents, env=environment, **options)
