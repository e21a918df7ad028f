"""Render every block of a project's templates as a page would, in each offline context; print them as JSON.

Runs in the project's own environment. Which blocks there are is found out by django-compressor's own walk of templates,
for both sides.
"""

import json
import os
import sys
from collections.abc import Iterator
from typing import Any

import django

django.setup()

from compressor.offline import django as walk  # noqa: E402
from django.conf import settings  # noqa: E402
from django.template import Context, engines  # noqa: E402
from django.utils.module_loading import import_string  # noqa: E402

if os.environ["SIDE"] == "ours":
    from buildassets.compat.compressor.run.lookup import current_release, looked_up
    from buildassets.compat.compressor.run.nodes import CompressNode
    from buildassets.runtime.django.plain_urls import plain_urls

    class _Node(CompressNode):
        def is_offline_compression_enabled(self, forced: bool) -> bool:
            return forced

    CompressNode.is_offline_compression_enabled = _Node.is_offline_compression_enabled  # type: ignore[attr-defined]
    walk.CompressorNode = CompressNode


def _stays(node: Any, context: Context) -> bool:
    """Return whether a release has nothing for a block; django-compressor would have raised for it."""
    if os.environ["SIDE"] == "theirs":
        return False
    with plain_urls():
        written = node.nodelist.render(context)
    release = current_release()
    return release is None or looked_up(release, node.block, written) is None


def _contexts() -> Iterator[dict[str, Any]]:
    given = settings.COMPRESS_OFFLINE_CONTEXT
    found = import_string(given)() if isinstance(given, str) else given
    yield from [found] if isinstance(found, dict) else found


def _names() -> list[str]:
    found = set()
    engine: Any = engines.all()[0]
    loaders = engine.engine.template_loaders
    for loader in (inner for one in loaders for inner in getattr(one, "loaders", [one])):
        for folder in map(str, loader.get_template_sources("")):
            for path, _, files in os.walk(folder):
                found |= {os.path.relpath(os.path.join(path, name), folder) for name in files if name.endswith(".html")}
    return sorted(found)


def _blocks(parser: Any, name: str, values: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """List the markup in the place of each block of a template, and whether it is the block itself."""
    try:
        template = parser.parse(name)
        context = Context(values)
        nodes = list(parser.walk_nodes(template, context=context))
    except Exception:  # a template that is broken, or of another engine
        return
    context.template = template
    for node in nodes:
        with context.push():
            stays = _stays(node, context)
        with context.push():
            yield node.render(context), stays


def _shown() -> Iterator[dict[str, Any]]:
    parser, names = walk.DjangoParser(charset="utf-8"), _names()
    for number, values in enumerate(_contexts()):
        for name in names:
            for index, (shown, stays) in enumerate(_blocks(parser, name, values)):
                yield {"place": f"{name}#{index}", "context": number, "shown": shown, "stays": stays}


json.dump({"url": str(settings.STATIC_URL), "blocks": list(_shown())}, sys.stdout)
