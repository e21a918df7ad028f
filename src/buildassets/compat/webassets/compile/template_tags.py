"""Bundles that templates define: `{% assets "a.js", "b.js", output="gen/x.js" %}`.

Takes a Jinja environment, folders and the bundles that are known, gives bundles. Reads templates, renders none. Imports
Jinja.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from jinja2 import Environment as Jinja
from jinja2 import nodes
from jinja2.exceptions import TemplateError

from buildassets.compat.webassets.run.bundle import Bundle
from buildassets.compat.webassets.run.jinja import METHOD, OPTIONS, AssetsExtension
from buildassets.disk.files import small_text_of
from buildassets.disk.folders import files_below

_SUFFIXES: Final = (".html", ".htm", ".jinja", ".jinja2", ".j2", ".xml", ".svg", ".txt")
_TAG: Final = "assets"


def bundles_in_templates(jinja: Jinja, folders: Iterable[str], known: Mapping[str, Bundle]) -> Iterator[Bundle]:
    """The bundle of each tag in the templates of `folders` whose arguments are all written there.

    A template that cannot be read is passed over: `check` reports it.
    """
    for path in _templates(folders):
        try:
            text = small_text_of(path) or ""
            found = _calls(jinja.parse(text)) if _TAG in text else ()
            yield from (one for call in found for one in _bundle(call, known, path))
        except (ValueError, TemplateError):
            continue


def _templates(folders: Iterable[str]) -> Iterator[str]:
    for folder in folders:
        if os.path.isdir(folder):
            yield from (os.path.join(folder, name) for name in files_below(folder) if name.endswith(_SUFFIXES))


def _calls(template: nodes.Template) -> Iterator[nodes.Call]:
    for block in template.find_all(nodes.CallBlock):
        function: Any = block.call.node
        is_ours = isinstance(function, nodes.ExtensionAttribute) and function.name == METHOD
        if is_ours and function.identifier == AssetsExtension.identifier:
            yield block.call


def _bundle(call: nodes.Call, known: Mapping[str, Bundle], path: str) -> Iterator[Bundle]:
    try:
        values: list[Any] = [argument.as_const() for argument in call.args]
    except nodes.Impossible:
        return
    options, files = dict(zip(OPTIONS, values[:-1], strict=True)), values[-1]
    made = Bundle(*(known.get(one, one) for one in files), **options)
    made.place = (os.path.abspath(path), call.lineno)
    yield made
