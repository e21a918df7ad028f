"""Makes the helpers globals of Jinja. Imports Jinja; the release comes from `env.assets`.

env.add_extension("buildassets.runtime.jinja.AssetsExtension")
env.assets = Assets("build/manifest.json")

A constant name in a template is checked when the template is compiled.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from jinja2 import Environment, nodes, pass_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension
from jinja2.idtracking import VAR_LOAD_RESOLVE
from jinja2.runtime import Context
from markupsafe import Markup

from buildassets.foundation.template_helpers import BY_NAME, TEMPLATE_HELPERS, Takes, TemplateHelper
from buildassets.runtime.assets import AssetNotFound, Assets, release_of

_PAGE: Final = "(page)"  # no name in a template, so none can have it
_KEPT_AT_MOST: Final = 4096  # results of one helper: more than the templates of a site need


class AssetsExtension(Extension):
    """Adds `asset` and the markup helpers to the globals. `env.assets` may be set before or after, and set again."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.extend(assets=None, asset_helper=Helper)
        theirs = {helper.name for helper in TEMPLATE_HELPERS if helper.gives_way and helper.name in environment.globals}
        ours = {helper.name: Helper(helper) for helper in TEMPLATE_HELPERS if helper.name not in theirs}
        environment.globals.update(ours)
        generator = environment.code_generator_class
        if not issubclass(generator, _DirectCalls):
            environment.code_generator_class = type(generator.__name__, (_DirectCalls, generator), {})
        context = environment.context_class
        if not issubclass(context, _OnPage):
            environment.context_class = type(context.__name__, (_OnPage, context), {})


class _OnPage(Context):
    """The variables of a template. In development they have the page that is rendered, which inner templates share."""

    def __init__(
        self,
        environment: Environment,
        parent: dict[str, Any],
        name: str | None,
        blocks: Any,
        globals: Any = None,  # noqa: A002 Jinja's
    ) -> None:
        assets = _assets_or_none(environment)
        if assets is not None and assets.reload:
            from buildassets.runtime.vite import Page

            parent.setdefault(_PAGE, Page())
        super().__init__(environment, parent, name, blocks, globals)


class Helper:
    """The global for one helper."""

    def __init__(self, helper: TemplateHelper) -> None:
        self._method = helper.method
        self._needs_page = helper.needs_page
        self._kept: tuple[Assets | None, dict[str, tuple[str, str]]] = (None, {})

    @pass_context
    def __call__(self, context: Context, /, *arguments: Any, **attributes: Any) -> str:
        """The result of the method; markup has Jinja's type."""
        made = self._made(context, assets_of(context.environment), arguments, attributes)
        return _with_jinja_type(made) if context.eval_ctx.autoescape else made

    def _made(self, context: Context, assets: Assets, arguments: tuple[Any, ...], attributes: dict[str, Any]) -> str:
        method: Callable[..., str] = getattr(assets, self._method)
        page = context.parent.get(_PAGE) if assets.reload and self._needs_page else None
        if page is None:
            return method(*arguments, **attributes)
        from buildassets.runtime.vite import on

        with on(page):
            return method(*arguments, **attributes)

    def kept(self, context: Context, key: str, /, *arguments: Any, **attributes: Any) -> str:
        """Like `__call__`, computed once for each release and `key`, which stands for constant arguments."""
        assets = assets_of(context.environment)
        kept_of, kept = self._kept
        if kept_of is not assets or len(kept) > _KEPT_AT_MOST:
            kept = {}
            self._kept = (assets, kept)
        made = kept.get(key)
        if made is None:
            plain = self._made(context, assets, arguments, attributes)
            made = (plain, _with_jinja_type(plain))
            if not assets.reload:
                kept[key] = made
        return made[1] if context.eval_ctx.autoescape else made[0]


def _with_jinja_type(made: str) -> str:
    """`made`, if it is markup, as Jinja's type: text that is added to our own type would not be escaped."""
    return made if type(made) is str else Markup(made)  # noqa: S704 made by us


