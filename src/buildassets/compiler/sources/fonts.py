"""Plans the parts of fonts that are made: which characters, in which formats, of which source.

Takes the configuration and the sources, gives the sources with what is made of fonts in their place. Reads templates
where a rule asks for their text, and no font.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Final

from buildassets.compiler.config.values import Config, FontRule
from buildassets.compiler.engines.fonttools import engine_version, limits_brotli, version_file
from buildassets.compiler.fonts.subset import Ranges, Subset, common, merged, of_text, parsed_range
from buildassets.compiler.model import Source
from buildassets.compiler.sources.globs import compile_globs
from buildassets.compiler.sources.template_text import TemplateText, template_text
from buildassets.compiler.sources.variants import made_twice, original_of
from buildassets.foundation.diagnostics import Diagnostic, error, warning
from buildassets.foundation.frozen import field, frozen
from buildassets.foundation.media import suffix
from buildassets.foundation.paths import LogicalPath

_NEEDS: Final = 'run `pip install --upgrade "buildassets[fonts]"`'
_SUFFIXES: Final = (".ttf", ".otf", ".woff", ".woff2", ".ttc", ".otc")
# A font often lies beside its packed copies; parts are made of the first. TrueType and OpenType are not copies.
_COPIES: Final = {".woff2": (".ttf", ".otf"), ".woff": (".ttf", ".otf", ".woff2")}
_WHERE: Final = "rename one of them, narrow the glob in `fonts`, or leave one out with `exclude`"


@frozen
class Cut:
    """The fonts to make: `made` maps the logical path of each font to that of its part in the first format.

    `looked_at` are the templates that were read, their folders, and the file by which another version of fontTools is
    noticed.
    """

    made: Mapping[LogicalPath, LogicalPath] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    looked_at: tuple[str, ...] = ()


def with_fonts(config: Config, sources: Mapping[LogicalPath, Source]) -> tuple[dict[LogicalPath, Source], Cut]:
    """`sources`, in which the parts of fonts that are made take the places of these fonts."""
    rules, faults = _rules(config, sources)
    if not rules:
        return dict(sources), Cut(diagnostics=tuple(faults))
    text = cache(lambda: template_text(config))
    faults += (*_lacking(config), *_without_text(config, rules.values(), text))
    if any(fault.is_error for fault in faults):
        return dict(sources), Cut(diagnostics=tuple(faults))
    made: dict[LogicalPath, Source] = {}
    names: dict[LogicalPath, LogicalPath] = {}
    others = {path: source for path, source in sources.items() if path not in rules}
    copies = dict(_copies(rules, sources))
    for path, rule in sorted(rules.items()):
        if path in copies:
            continue
        parts = {part.logical: part for part in _parts(sources[path], rule, text)}
        faults += made_twice("the part", sources[path], parts, {**others, **made}, hint=_WHERE)
        made |= parts
        names[path] = next(iter(parts))
    names |= {path: names[font] for path, font in copies.items()}
    needs_text = any(rule.text or rule.text_only for rule in rules.values())
    looked_at = (*(text().looked_at if needs_text else ()), *filter(None, [version_file()]))
    return {**others, **made}, Cut(names, tuple(faults), looked_at)


def planned(config: Config, logical: LogicalPath, path: str) -> Subset | None:
    """The part with the logical path and the `path` of a source from here; None if none is planned now."""
    original = original_of(config, logical, path)
    found = with_fonts(config, {original.logical: original})[0].get(logical) if original else None
    return found.subset if found else None


def _rules(
    config: Config, sources: Mapping[LogicalPath, Source]
) -> tuple[dict[LogicalPath, FontRule], list[Diagnostic]]:
    """The rule for each font that one matches: the last one that does. And the faults of the globs."""
    rules: dict[LogicalPath, FontRule] = {}
    faults: list[Diagnostic] = []
    for glob, rule in config.fonts.items():
        matches = compile_globs([glob])
        matching = [
            path
            for path, source in sources.items()
            if suffix(path) in _SUFFIXES and matches(path) and not source.keeps_name
        ]
        rules |= dict.fromkeys(matching, rule)
        if not matching:
            below = (glob.removeprefix(f"{root.shown}/") for root in config.sources)
            meant = next((rest for rest in below if rest != glob), None)  # logical paths begin below a source root
            hint = "correct it, or take it out; it has to match the logical path of a TTF, OTF, WOFF or WOFF2"
            hint = f"did you mean `{meant}`?" if meant else hint
            where = config.place("fonts", glob)
            faults.append(warning("config/unmatched", f"`{glob}` in `fonts` matches no font", where, hint=hint))
    return rules, faults


def _copies(
    rules: Mapping[LogicalPath, FontRule], sources: Mapping[LogicalPath, Source]
) -> Iterator[tuple[LogicalPath, LogicalPath]]:
    """The fonts beside which the same font lies for the same rule, less packed or packed better; each with that one."""
    for path, rule in rules.items():
        stem, folder = os.path.splitext(path)[0], os.path.dirname(sources[path].path)
        for other in (LogicalPath(f"{stem}{kind}") for kind in _COPIES.get(suffix(path), ())):
            if rules.get(other) == rule and os.path.dirname(sources[other].path) == folder:
                yield path, other
                break


def _lacking(config: Config) -> Iterator[Diagnostic]:
    """The errors for what is not installed."""
    where = config.place("fonts")
    if not engine_version():
        yield error("config/unavailable", "fonts need fontTools, which is not installed", where, hint=_NEEDS)
    elif not limits_brotli():
        message = "fonts need a newer brotli than the one that is installed"
        yield error("config/unavailable", message, where, hint=_NEEDS)


def _parts(source: Source, rule: FontRule, text: Callable[[], TemplateText]) -> Iterator[Source]:
    """The parts of the font `source`, the first format first."""
    stem = os.path.splitext(source.logical)[0]
    logical = [LogicalPath(f"{stem}.{kind}") for kind in rule.formats]
    ranges = _ranges(rule, text)
    for path, kind in zip(logical, rule.formats, strict=True):
        subset = Subset(
            source.path,
            ranges,
            kind,
            is_allowed=_is_allowed(source, rule.allow),
            allow=rule.allow,
            siblings=tuple(logical),
            fallback=rule.fallback,
            preloads=rule.preload,
        )
        # No file can be there, as it lies below a file: caches name it so.
        file = os.path.join(source.path, os.path.basename(path))
        yield Source(path, file, shown=source.shown, root=-1, relative=path, recipe=subset)


def _without_text(config: Config, rules: Iterable[FontRule], text: Callable[[], TemplateText]) -> Iterator[Diagnostic]:
    """The error for fonts of which nothing is kept, as there is no text."""
    if any(rule.text_only for rule in rules) and not text().characters.strip():
        hint = "name the folders of templates in `templates.dirs`, or give a `unicode_range` instead"
        message = "`fonts` asks for the text of templates, and there is none"
        yield error("font/empty", message, config.place("fonts"), hint=hint)


def _ranges(rule: FontRule, text: Callable[[], TemplateText]) -> Ranges | None:
    """The characters that are kept, None for all."""
    kept = merged(found for each in rule.unicode_range if (found := parsed_range(each)))
    if rule.text_only:
        characters = of_text(text().characters)
        return common(kept, characters) if kept else characters
    if rule.text:
        return merged((*kept, *of_text(text().characters)))
    return kept or None


def _is_allowed(source: Source, names: Collection[str]) -> bool:
    name = os.path.basename(source.logical)
    return not {source.logical, name, os.path.splitext(name)[0]}.isdisjoint(names)
