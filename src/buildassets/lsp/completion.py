"""Proposes names of assets at a place of a text that is half written, so it is judged by the line before the cursor."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from buildassets.compiler.templates.names import HELPERS, NamingRule
from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.media import media_of
from buildassets.foundation.paths import LogicalPath, relative, to_url
from buildassets.foundation.template_helpers import BY_NAME
from buildassets.lsp.project import EditedProject
from buildassets.lsp.spots import logical_path

_SHEETS: Final = (".css",)
_SCRIPTS: Final = (".js", ".mjs")
_STYLED: Final = (".css", ".scss", ".sass", ".less", ".styl")
_SCRIPTED: Final = (".js", ".mjs", ".ts", ".tsx", ".jsx", ".mts")
_OPEN_TAG: Final = lazy_pattern(r"(?:\{[{%](?:(?![%}]\}).)*|\$\{[^}]*)\Z", re.DOTALL)
_STRING: Final = lazy_pattern(r"""(["'])(?P<text>[^\n]*?)(?:\1|\n|(?P<open>\Z))""")
_URL: Final = lazy_pattern(r"""\burl\(\s*["']?([^"')\s]*)\Z""")
_SHEET_IMPORT: Final = lazy_pattern(r"""@import\s+(?:url\(\s*["']?|["'])([^"')\n]*)\Z""")
_MODULE: Final = lazy_pattern(r"""(?:\bfrom|\bimport|\bimport\s*\()\s*["']([^"'\n]*)\Z""")
_NEW_URL: Final = lazy_pattern(r"""\bnew\s+URL\(\s*["']([^"'\n]*)\Z""")
# The helpers whose arguments names of assets or icons can be; those of CSS modules are not known here.
_PROPOSED: Final = [name for name, rule in HELPERS.items() if rule is not NamingRule.CSS_MODULE]


@frozen
class CompletionProposal:
    """A text for the place of `text[start:end]`, and the asset that it names."""

    start: int
    end: int
    text: str
    asset: LogicalPath


def proposals(project: EditedProject, path: str, text: str, offset: int) -> Iterator[CompletionProposal]:
    """The names that can be at `offset` of `text`, the text of the file at `path`, sorted by asset."""
    if project.template(path):
        word, written = _in_template(project, text[:offset])
        if HELPERS.get(word) is NamingRule.ICON:
            for icon, sprite in (project.icons or {}).items():
                yield CompletionProposal(offset - len(written), offset, icon, sprite)
        fits: _Fits = _fitting(word)
        spell: _Spell = str
    else:
        base = logical_path(project, path)
        if base is None:
            return
        written, fits, spell = _in_asset(base, path, text[:offset])
    start = offset - len(written)
    for name in sorted(project.names):
        if fits(name):
            yield CompletionProposal(start, offset, spell(name), name)


_Fits = Callable[[LogicalPath], bool]
_Spell = Callable[[LogicalPath], str]


def _none(name: LogicalPath) -> bool:
    return False


def _with(suffixes: Iterable[str]) -> _Fits:
    endings = tuple(suffixes)
    return lambda name: name.endswith(endings)


def _but(base: LogicalPath, fits: _Fits) -> _Fits:
    return lambda name: name != base and fits(name)


def _is_shown(name: LogicalPath) -> bool:
    """Whether a value of CSS can show it, or set text in it."""
    return media_of(name).type.startswith(("image/", "font/"))


def _any(name: LogicalPath) -> bool:
    return True


def _in_template(project: EditedProject, before: str) -> tuple[str, str]:
    """The last helper in the tag that is still open, and what is written of a name in its arguments; or no helper."""
    tag = _OPEN_TAG.search(before)
    strings = list(_STRING.finditer(before, tag.start())) if tag else []
    if tag is None or not strings or strings[-1]["open"] is None:
        return "", ""
    quoted = strings[-1]
    own = (name.rpartition(".")[2] for name in project.config.templates.functions)
    helpers = {*_PROPOSED, "static", "url_for", *own}
    words = [word for word in re.findall(r"\w+", before[tag.start() : quoted.start()]) if word in helpers]
    if not words and tag[0].startswith("{%"):
        return "", ""
    return words[-1] if words else "asset", quoted["text"]  # without a helper: `{{ "css/app.css"|asset }}`


def _fitting(helper: str) -> _Fits:
    """Which assets `helper` takes: an empty name takes none."""
    if not helper or HELPERS.get(helper) is NamingRule.ICON:
        return _none
    kind = BY_NAME[helper].media_prefix if helper in BY_NAME else ""
    return lambda name: media_of(name).type.startswith(kind)


def _in_asset(base: LogicalPath, path: str, before: str) -> tuple[str, _Fits, _Spell]:
    """The written part of a reference in a style sheet or a script."""

    def beside(name: LogicalPath) -> str:
        return to_url(relative(base, name))

    def module(name: LogicalPath) -> str:
        spelt = beside(name)
        return spelt if spelt.startswith("../") else f"./{spelt}"

    if path.endswith(_STYLED):
        forms: list[tuple[re.Pattern[str], _Fits, _Spell]] = [
            (_SHEET_IMPORT, _with(_SHEETS), beside),
            (_URL, _is_shown, beside),
        ]
    elif path.endswith(_SCRIPTED):
        forms = [(_MODULE, _with(_SCRIPTS), module), (_NEW_URL, _any, beside)]
    else:
        forms = []
    for pattern, fits, spell in forms:
        if match := pattern.search(before):
            return match[1], _but(base, fits), spell
    return "", _none, str
