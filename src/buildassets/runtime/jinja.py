"""The helpers as Jinja globals. Imports Jinja; the release comes from `env.assets`.

env.add_extension("buildassets.runtime.jinja.AssetsExtension")
env.assets = Assets("build/manifest.json")
"""

from typing import Any, Final, Protocol

from jinja2 import Environment, pass_environment, pass_eval_context
from jinja2.ext import Extension
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from buildassets.runtime.assets import Assets

_MARKUP_METHODS: Final = {
    "stylesheet": "stylesheet",
    "script": "script",
    "image": "image",
    "preload": "preload",
    "importmap": "importmap",
    "inline_asset": "inline",
}


class _Global(Protocol):
    def __call__(self, context: EvalContext, /, *arguments: Any, **attributes: Any) -> str: ...


class AssetsExtension(Extension):
    """Adds `asset` and the markup helpers to the globals. `env.assets` may be set before or after, and anew."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.extend(assets=None)
        environment.globals.update(
            {name: _markup_global(method) for name, method in _MARKUP_METHODS.items()},
            asset=_asset,
            livereload=_livereload,
        )


@pass_environment
def _asset(environment: Environment, name: str) -> str:
    return _assets(environment).url(name)


@pass_environment
def _livereload(environment: Environment) -> Markup:
    """Nothing: a released manifest has no live reload."""
    return Markup()


def _markup_global(method: str) -> _Global:
    @pass_eval_context
    def markup(context: EvalContext, /, *arguments: Any, **attributes: Any) -> str:
        made: str = getattr(_assets(context.environment), method)(*arguments, **attributes)
        # `escape` only gives it Jinja's type here, which would escape a text added to it: wrong where nothing is.
        return escape(made) if context.autoescape else made

    return markup


def _assets(environment: Environment) -> Assets:
    # An overlay has a copy of what its environment had when it was made, which may be earlier than `env.assets = …`.
    place: Any = environment
    while place.assets is None and place.overlayed:
        place = place.linked_to
    assets: Assets | None = place.assets
    if assets is None:
        raise RuntimeError('`env.assets` is not set; set it to `buildassets.runtime.Assets("build/manifest.json")`')
    return assets
