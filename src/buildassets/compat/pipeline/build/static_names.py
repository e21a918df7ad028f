"""The static files that Django's finders have, by their names, and globs over them as django-pipeline reads them.

Takes source roots, gives names. Looks at the disk.
"""

import os
import re
from collections.abc import Iterable, Mapping
from fnmatch import translate
from typing import Final

from buildassets.folders import files_below
from buildassets.runtime.django.sources import StaticRoot

_MAGIC: Final = re.compile(r"[*?\[]")


def static_names(roots: Iterable[StaticRoot]) -> dict[str, str]:
    """The absolute path of each static file by its name; of those of one name the first, as Django has it.

    Hidden ones are none, as for `collectstatic`.
    """
    found: dict[str, str] = {}
    for root in roots:
        if root.include:
            listed = [one.removeprefix("./") for one in root.include]
        else:
            listed = [name for name in files_below(root.path) if not name.startswith(".") and "/." not in name]
        for name in listed:
            shown = f"{root.prefix}/{name}" if root.prefix else name
            found.setdefault(shown, os.path.join(root.path, *name.split("/")))
    return found


def is_magic(pattern: str) -> bool:
    """Whether `pattern` may match several names."""
    return _MAGIC.search(pattern) is not None


def matching(pattern: str, names: Mapping[str, str]) -> list[str]:
    """The `names` that `pattern` matches, sorted; a star stands for what is in one folder and not hidden."""
    if not is_magic(pattern):
        return [pattern] if pattern in names else []
    segments = pattern.split("/")
    expressions = [re.compile(translate(one)).match for one in segments]
    found = []
    for name in names:
        parts = name.split("/")
        if len(parts) == len(segments) and all(map(_fits, expressions, segments, parts)):
            found.append(name)
    return sorted(found)


def _fits(matches: object, segment: str, part: str) -> bool:
    if not is_magic(segment):
        return segment == part
    return callable(matches) and matches(part) is not None and (segment.startswith(".") or not part.startswith("."))
