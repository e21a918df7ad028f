"""Reports templates among the sources, whose code everybody could read once they are released.

Takes the pages with template code, gives a diagnostic for each source root.
"""

import os
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Final, TypeAlias

from buildassets.compiler.config.values import Config
from buildassets.compiler.model import Source
from buildassets.compiler.sources.globs import compile_globs
from buildassets.compiler.sources.template_files import template_places
from buildassets.foundation.diagnostics import Diagnostic, Severity
from buildassets.foundation.frozen import replace
from buildassets.foundation.toml_values import basic_string

_STATEMENT: Final = "`{%"  # an expression is also one of Vue or Angular
_MOST_LISTED: Final = 8  # in a hint
_Page: TypeAlias = tuple[Source, Diagnostic]


def public_templates(config: Config, pages: Collection[_Page]) -> Iterator[Diagnostic]:
    """The diagnostics for `pages` with template code, each with the warning of its draft.

    Expressions alone count below a folder of templates only. It is an error where the application renders the same
    file. Pages that `raw` matches are meant to be public.
    """
    places, is_meant = template_places(config), compile_globs(config.raw)
    by_root: defaultdict[tuple[int, bool], list[_Page]] = defaultdict(list)
    for source, fault in pages:
        if (_STATEMENT in fault.message or places.has(source.path)) and not is_meant(source.logical):
            root = config.sources[source.root].path if source.root >= 0 else ""
            by_root[source.root, places.is_rendered(source.path, root)].append((source, fault))
    for (_, is_rendered), several in by_root.items():
        yield _of_root(sorted(several, key=lambda page: page[0].shown), is_rendered=is_rendered)


def _of_root(pages: list[_Page], *, is_rendered: bool) -> Diagnostic:
    """One diagnostic for the templates of one source root."""
    (_, first), *more = pages
    globs = [path if "/" in (path := page.logical) else f"./{path}" for page, _ in pages]
    if len(globs) > _MOST_LISTED:
        suffixes = sorted({os.path.splitext(page.logical)[1] for page, _ in pages})
        globs = [f"**/*{suffix}" for suffix in suffixes]
    line = f"exclude = [{', '.join(map(basic_string, globs))}]"
    what = f"{len(pages)} templates are released" if more else "a template is released"
    renders = ", which the application renders" if is_rendered else ""
    return replace(
        first,
        severity=Severity.ERROR if is_rendered else Severity.WARNING,
        message=f"{what}{renders}: everybody could read {'their' if more else 'its'} code",
        notes=(first.message,) if more else (),
        hint=f"write `{line}`; if it is a page for scripts, list it in `raw`",
        others=tuple(fault.location for _, fault in more if fault.location),
    )
