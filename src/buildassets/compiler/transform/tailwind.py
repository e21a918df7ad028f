"""Tailwind among the engines of a build: which sheets need it, and which files are scanned for them.

Takes sources and the configuration. Imports the engine only for a sheet that needs it: most projects have none.
"""

import os
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from buildassets.compiler.cache.stamps import signature
from buildassets.compiler.cache.traces import Signature
from buildassets.compiler.config.values import Config
from buildassets.compiler.engines.late import LateEngine
from buildassets.compiler.engines.protocol import EngineOptions
from buildassets.compiler.engines.tailwind.rules import imports_if_written_for_tailwind, relative_imports, uses_tailwind
from buildassets.disk.files import content_of

if TYPE_CHECKING:
    from buildassets.compiler.engines.tailwind.engine import TailwindEngine

KIND = "tailwindcss"  # of the engine, in the manifest
_RULES = ("apply", "theme", "utility", "variant", "custom-variant", "plugin", "config", "reference")
_RULES_IN_BYTES = tuple(rule.encode() for rule in _RULES)
Facts: TypeAlias = tuple[bool, tuple[str, ...], tuple[str, ...]]
_NOTHING: Facts = (False, (), ())


def needs_tailwind(path: str) -> bool:
    """Whether the style sheet at `path` needs Tailwind; False if it cannot be read, which its draft reports."""
    uses, _, following = _facts(path)
    return uses or _imports_tailwind(path, following)


def text_needs_tailwind(text: str, path: str) -> bool:
    """Whether `text`, that of the style sheet at `path`, needs Tailwind."""
    if "tailwind" not in text and not any(after.startswith(_RULES) for after in text.split("@")[1:]):
        return False

    return uses_tailwind(text) or _imports_tailwind(path, imports_if_written_for_tailwind(text))


def _imports_tailwind(path: str, names: Iterable[str]) -> bool:
    """Whether one of the sheets `names`, as seen from that at `path`, imports Tailwind, or a sheet that does."""
    waiting, seen = [(path, name) for name in names], {path}
    while waiting:
        importer, name = waiting.pop()
        target = os.path.normpath(os.path.join(os.path.dirname(importer), name))
        if target in seen:
            continue
        seen.add(target)
        uses, imported, _ = _facts(target)
        if uses:
            return True
        waiting += ((target, name) for name in imported)
    return False


def _facts(path: str) -> Facts:
    seen = signature(path)
    return _NOTHING if seen is None else _read_facts(path, seen)


@lru_cache(maxsize=4096)
def _read_facts(path: str, _seen: Signature) -> Facts:
    """Whether the sheet itself uses Tailwind, what it imports, and that again if it has rules for Tailwind."""
    try:
        content = content_of(path)
    except OSError:
        return _NOTHING
    after_at = content.split(b"@")[1:]
    hints = (b"import", *_RULES_IN_BYTES)
    if b"tailwind" not in content and not any(after.startswith(hints) for after in after_at):
        return _NOTHING

    text = content.decode("utf-8", "replace")
    imported = tuple(relative_imports(text))
    return uses_tailwind(text), imported, tuple(imports_if_written_for_tailwind(text))


def late_tailwind(config: Config, options: EngineOptions) -> LateEngine:
    """Tailwind, started for the first sheet."""

    def start() -> "TailwindEngine":
        from buildassets.compiler.engines.tailwind.engine import TailwindEngine
        from buildassets.compiler.sources.template_files import is_scanned, scanned_globs

        folders = (config.folder, *(root.path for root in config.sources), *config.load_paths)
        return TailwindEngine(options, scanned_globs(config), is_scanned(config), config.output, folders=folders)

    return LateEngine(KIND, ("templates",), start=start)
