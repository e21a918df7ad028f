"""Rewrites a Jinja template's tree for a build: outside of blocks, only code that leads to them runs.

Both branches of a condition are run then, bodies of loops also where what they go over is not known. While a block is
rendered all is as it was written, but for conditions, which the recorder of the rendering may choose: what a block
calls may be outside of it, as a parent's block does. Imports Jinja.
"""

from typing import Any, Final

from jinja2 import nodes

__all__ = ["BEGIN", "CHOOSE", "COUNT", "ELSE", "PARENT", "RENDERING", "structure_of"]

CHOOSE: Final = "compress_choose"  # globals of the build's environment
COUNT: Final = "compress_count"
RENDERING: Final = "compress_rendering"
BEGIN: Final = "compress_begin"
ELSE: Final = "compress_else"
PARENT: Final = "compress_parent"
_CALLED: Final = ("super", "caller")


def structure_of(tree: nodes.Template, name: str | None) -> nodes.Template:
    """`tree`, that of the template `name`, changed in place."""
    macros = {one.name for one in tree.find_all(nodes.Macro)} | _imported(tree)
    structure = _Structure(frozenset(macros), name)
    structure.parents(tree)
    tree.body = structure.statements(tree.body)
    return tree


def _imported(tree: nodes.Template) -> set[str]:
    names = {one.target for one in tree.find_all(nodes.Import)}
    for one in tree.find_all(nodes.FromImport):
        names |= {name if isinstance(name, str) else name[1] for name in one.names}
    return names


class _Structure:
    """Rewrites statements; `macros` are the names of macros that may contain blocks."""

    def __init__(self, macros: frozenset[str], name: str | None) -> None:
        self._name = name
        self._macros = macros
        self._conditions = 0

    def parents(self, tree: nodes.Template) -> None:
        """Have the names of parents asked for, with the line of the tag."""
        for one in tree.find_all(nodes.Extends):
            one.template = _call(PARENT, one.template, nodes.Const(self._name), nodes.Const(one.lineno))

    def statements(self, body: list[Any]) -> list[Any]:
        return [kept for node in body for kept in self._statement(node)]

    def _statement(self, node: Any) -> list[Any]:
        if isinstance(node, nodes.Output):
            return [self._output(node)]
        if isinstance(node, nodes.CallBlock) and is_block(node):
            node.body = [_forking(one) for one in node.body]
            return [node]
        if isinstance(node, nodes.If):
            return self._condition(node)
        if isinstance(node, nodes.CallBlock) and isinstance(node.call.node, nodes.ExtensionAttribute):
            return [self._of_extension(node)]
        return [self._with_inner(node)]

    def _output(self, node: nodes.Output) -> nodes.Node:
        """All of it while a block is rendered, else the calls that may lead to blocks."""
        calls = [one for part in node.nodes for one in self._calls(part)]
        others = [nodes.Output(calls).set_lineno(node.lineno)] if calls else []
        return nodes.If(_call(RENDERING), [node], [], others).set_lineno(node.lineno)

    def _condition(self, node: nodes.If) -> list[Any]:
        """One condition for each branch; the first remembers what was chosen, for the others."""
        rest = node.else_
        for branch in reversed(node.elif_):
            rest = [nodes.If(branch.test, branch.body, [], rest).set_lineno(branch.lineno)]
        self._conditions += 1
        number = nodes.Const(f"{id(self)}:{self._conditions}")
        test: Any = node.test
        begin = _call(BEGIN, number, _call(COUNT), test, nodes.Const(repr(node.test)))
        first = nodes.If(begin, self.statements(node.body), [], []).set_lineno(node.lineno)
        second = nodes.If(_call(ELSE, number), self.statements(rest), [], []).set_lineno(node.lineno)
        return [first, second]

    def _of_extension(self, node: nodes.CallBlock) -> nodes.Node:
        """The body alone, if no block is rendered: a cache, for example, would not run it."""
        if any(node.find_all(nodes.Block)):
            return self._with_inner(node)  # type: ignore[no-any-return]  # as it came
        return nodes.If(_call(RENDERING), [node], [], self.statements([*node.body])).set_lineno(node.lineno)

    def _with_inner(self, node: Any) -> Any:
        if isinstance(node, nodes.Include):
            node.ignore_missing = True
        if isinstance(node, nodes.For):
            node.test = None
            node.else_ = self.statements(node.else_)
        if isinstance(getattr(node, "body", None), list):
            node.body = self.statements(node.body)
        return node

    def _calls(self, node: Any) -> list[Any]:
        """The calls in an expression that may lead to blocks."""
        found = [*([node] if isinstance(node, nodes.Call) else []), *node.find_all(nodes.Call)]
        return [one for one in found if self._leads_on(one.node)][:1]

    def _leads_on(self, called: Any) -> bool:
        if isinstance(called, nodes.Name):
            return called.name in _CALLED or called.name in self._macros
        if not isinstance(called, nodes.Getattr) or not isinstance(called.node, nodes.Name | nodes.Call):
            return False
        if isinstance(called.node, nodes.Call):
            return self._leads_on(called.node.node)
        return called.node.name == "self" or called.node.name in self._macros


def is_block(node: nodes.CallBlock) -> bool:
    """Whether a call with a body is a block of ours."""
    called = node.call.node
    return isinstance(called, nodes.ExtensionAttribute) and called.name == "_compressed"


def _forking(node: Any) -> Any:
    """The node, its conditions and those inside of it asked of the recorder."""
    for one in [
        *([node] if isinstance(node, nodes.If | nodes.CondExpr) else []),
        *node.find_all(nodes.If | nodes.CondExpr),
    ]:
        one.test = _asked(one.test)
    return node


def _asked(test: Any) -> nodes.Expr:
    return _call(CHOOSE, _call(COUNT), test, nodes.Const(repr(test)))


def _call(name: str, *given: nodes.Expr) -> nodes.Call:
    return nodes.Call(nodes.Name(name, "load"), [*given], [], None, None)
