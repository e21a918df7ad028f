"""Finds the templates that a Jinja template extends, includes and imports, with the visitor of `check`."""

from jinja2 import TemplateSyntaxError, nodes

from buildassets.compiler.templates.jinja import JinjaReader
from buildassets.compiler.templates.jinja_scopes import Scope, Visitor
from buildassets.compiler.templates.names import NamingRule, Reading, TemplateFault, either


class JinjaPages(JinjaReader):
    """Reads templates; the uses in its readings are names of templates."""

    def read(self, text: str) -> Reading:
        """The names of templates in the template `text`."""
        faults: list[TemplateFault] = []
        visitor = _Pages(self._environment, {}, {}, lambda _: {})
        try:
            visitor.run(self._parsed(text, faults), self._environment.lexer.strings)
        except (TemplateSyntaxError, RecursionError):
            return Reading()  # `check` reports it, and no page can show it
        return Reading(tuple(visitor.uses), tuple(visitor.unchecked))


class _Pages(Visitor):
    """Collects the names of templates in place of those of assets."""

    def _visit_template_name(self, node: nodes.Extends | nodes.Include, scope: Scope) -> None:
        self._name_template(node, node.template, scope)

    _visit_extends = _visit_include = _visit_template_name

    def _visit_import(self, node: nodes.Import, scope: Scope) -> None:
        self._name_template(node, node.template, scope)
        super()._visit_import(node, scope)

    def _visit_fromimport(self, node: nodes.FromImport, scope: Scope) -> None:
        self._name_template(node, node.template, scope)
        super()._visit_fromimport(node, scope)

    def _name_template(self, node: nodes.Stmt, template: nodes.Expr, scope: Scope) -> None:
        items = template.items if isinstance(template, nodes.List | nodes.Tuple) else [template]
        possible = either(self._possible(item, scope) for item in items)
        self._note(NamingRule.OWN, possible, (node.lineno, node.lineno + len(type(node).__name__)))