class _DirectCalls(CodeGenerator):
    """Compiles a call of a helper to a direct call: the checks in `context.call` take longer than the helper itself.

    A constant that names no asset is an error of the template. Like an unknown filter of Jinja, it is reported when the
    template is compiled, except inside an `if`, which may test whether the asset exists.

    When the page is rendered, the name of the helper may be a variable or a macro instead, or the environment may have
    no helpers, since compiled templates are kept on disk. So the compiled code checks both.
    """

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: FBT001, FBT002, N802 Jinja's
        if forward_caller or not isinstance(node.node, nodes.Name) or node.node.name not in BY_NAME:
            return super().visit_Call(node, frame, forward_caller=forward_caller)
        # Writes `(NAME(context, …) if type(NAME) is Helper else context.call(NAME, …))`.
        if not _is_in_condition(frame) and self._is_global(node.node.name, frame):
            self._refuse_unknown(node)
        key = _constant_arguments(node)
        self.write("(")
        self.visit(node.node, frame)
        self.write("(context" if key is None else f".kept(context, {key!r}")
        self.signature(node, frame)
        self.write(") if type(")
        self.visit(node.node, frame)
        self.write(") is getattr(environment, 'asset_helper', None) else ")
        super().visit_Call(node, frame)
        self.write(")")
        return None

    def _is_global(self, name: str, frame: Frame) -> bool:
        """Whether `name` means our helper: the template does not define it, and it is no other global."""
        load = frame.symbols.find_load(frame.symbols.ref(name))
        return load == (VAR_LOAD_RESOLVE, name) and isinstance(self.environment.globals.get(name), Helper)

    def _refuse_unknown(self, call: nodes.Call) -> None:
        assets = _assets_or_none(self.environment)
        if assets is not None:
            assert isinstance(call.node, nodes.Name)
            helper = BY_NAME[call.node.name]
            if helper.needs_page and release_of(assets).running:
                return
            try:
                for name in _constant_names(call, helper.takes):
                    assets.url(name)
                if helper.takes is Takes.CSS_NAMES and (constants := _constant_css(call)):
                    assets.css(*constants)
                if helper.takes is Takes.ICON and (icon := _constant_icon(call)) is not None:
                    release_of(assets).sprite_of(icon, None)
            except AssetNotFound as fault:
                self.fail(str(fault), call.lineno)


def _is_in_condition(frame: Frame | None) -> bool:
    """Whether `frame` lies in an `if`, whose branches Jinja compiles as soft frames."""
    while frame is not None and not frame.soft_frame:
        frame = frame.parent
    return frame is not None


def _constant_names(call: nodes.Call, takes: Takes) -> list[str]:
    """The names of assets that the call has as constants."""
    if takes is Takes.ASSETS:
        return _texts(call.args)
    if takes is Takes.ASSET:
        return _texts([*call.args[:1], *(argument.value for argument in call.kwargs if argument.key == "name")])
    return []


def _constant_css(call: nodes.Call) -> list[str]:
    """The arguments of a call that names classes, if all are constants; else none."""
    if call.kwargs or call.dyn_args or call.dyn_kwargs:
        return []
    texts = _texts(call.args)
    return texts if len(texts) == len(call.args) else []


def _constant_icon(call: nodes.Call) -> str | None:
    """The name of the icon, if it is a constant and the call names no sprite; else None."""
    if call.dyn_args or call.dyn_kwargs or any(argument.key == "sprite" for argument in call.kwargs):
        return None
    return next(iter(_constant_names(call, Takes.ASSET)), None)


def _texts(written: Iterable[nodes.Expr]) -> list[str]:
    """The constants among `written` that are texts."""
    constants = [argument.value for argument in written if isinstance(argument, nodes.Const)]
    return [value for value in constants if isinstance(value, str)]


def _constant_arguments(call: nodes.Call) -> str | None:
    """A key for the arguments of a call, equal only for equal arguments; None unless all are constants."""
    written = [(None, value) for value in call.args] + [(argument.key, argument.value) for argument in call.kwargs]
    constants = [(name, value.value) for name, value in written if isinstance(value, nodes.Const)]
    is_constant = len(constants) == len(written) and not call.dyn_args and not call.dyn_kwargs
    return repr(constants) if is_constant else None


def assets_of(environment: Environment) -> Assets:
    """The release of `environment`. Raises RuntimeError where none is set."""
    assets = _assets_or_none(environment)
    if assets is None:
        raise RuntimeError('`env.assets` is not set; set it to `buildassets.runtime.Assets("build/manifest.json")`')
    return assets


def _assets_or_none(environment: Environment) -> Assets | None:
    # An overlay copies the attributes of its environment when it is made, which may be before `env.assets = …`.
    place: Any = environment
    assets: Assets | None = place.assets
    while assets is None and place.overlayed:
        place = place.linked_to
        assets = place.assets
    return assets
