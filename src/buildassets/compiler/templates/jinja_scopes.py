"""Visits the tree of a Jinja template: follows what names stand for, and finds the assets that calls name.

Takes trees in which each node has an offset for its line. Imports Jinja's nodes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from jinja2 import Environment, nodes

from buildassets.compiler.templates.names import (
    LONGEST,
    OF_EACH,
    PIPELINE_NODE,
    WEBASSETS_NODE,
    NamingRule,
    Possible,
    Span,
    Use,
    WrittenName,
    either,
    joined,
    widths_in,
)

Scope: TypeAlias = dict[str, object]  # name → a Rule, a Possible, a Mapping (a module); None for anything else

_KEYWORDS: Final[Mapping[NamingRule, tuple[str, ...]]] = {
    NamingRule.EXACT: ("name",),
    NamingRule.ICON: ("name",),
    NamingRule.CSS_MODULE: ("module",),
    NamingRule.OWN: ("name", "filename", "path"),
    NamingRule.STATIC: ("path", "filename", "name"),
}

# Those of Jinja that make no text of any length that they are asked for, as `center` does.
_SHORT_FILTERS: Final = frozenset(
    ("capitalize", "e", "escape", "first", "last", "lower", "replace", "safe", "string", "title", "trim", "upper")
)
_LITERALS: Final = (nodes.Const, nodes.List, nodes.Tuple)

_NOWHERE: Final[Span] = (-1, -1)  # the span of a text that is not in this template


class Visitor:
    """Visits a tree and collects `uses` and, in `unchecked`, the spans of calls whose name is computed.

    `globals_` are the meanings of names that a template does not bind, among them the project's `own` functions, which
    may also be macros or filters. `exports` gives the names that another template binds at its top.
    """

    def __init__(
        self,
        environment: Environment,
        globals_: Mapping[str, NamingRule],
        own: Mapping[str, NamingRule],
        exports: Callable[[str], Mapping[str, object]],
    ) -> None:
        self.uses: list[Use] = []
        self.unchecked: list[Span] = []
        self.computed_icons: list[Span] = []  # those that show icons
        self._constant = nodes.EvalContext(environment)
        self._globals = globals_
        self._own = own
        self._exports = exports
        self._strings: Mapping[int, Span] = {}
        self._top: Scope = {}

    def run(self, tree: nodes.Template, strings: Mapping[int, Span]) -> None:
        """Visit `tree`; `strings` are the spans of its string literals by their offsets."""
        self._strings = strings
        self._top = dict(self._globals)
        self._visit(tree, self._top)

    def exports(self) -> Mapping[str, object]:
        """The names that the tree binds at its top, for templates that import it."""
        bound = {name: meaning for name, meaning in self._top.items() if self._globals.get(name) is not meaning}
        return {name: _elsewhere(meaning) for name, meaning in bound.items() if not name.startswith("_")}

    def _visit(self, node: nodes.Node, scope: Scope) -> None:
        visit: Callable[[Any, Scope], None] | None = getattr(self, f"_visit_{type(node).__name__.lower()}", None)
        if visit is not None:
            visit(node, scope)
        else:
            self._visit_all(node.iter_child_nodes(), scope)

    def _visit_all(self, several: Iterable[Any], scope: Scope) -> None:
        for node in several:
            if node is not None:
                self._visit(node, scope)

    # Calls and filters

    def _visit_call(self, node: nodes.Call, scope: Scope) -> None:
        if isinstance(node.node, nodes.ExtensionAttribute):
            self._call_of_extension(node.node.identifier, node, scope)
        rule = self._meaning(node.node, scope)
        if isinstance(rule, NamingRule):
            self._call(rule, node, scope)
        self._visit_all(node.iter_child_nodes(), scope)

    def _visit_filter(self, node: nodes.Filter, scope: Scope) -> None:
        if node.name in self._own and node.node is not None:
            span = (node.lineno, node.lineno + len(node.name))
            self._note(self._own[node.name], self._possible(node.node, scope), span)
        self._visit_all(node.iter_child_nodes(), scope)

    def _call(self, rule: NamingRule, node: nodes.Call, scope: Scope) -> None:
        start = _start_of(node.node)
        span = (start, max(start + 1, node.lineno))
        if rule is NamingRule.ENDPOINT:
            self._url_for(node, scope, span)
            return
        if rule is NamingRule.UNSURE:
            self.unchecked.append(span)
            return
        if rule in OF_EACH:
            self._call_of_several(OF_EACH[rule], node, scope, span)
            return
        argument = node.args[0] if node.args else _keyword(node, *_KEYWORDS[rule])
        if argument is not None:
            others = node.args[1:] if rule is NamingRule.CSS_MODULE else []
            classes = [text for one in others for text in self._possible(one, scope).texts]
            self._note(rule, self._possible(argument, scope), span, classes, widths=self._widths(node))
        elif node.dyn_args or node.dyn_kwargs:
            self._note(rule, Possible(), span)

    def _call_of_extension(self, identifier: str, node: nodes.Call, scope: Scope) -> None:
        """What a tag of other systems names: the package, or the bundles where no output makes one of them."""
        start = next((one.lineno for one in node.find_all(nodes.Const) if one.lineno in self._strings), 0)
        if identifier == PIPELINE_NODE:
            kind, name = node.args
            is_sheet = isinstance(kind, nodes.Const) and kind.value == "css"
            rule = NamingRule.PACKAGE_OF_SHEETS if is_sheet else NamingRule.PACKAGE_OF_SCRIPTS
            self._note(rule, self._possible(name, scope), (start, start))
        elif identifier == WEBASSETS_NODE:
            output, files = node.args[1], node.args[-1]
            if isinstance(output, nodes.Const) and output.value is None and isinstance(files, nodes.List):
                for one in files.items:
                    self._note(NamingRule.BUNDLE, self._possible(one, scope), (start, start))

    def _call_of_several(self, rule: NamingRule, node: nodes.Call, scope: Scope, span: Span) -> None:
        for argument in node.args:
            self._note(rule, self._possible(argument, scope), span)
        if node.dyn_args:
            self.unchecked.append(span)

    def _url_for(self, node: nodes.Call, scope: Scope, span: Span) -> None:
        """`url_for("static", filename=…)` of Flask and Quart, which has a `path` in Starlette."""
        endpoints = {text.text for text in self._possible(node.args[0], scope).texts} if node.args else {""}
        *blueprints, view = min(endpoints, default="").split(".")
        if view != "static" or len(endpoints) > 1:
            return
        filename = _keyword(node, "filename")
        argument = filename or _keyword(node, "path")
        if argument is None or blueprints[:1] == [""]:  # `.static` is that of the blueprint that renders the page
            self.unchecked += [span] if argument is not None or node.dyn_kwargs else []
        elif blueprints:
            named = self._possible(argument, scope)
            texts = (WrittenName("/".join((*blueprints, name.text)), name.start, name.end) for name in named.texts)
            self._note(NamingRule.BLUEPRINT, Possible(tuple(texts), named.complete), span)
        else:
            self._note(
                NamingRule.MOUNT if filename is None else NamingRule.FILENAME, self._possible(argument, scope), span
            )

    def _widths(self, node: nodes.Call) -> tuple[int, ...]:
        """The widths of a picture that a call asks for, if they are constants."""
        given = _keyword(node, "widths")
        parts = [] if given is None else [given, *given.find_all(nodes.Expr)]
        if given is None or not all(isinstance(part, _LITERALS) for part in parts):
            return ()
        return widths_in(given.as_const(self._constant))

    def _note(
        self,
        rule: NamingRule,
        argument: Possible,
        span: Span,
        classes: Iterable[WrittenName] = (),
        *,
        widths: tuple[int, ...] = (),
    ) -> None:
        placed = tuple(_placed(one, span) for one in classes)
        self.uses += (Use(_placed(written, span), rule, placed, widths) for written in argument.texts)
        if not argument.complete:
            self.unchecked.append(span)
            self.computed_icons += [span] if rule is NamingRule.ICON else []

    # Nodes that bind names

    def _visit_assign(self, node: nodes.Assign, scope: Scope) -> None:
        value: Any = node.node  # an expression, though Jinja's annotation is wider
        self._visit(value, scope)
        self._bind(node.target, value, scope, scope)

    def _visit_assignblock(self, node: nodes.AssignBlock, scope: Scope) -> None:
        self._visit_all([node.filter, *node.body], dict(scope))
        _unknown(node.target, scope)

    def _visit_for(self, node: nodes.For, scope: Scope) -> None:
        self._visit(node.iter, scope)
        inner: Scope = {**scope, "loop": None}
        _unknown(node.target, inner)
        if isinstance(node.target, nodes.Name) and isinstance(node.iter, nodes.List | nodes.Tuple):
            inner[node.target.name] = either(self._possible(item, scope) for item in node.iter.items)
        self._visit_all((node.test, *node.body), inner)
        self._visit_all(node.else_, dict(scope))

    def _visit_if(self, node: nodes.If, scope: Scope) -> None:
        self._visit_all((node.test, *(other.test for other in node.elif_)), scope)
        ends: list[Scope] = []
        for branch in (node.body, *(other.body for other in node.elif_), node.else_):
            inner = dict(scope)
            self._visit_all(branch, inner)
            ends.append(inner)
        for name in {name for end in ends for name in end if end[name] is not scope.get(name, self)}:
            scope[name] = _merged(
                [end[name] for end in ends if name in end], everywhere=all(name in end for end in ends)
            )

    def _visit_macro(self, node: nodes.Macro, scope: Scope) -> None:
        scope[node.name] = self._own.get(node.name)
        self._visit_body_with_arguments(node, scope)

    def _visit_callblock(self, node: nodes.CallBlock, scope: Scope) -> None:
        self._visit(node.call, scope)
        self._visit_body_with_arguments(node, scope)

    def _visit_body_with_arguments(self, node: nodes.Macro | nodes.CallBlock, scope: Scope) -> None:
        self._visit_all(node.defaults, scope)
        inner = {**scope, "caller": None, "varargs": None, "kwargs": None}
        inner |= {argument.name: None for argument in node.args}
        for argument, default in zip(reversed(node.args), reversed(node.defaults), strict=False):
            inner[argument.name] = Possible(self._possible(default, scope).texts)
        self._visit_all(node.body, inner)

    def _visit_with(self, node: nodes.With, scope: Scope) -> None:
        self._visit_all(node.values, scope)
        inner = dict(scope)
        for target, value in zip(node.targets, node.values, strict=True):
            self._bind(target, value, scope, inner)
        self._visit_all(node.body, inner)

    def _visit_apart(self, node: nodes.Node, scope: Scope) -> None:
        self._visit_all(node.iter_child_nodes(), dict(scope))

    _visit_block = _visit_scope = _visit_scopedevalcontextmodifier = _visit_filterblock = _visit_apart

    def _visit_import(self, node: nodes.Import, scope: Scope) -> None:
        scope[node.target] = self._imported(node.template)

    def _visit_fromimport(self, node: nodes.FromImport, scope: Scope) -> None:
        exports = self._imported(node.template)
        for imported in node.names:
            name, alias = imported if isinstance(imported, tuple) else (imported, imported)
            scope[alias] = exports.get(name) or self._own.get(alias)

    def _imported(self, template: nodes.Expr) -> Mapping[str, object]:
        if isinstance(template, nodes.Const) and isinstance(template.value, str):
            return self._exports(template.value)
        return {}

    def _bind(self, target: nodes.Node, value: nodes.Expr, scope: Scope, inner: Scope) -> None:
        """Bind `target` in `inner` to the meaning of `value` in `scope`."""
        meaning = self._meaning(value, scope)
        bound = self._possible(value, scope) if meaning is None else meaning
        _unknown(target, inner)
        if isinstance(target, nodes.Name):
            inner[target.name] = bound

    # The meanings of expressions

    def _meaning(self, node: nodes.Node, scope: Scope) -> object:
        """The Rule, the Possible or the module that an expression of names stands for; None for anything else."""
        if isinstance(node, nodes.Name):
            return scope.get(node.name)
        if not isinstance(node, nodes.Getattr):
            return None
        owner = self._meaning(node.node, scope)
        path = _dotted(node)
        if isinstance(owner, Mapping):
            return owner.get(node.attr) or self._own.get(path)
        return self._globals.get(path) if path.partition(".")[0] not in scope else None

    def _possible(self, node: nodes.Expr, scope: Scope) -> Possible:
        """The possible values of `node`."""
        if isinstance(node, nodes.Const):
            return self._literal(node)
        if isinstance(node, nodes.Name | nodes.Getattr):
            meaning = self._meaning(node, scope)
            return meaning if isinstance(meaning, Possible) else Possible()
        if isinstance(node, nodes.Concat):
            return joined(self._possible(part, scope) for part in node.nodes)
        if isinstance(node, nodes.Add):
            return joined(self._possible(part, scope) for part in (node.left, node.right))
        if isinstance(node, nodes.Mod):
            return self._formatted(self._possible(node.left, scope), self._possible(node.right, scope))
        if choices := list(_choices(node)):
            return either(self._possible(choice, scope) for choice in choices)
        return self._folded(node, scope)

    def _literal(self, node: nodes.Const) -> Possible:
        if not isinstance(node.value, str):
            return Possible()
        return Possible((WrittenName(node.value, *self._strings.get(node.lineno, _NOWHERE)),), complete=True)

    def _formatted(self, form: Possible, value: Possible) -> Possible:
        """The possible values of `form % value` where the form is one text whose only conversion is `%s`."""
        if len(form.texts) != 1 or not form.complete:
            return Possible()
        (text, start, end) = (form.texts[0].text, form.texts[0].start, form.texts[0].end)
        head, mark, tail = text.partition("%s")
        if not mark or "%" in head + tail:
            return Possible()
        around = [Possible((WrittenName(part, start, end),), complete=True) for part in (head, tail)]
        return joined((around[0], value, around[1]))

    def _folded(self, node: nodes.Expr, scope: Scope) -> Possible:
        """The value of a filter on a constant, if the filter makes no text of any length that it is asked for."""
        if not isinstance(node, nodes.Filter) or node.name not in _SHORT_FILTERS or node.node is None:
            return Possible()
        inner = self._possible(node.node, scope)
        if len(inner.texts) != 1 or not inner.complete:
            return Possible()
        constant = nodes.Const(inner.texts[0].text)
        try:
            value = nodes.Filter(constant, *(getattr(node, name) for name in node.fields[1:])).as_const(self._constant)
        except Exception:  # Jinja's Impossible, or one of the filter
            return Possible()
        starts = [constant.lineno for constant in node.find_all(nodes.Const) if constant.lineno in self._strings]
        span = self._strings[min(starts)] if starts else _NOWHERE
        is_short = isinstance(value, str) and len(value) <= LONGEST
        return Possible((WrittenName(str(value), *span),), complete=True) if is_short else Possible()


def _keyword(node: nodes.Call, *names: str) -> nodes.Expr | None:
    """The keyword argument of a call for the first of the parameters `names` that it has."""
    given = {argument.key: argument.value for argument in node.kwargs}
    return next((given[name] for name in names if name in given), None)


def _choices(node: nodes.Expr) -> Iterator[nodes.Expr]:
    """The expressions of which `node` returns one; empty if it is not a choice."""
    if isinstance(node, nodes.CondExpr):
        yield from (node.expr1, node.expr2) if node.expr2 is not None else (node.expr1,)
    elif isinstance(node, nodes.Or | nodes.And):
        yield from (node.left, node.right)
    elif isinstance(node, nodes.Filter) and node.name in ("default", "d") and node.node is not None and node.args:
        yield from (node.node, node.args[0])


def _merged(bound: list[object], *, everywhere: bool) -> object:
    """The meaning of a name after branches that bind it to `bound`; `everywhere` if all branches bind it.

    A function that only some branches bind cannot be called after the others, so a call after them means it.
    """
    is_same = all(meaning is bound[0] for meaning in bound)
    if is_same and (everywhere or isinstance(bound[0], NamingRule)):
        return bound[0]
    if any(isinstance(meaning, NamingRule) for meaning in bound):
        return NamingRule.UNSURE
    parts = [meaning if isinstance(meaning, Possible) else Possible() for meaning in bound]
    return either(parts if everywhere else [*parts, Possible()])


def _elsewhere(bound: object) -> object:
    """The meaning of a name in another template, where its texts have no place."""
    if not isinstance(bound, Possible):
        return bound
    return Possible(tuple(WrittenName(written.text, *_NOWHERE) for written in bound.texts), bound.complete)


def _unknown(target: nodes.Node, scope: Scope) -> None:
    """Bind every name in `target` to an unknown value."""
    for name in (target,) if isinstance(target, nodes.Name) else target.find_all(nodes.Name):
        scope[name.name] = None


def _start_of(node: nodes.Node) -> int:
    while isinstance(node, nodes.Getattr):
        node = node.node
    return node.lineno


def _dotted(node: nodes.Expr) -> str:
    """The text `a.b.c` of a chain of names; empty for any other expression."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr) and (owner := _dotted(node.node)):
        return f"{owner}.{node.attr}"
    return ""


def _placed(written: WrittenName, span: Span) -> WrittenName:
    """`written` with a place: that of the call, if it is not in this template."""
    return written if written.start >= 0 else WrittenName(written.text, *span)
