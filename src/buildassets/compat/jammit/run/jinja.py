"""Jammit's helpers as Jinja globals: `{{ include_stylesheets("common", media="print") }}`. Imports Jinja."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

from jinja2 import Environment, pass_context
from jinja2.ext import Extension
from jinja2.runtime import Context
from markupsafe import Markup

from buildassets.compat.jammit.run import packages
from buildassets.runtime.assets import Assets
from buildassets.runtime.jinja import assets_of

_Helper = Callable[[Assets, Iterable[str], Mapping[str, object], object], str]


def _templates(assets: Assets, names: Iterable[str], attributes: Mapping[str, object], _: object) -> str:
    return packages.templates(assets, names, attributes)


_HELPERS: Final[Mapping[str, _Helper]] = {
    "include_stylesheets": packages.stylesheets,
    "include_javascripts": packages.scripts,
    "include_templates": _templates,
}


class JammitExtension(Extension):
    """Adds Jammit's helpers to the globals; the release is `env.assets`, which may be set before or after."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.extend(assets=None)
        environment.globals.update({name: pass_context(partial(_called, made)) for name, made in _HELPERS.items()})


def _called(helper: _Helper, context: Context, /, *names: str, **attributes: Any) -> str:
    made = helper(assets_of(context.environment), names, attributes, context.get("request"))
    return Markup(made) if context.eval_ctx.autoescape else made  # noqa: S704 made by us
