"""Globs: patterns of paths, translated to one regular expression that takes time linear in the path.

- `*` matches any number of characters except `/`, `?` one, `[abc]`, `[a-z]` and `[!abc]` one of a set.
- `**` as a whole segment matches any number of segments, also none: `**/*.map`, `js/**/*.js`.
- A pattern without a slash matches the name of a file or a folder at any depth: `*.map`, `node_modules`. Everything in
  a folder of that name matches, too.
- A pattern with a slash matches the whole path: `js/vendor/*.js`. `./app.css` matches only the `app.css` at the top,
  `vendor/` everything below `vendor`.

Any other character matches itself, also a backslash or a brace. Case counts on every system. Pure; imports only the
vocabulary and the configuration.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import pairwise, product
from typing import Final

from buildassets.compiler.config.values import Config
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.media import suffix
from buildassets.foundation.paths import LogicalPath

_ELEMENT: Final = lazy_pattern(r"\*+|\?|\[!?\]?[^\]]*\]|[^*?\[]+|\[", re.DOTALL)
_NOTHING: Final = r"(?!)"
HIDDEN: Final = ".!(well-known)"  # in the notation of bash: hidden names but the one that URLs may have (RFC 8615)
# `HIDDEN` matches .DS_Store, .git, …; the last two are the temporary files of a "safe write" of JetBrains.
BUILT_IN_EXCLUDES: Final = (
    HIDDEN,
    "*~",
    "#*#",
    "*.swp",
    "Thumbs.db",
    "desktop.ini",
    "*___jb_tmp___",
    "*___jb_old___",
)
_HIDDEN_EXPRESSION: Final = r"\.(?!well-known(?:/|\Z))[^/]*"


Matcher = Callable[[str], re.Match[str] | None]
_ALTERNATIVES: Final = lazy_pattern(r"\{([^{}/]*,[^{}/]*)\}")
_MOST_WRITTEN: Final = 4  # patterns in the place of one


def compile_globs(patterns: Iterable[str]) -> Matcher:
    """A function that is true for a path that matches one of `patterns`; without patterns, for none.

    For a folder with a slash at its end (`vendor/`), it is true if everything below surely matches.
    """
    names: list[str] = []
    paths: list[str] = []
    for pattern in patterns:
        if "/" in pattern:
            paths.append(_path_expression(pattern))
        elif pattern:
            names.append(_HIDDEN_EXPRESSION if pattern == HIDDEN else _segment_expression(pattern))
    if names:
        paths.append(rf"(?:.*/)?(?:{'|'.join(names)})(?:/.*)?")
    return re.compile("|".join(paths) or _NOTHING, re.DOTALL).fullmatch


def is_glob(pattern: str) -> bool:
    """Whether `pattern` may match several paths: it has a wildcard, or is a folder with a slash at its end."""
    return pattern.endswith("/") or any(mark in pattern for mark in "*?[")


def named_by(pattern: str, names: Collection[str]) -> set[str]:
    """Those of `names` that `pattern` names: that exact path, or everything that a glob matches."""
    path = pattern.removeprefix("./")
    if path in names:
        return {path}
    matches = compile_globs([pattern]) if is_glob(pattern) else None
    return {name for name in names if matches and matches(name)}


def _path_expression(pattern: str) -> str:
    """The expression of a pattern with a slash.

    The segments between two `**` are matched at the leftmost place without backtracking (an atomic group): any later
    place would do no better. Only those after the last `**` are tried at each segment. So the time is linear.
    """
    prefix = ""
    if pattern.startswith("./"):
        prefix, pattern = r"(?:\./)?", pattern[2:]
    segments = (pattern + "**" if pattern.endswith("/") else pattern).split("/")
    cuts = [index for index, segment in enumerate(segments) if segment == "**"]
    if not cuts:
        return prefix + _segments_expression(segments)
    head = "".join(_segment_expression(segment) + "/" for segment in segments[: cuts[0]])
    middle = ""
    for cut, next_cut in pairwise(cuts):
        if between := segments[cut + 1 : next_cut]:
            middle += rf"(?>(?:[^/]*/)*?{_segments_expression(between)}/)"
    tail = segments[cuts[-1] + 1 :]
    return prefix + head + middle + (rf"(?:.*/)?{_segments_expression(tail)}" if tail else ".*")


def _segments_expression(segments: Sequence[str]) -> str:
    return "/".join(_segment_expression(segment) for segment in segments)


def _segment_expression(segment: str) -> str:
    """The expression of a pattern for one segment. Each part between two stars, too, is matched where it first fits."""
    parts = [""]
    for element in _ELEMENT.findall(segment):
        if element.startswith("*"):
            parts.append("")
        else:
            parts[-1] += _element_expression(element)
    first, *rest = parts
    if not rest:
        return first
    if parts == ["", ""]:
        return "[^/]+"
    *inner, last = rest
    return first + "".join(rf"(?>[^/]*?{part})" for part in inner if part) + "[^/]*" + last


def _element_expression(element: str) -> str:
    if element == "?":
        return "[^/]"
    if len(element) < 2 or not element.startswith("["):
        return re.escape(element)
    negated = element.startswith("[!")
    members = _class_members(element[2 if negated else 1 : -1])
    if not members:
        return "[^/]" if negated else _NOTHING
    return rf"(?!/)[{'^' if negated else ''}{members}]"


def _class_members(text: str) -> str:
    """The `text` between brackets as the members of a character class. A range that runs backwards is empty."""
    members = ""
    position = 0
    while position < len(text):
        if text[position + 1 : position + 2] == "-" and position + 2 < len(text):
            first, last = text[position], text[position + 2]
            members += f"{re.escape(first)}-{re.escape(last)}" if first <= last else ""
            position += 3
        else:
            members += re.escape(text[position])
            position += 1
    return members


def pattern_advice(pattern: str, kind: str, compiled: Mapping[str, str]) -> str | None:
    """The hint for `pattern`, which matches no file but should match some whose assets have the suffix `kind`, or None.

    It may be in the syntax of shells or of other tools. `compiled` are logical paths by the names of all files.
    """
    if pattern.startswith("!"):
        return "name the files that are wanted: no pattern takes away what others match"
    written = _without_braces(pattern)
    if len(written) > 1:
        shown = ", ".join(f"`{each}`" for each in written[:_MOST_WRITTEN])
        more = ", …" if len(written) > _MOST_WRITTEN else ""
        return f"write a pattern for each: {shown}{more}; braces have no special meaning"
    folder = pattern.removeprefix("./").rstrip("/") + "/"
    inside = [file for file, logical in compiled.items() if file.startswith(folder) and suffix(logical) == kind]
    if not inside:
        return None
    is_flat = any("/" not in file[len(folder) :] for file in inside)
    ending = min(suffix(file) for file in inside)
    return f"it is a folder: write `{folder}{'' if is_flat else '**/'}*{ending}`"


def _without_braces(pattern: str) -> list[str]:
    """The patterns to which a shell expands one: `{a,b}.js` → `a.js`, `b.js`."""
    parts = _ALTERNATIVES.split(pattern)  # at odd indices the texts in braces
    choices = [part.split(",") if index % 2 else [part] for index, part in enumerate(parts)]
    return ["".join(chosen) for chosen in product(*choices)] if len(parts) < 2 * _MOST_WRITTEN else [pattern]


def plain_names(config: Config, names: Collection[str]) -> frozenset[LogicalPath]:
    """Those of `names` that `plain` matches; a pattern without a wildcard names exactly that path."""
    return frozenset(LogicalPath(path) for pattern in config.plain for path in named_by(pattern, names))
