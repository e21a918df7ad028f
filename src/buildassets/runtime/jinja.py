"""The helpers as Jinja globals. Imports Jinja; the release comes from `env.assets`.

env.add_extension("buildassets.runtime.jinja.AssetsExtension")
env.assets = Assets("build/manifest.json")

A name that a template writes as a constant is looked up when the template is compiled.
"""

from typing import Any, Final

from jinja2 import Environment, nodes, pass_eval_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension
from jinja2.idtracking import VAR_LOAD_RESOLVE
from jinja2.nodes import EvalContext
from markupsafe import Markup

from buildassets.runtime.assets import AssetNotFound, Assets

_METHODS: Final = {
    "asset": "url",
    "stylesheet": "stylesheet",
    "script": "script",
    "image": "image",
    "preload": "preload",
    "modulepreload": "modulepreload",
    "importmap": "importmap",
    "inline_asset": "inline",
    "livereload": "livereload",
}
_TAKE_ONE_NAME: Final = ("asset", "stylesheet", "script", "image", "preload", "inline_asset")
_TAKE_NAMES: Final = ("modulepreload",)
_KEPT_AT_MOST: Final = 4096  # results of one helper: more than the templates of a site call it with


class AssetsExtension(Extension):
    """Adds `asset` and the markup helpers to the globals. `env.assets` may be set before or after, and anew."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.extend(assets=None, asset_helper=Helper)
        environment.globals.update({name: Helper(method) for name, method in _METHODS.items()})
        generator = environment.code_generator_class
        if not issubclass(generator, _DirectCalls):
            environment.code_generator_class = type(generator.__name__, (_DirectCalls, generator), {})


class Helper:
    """The global for one method of `Assets`."""

    def __init__(self, method: str) -> None:
        self._method = method
        self._kept: tuple[Assets | None, dict[str, tuple[str, str]]] = (None, {})

    @pass_eval_context
    def __call__(self, context: EvalContext, /, *arguments: Any, **attributes: Any) -> str:
        """What the method gives, with Jinja's type if it is markup."""
        made: str = getattr(assets_of(context.environment), self._method)(*arguments, **attributes)
        return _with_jinja_type(made) if context.autoescape else made

    def kept(self, context: EvalContext, key: str, /, *arguments: Any, **attributes: Any) -> str:
        """The same, made once for each release: the arguments are constants of a template, as `key` says."""
        assets = assets_of(context.environment)
        kept_of, kept = self._kept
        if kept_of is not assets or len(kept) > _KEPT_AT_MOST:
            kept = {}
            self._kept = (assets, kept)
        made = kept.get(key)
        if made is None:
            plain: str = getattr(assets, self._method)(*arguments, **attributes)
            made = (plain, _with_jinja_type(plain))
            if not assets.reload:
                kept[key] = made
        return made[1] if context.autoescape else made[0]


def _with_jinja_type(made: str) -> str:
    """`made`, if it is markup, as Jinja's: a text that is joined to ours would not be escaped."""
    return made if type(made) is str else Markup(made)  # noqa: S704 made by us


class _DirectCalls(CodeGenerator):
    """Compiles a call of a helper to one of Python: what `context.call` finds out first takes longer than the helper.

    A constant that is the name of no asset is a fault of the template. As with Jinja's own filters, that is said when
    the template is compiled, but for what stands in an `if`, which may be there to ask whether there is such a thing.

    The helper's name may mean something else when the page is made, a variable or a macro, so that is looked at then;
    and so may the environment, which then has no helpers, as compiled templates are kept on disk.
    """

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802 Jinja's
        if forward_caller or not isinstance(node.node, nodes.Name) or node.node.name not in _METHODS:
            return super().visit_Call(node, frame, forward_caller=forward_caller)
        if not _is_in_condition(frame) and self._is_global(node.node.name, frame):
            self._refuse_unknown(node)
        key = _constant_arguments(node)
        self.write("(")
        self.visit(node.node, frame)
        self.write("(context.eval_ctx" if key is None else f".kept(context.eval_ctx, {key!r}")
        self.signature(node, frame)
        self.write(") if type(")
        self.visit(node.node, frame)
        self.write(") is getattr(environment, 'asset_helper', None) else ")
        super().visit_Call(node, frame)
        self.write(")")
        return None

    def _is_global(self, name: str, frame: Frame) -> bool:
        """Whether nothing in the template itself bears the name, and nothing else is global by it."""
        found = frame.symbols.find_load(frame.symbols.ref(name))
        return found == (VAR_LOAD_RESOLVE, name) and isinstance(self.environment.globals.get(name), Helper)

    def _refuse_unknown(self, call: nodes.Call) -> None:
        assets = _assets_or_none(self.environment)
        if assets is not None:
            for name in _constant_names(call):
                try:
                    assets.url(name)
                except AssetNotFound as fault:
                    self.fail(str(fault), call.lineno)


def _is_in_condition(frame: Frame | None) -> bool:
    while frame is not None and not frame.soft_frame:
        frame = frame.parent
    return frame is not None


def _constant_names(call: nodes.Call) -> list[str]:
    """The names of assets that are written in the template."""
    assert isinstance(call.node, nodes.Name)
    written = [one.value for one in call.kwargs if one.key == "name"]
    if call.node.name in _TAKE_NAMES:
        written = call.args
    elif call.node.name in _TAKE_ONE_NAME:
        written += call.args[:1]
    return [one.value for one in written if isinstance(one, nodes.Const) and isinstance(one.value, str)]


def _constant_arguments(call: nodes.Call) -> str | None:
    """A text that is the same only where all arguments are; None where they are not written in the template."""
    written = [(None, one) for one in call.args] + [(one.key, one.value) for one in call.kwargs]
    constants = [(name, one.value) for name, one in written if isinstance(one, nodes.Const)]
    is_constant = len(constants) == len(written) and not call.dyn_args and not call.dyn_kwargs
    return repr(constants) if is_constant else None


def assets_of(environment: Environment) -> Assets:
    """The release of `environment`. Raises RuntimeError where none is set."""
    assets = _assets_or_none(environment)
    if assets is None:
        raise RuntimeError('`env.assets` is not set; set it to `buildassets.runtime.Assets("build/manifest.json")`')
    return assets


def _assets_or_none(environment: Environment) -> Assets | None:
    # An overlay has a copy of what its environment had when it was made, which may be earlier than `env.assets = …`.
    place: Any = environment
    assets: Assets | None = place.assets
    while assets is None and place.overlayed:
        place = place.linked_to
        assets = place.assets
    return assets
