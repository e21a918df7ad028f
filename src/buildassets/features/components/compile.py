"""Gives a configuration the assets that are in templates: the styles and behaviours of components, and those of pages.

Takes a Config, gives it with a plan of blocks and a source root of the extracted texts, which lie in the folder of the
cache. A text has the lines and columns that it has in its template, so that places in it are places there.
"""

import os
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from buildassets.compiler.cache.folder import FOLDER_VARIABLE, cache_folder
from buildassets.compiler.config.values import BlockPlan, Config, SourceRoot
from buildassets.compiler.languages.css.lexer import COMMENT, STRING, URL, pieces
from buildassets.compiler.templates.files import looked_for
from buildassets.disk.files import bytes_at, write_whole
from buildassets.disk.folders import link_on_the_way, make_folders
from buildassets.features.components.blocks import PAGE_KEY, STYLE, component_id
from buildassets.features.components.pages import CODE, Part, Template, Templates, read_pages
from buildassets.features.components.rooted import MARK, rooted
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate, reason_text, sort_key, warning
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.lazy_pattern import lazy_pattern

FOLDER: Final = "components"
_EXTENSION: Final = "buildassets.features.components.jinja.ComponentsExtension"
_ENDINGS: Final = {"scss": "css", "ts": "js"}
_MODULES: Final = lazy_pattern(r"(?:\s|//[^\n]*|/\*(?s:.*?)\*/|@(?:use|forward|charset)\b[^;]*;)*")
_TOP_RULES: Final = ("@import", "@namespace")
_LINE_COMMENT: Final = lazy_pattern(rf"{STRING}|{COMMENT}|{URL}|(?P<comment>//[^\n]*)")
_ROOT: Final = lazy_pattern(r"component_root|data-component\b")
# From one `export` up to the next: a script with many of them takes linear time.
_EXPORTS_MOUNT: Final = lazy_pattern(
    r"\bexport\b(?:(?!\bexport\b)[^;{])*\bmount\b|\bexport\s*\{(?:(?!\bexport\s*\{)[^}])*\bmount\b"
)
_MOUNT: Final = lazy_pattern(r"\bmount\b")
# Calls `mount` for each root of the component, also for those that scripts add, and what it returned for removed ones.
# The module imports itself, as only a browser knows what it exports by that name.
_MOUNTING: Final = """
;import(import.meta.url).then(({mount})=>{if(typeof mount!=="function")return;\
const elements=new Map(),look=()=>{\
for(const element of document.querySelectorAll('%s'))\
if(!elements.has(element)){elements.set(element,null);elements.set(element,mount(element))}\
for(const [element,stop] of elements)\
if(!element.isConnected){elements.delete(element);if(typeof stop==="function")stop()}};\
look();new MutationObserver(look).observe(document,{childList:true,subtree:true})})
"""


@frozen
class _Extracted:
    """A part as a file of its own, by the name of the file; `shift` is how far its first line is moved."""

    name: str
    part: Part
    text: str
    shift: int = 0

    @property
    def logical(self) -> str:
        """The logical path of the asset that it becomes."""
        stem, _, ending = self.name.rpartition(".")
        return f"{FOLDER}/{stem}.{_ENDINGS.get(ending, ending)}"


def with_components(config: Config) -> Config:
    """`config` with the components in its templates. Writes their texts; faults are in the plan."""
    extensions = tuple(dict.fromkeys((*config.templates.extensions, _EXTENSION)))
    with_tags = replace(config, templates=replace(config.templates, extensions=extensions))
    templates = read_pages(with_tags)
    inputs = tuple(dict.fromkeys((*templates.files, *looked_for(config))))
    extracted = _extracted(templates)
    files = _files(extracted)
    folder = os.path.join(cache_folder(config), FOLDER)
    plan = replace(_plan(config, folder, templates, extracted), inputs=inputs)
    if not files and not plan.blocks:
        return replace(config, read=(*config.read, *inputs))
    found = (*plan.diagnostics, *templates.diagnostics, *_faults(templates), *_taken_names(config, plan))
    faults = (*found, *_written(config, folder, files))
    plan = replace(plan, diagnostics=tuple(sorted(faults, key=sort_key)))
    scripts = tuple(f"./{one.logical}" for one in files if one.part.block.kind != STYLE)
    root = SourceRoot(folder, plan.folder, prefix=FOLDER, include=tuple(f"./{one.name}" for one in files))
    return replace(
        with_tags,
        sources=(*config.sources, root) if files else config.sources,
        entries=(*config.entries, *scripts) if config.entries else (),
        plan=_beside(config.plan, plan) if config.plan else plan,
    )


def _taken_names(config: Config, plan: BlockPlan) -> Iterator[Diagnostic]:
    for name in sorted(config.bundles.keys() & plan.bundles.keys()):
        message = f"the bundle `{name}` has the name of the sheet that pages with components load"
        yield error("bundle/duplicate", message, config.place("bundles", name), hint="name the bundle otherwise")


def _beside(other: BlockPlan, ours: BlockPlan) -> BlockPlan:
    """The plan of another system together with ours."""
    return replace(
        other,
        blocks={**other.blocks, **ours.blocks},
        bundles={**other.bundles, **ours.bundles},
        places={**other.places, **ours.places},
        parts=(*other.parts, *ours.parts),
        named=(*other.named, *ours.named),
        diagnostics=(*other.diagnostics, *ours.diagnostics),
        inputs=(*other.inputs, *ours.inputs),
        mark=ours.mark,
    )


def _plan(
    config: Config, folder: str, templates: Templates, extracted: Mapping[str, tuple[_Extracted, ...]]
) -> BlockPlan:
    blocks: dict[str, Any] = {}
    bundles: dict[str, tuple[str, ...]] = {}
    reached: set[str] = set()
    for name in templates.by_name:
        page = templates.reached_from(name)
        if any(template.calls_assets for template in page):
            reached.update(template.file.name for template in page)
            members = [one for template in page for one in extracted[template.file.name]]
            blocks[PAGE_KEY + name] = [*_elements(members, bundles)]
    files = _files(extracted)
    shown = config.shown(folder)
    return BlockPlan(
        path=config.file or folder,
        folder=shown,
        blocks=blocks,
        bundles=bundles,
        parts=tuple(one.logical for one in files if one.part.block.kind == STYLE),
        named=tuple(one.logical for one in files if one.part.block.kind != STYLE),
        mark=MARK,
        places={f"{shown}/{one.name}": Location(one.part.shown, 1, 1 - one.shift) for one in files},
        diagnostics=tuple(
            _unloaded(templates.by_name[name]) for name in extracted if extracted[name] and name not in reached
        ),
    )


def _elements(members: list[_Extracted], bundles: dict[str, tuple[str, ...]]) -> Iterator[dict[str, Any]]:
    """The elements that load `members`: one sheet, which is added to `bundles`, and a module for each behaviour.

    Of a style that several templates share, the last place counts, as it would if each had its own.
    """
    styles = dict.fromkeys(f"./{FOLDER}/{one.name}" for one in reversed(members) if one.part.block.kind == STYLE)
    sheets = tuple(reversed(styles))
    if sheets:
        name = f"{FOLDER}/page-{sha256(' '.join(sheets).encode()).hexdigest()[:8]}.css"
        bundles[name] = sheets
        yield {"element": "link", "attributes": {}, "asset": name}
    for logical in dict.fromkeys(one.logical for one in members if one.part.block.kind != STYLE):
        yield {"element": "script", "attributes": {}, "asset": logical}


def _extracted(templates: Templates) -> dict[str, tuple[_Extracted, ...]]:
    """The parts of each template as files, by its name. Equal ones are one file, named after the first template."""
    sharing: dict[tuple[Any, ...], dict[str, None]] = {}
    for name, template in templates.by_name.items():
        for part in template.parts:
            sharing.setdefault(part.key, {})[component_id(name)] = None
    files: dict[tuple[Any, ...], _Extracted] = {}
    extracted = {}
    for name, template in templates.by_name.items():
        numbers: dict[str, int] = {}
        for part in template.parts:
            number = numbers[part.block.kind] = numbers.get(part.block.kind, 0) + 1
            if part.key not in files:
                file = f"{component_id(name)}{f'-{number}' if number > 1 else ''}.{part.block.language}"
                roots = ",".join(f'[data-component="{identity}"]' for identity in sharing[part.key])
                files[part.key] = (
                    _style(file, part, roots) if part.block.kind == STYLE else _behaviour(file, part, roots)
                )
        extracted[name] = tuple(dict.fromkeys(files[part.key] for part in template.parts))
    return extracted


def _files(extracted: Mapping[str, tuple[_Extracted, ...]]) -> list[_Extracted]:
    return list(dict.fromkeys(one for several in extracted.values() for one in several))


def _style(name: str, part: Part, roots: str) -> _Extracted:
    """A style; a scoped one applies to the elements of its component, and not to those of components in these."""
    body, padding = part.body, _padding(part)
    if not part.block.is_scoped:
        return _Extracted(name, part, f"{padding}{body}\n")
    opening = f"@scope ({roots}) to (:scope [data-component]) {{"
    body = rooted(body, _without_line_comments(part))
    modules = _MODULES.match(body)
    head = modules[0].rstrip() if modules and "@" in modules[0] else ""
    if head:  # `@use` has to be before all rules
        return _Extracted(name, part, f"{padding}{head}{opening}{body[len(head) :]}\n}}\n")
    return _Extracted(name, part, f"{opening}{padding}{body}\n}}\n", len(opening))


def _behaviour(name: str, part: Part, roots: str) -> _Extracted:
    body = part.body
    mounting = _MOUNTING % roots if _MOUNT.search(body) else "\n"
    return _Extracted(name, part, f"{_padding(part)}{body}{mounting}")


def _padding(part: Part) -> str:
    """The white space that brings a text to the line and column that it has in its template."""
    before = part.text[: part.block.start]
    return "\n" * before.count("\n") + " " * (len(before) - before.rfind("\n") - 1)


def _written(config: Config, folder: str, files: list[_Extracted]) -> Iterator[Diagnostic]:
    """Write `files` into `folder`, but for those that are there; an error where that is not possible.

    No link is followed that a repository may have brought: below a folder that the environment names, or else below
    the project's.
    """
    cache = os.path.dirname(folder)
    if linked := link_on_the_way(cache if os.environ.get(FOLDER_VARIABLE) else config.folder, folder):
        message = f"cannot write the styles and scripts of templates: `{config.shown(linked)}` is a symbolic link"
        hint = f"remove the link, or name the folder of the cache in `{FOLDER_VARIABLE}`"
        yield error(CODE, message, Location(config.shown(linked)), hint=hint)
        return
    try:
        for one in files:
            path, content = os.path.join(folder, one.name), one.text.encode("utf-8")
            if os.path.islink(path) or bytes_at(path) != content:
                make_folders(cache)
                write_whole(cache, content, f"{FOLDER}/{one.name}")
    except OSError as fault:
        message = f"cannot write the styles and scripts of templates: {reason_text(fault)}"
        hint = f"check the permissions and the free space there, or name another folder in `{FOLDER_VARIABLE}`"
        yield error(CODE, message, Location(config.shown(folder)), hint=hint)


def _faults(templates: Templates) -> Iterator[Diagnostic]:
    for template in templates.by_name.values():
        shown, text = template.file.shown, template.text
        for fault in template.blocks.faults:
            yield error(CODE, fault.message, locate(shown, text, fault.start, fault.end), hint=fault.hint)
        for span in template.computed:
            message = "the name of this template is computed, so its components are not known"
            hint = 'list those that it may be in the same template: `{% components "cards/*.html" %}`'
            yield error(CODE, message, locate(shown, text, *span), hint=hint)
        for pattern in template.matchless:
            message = f"no template is named `{pattern.name}`"
            where = locate(shown, text, pattern.start, pattern.end)
            yield warning(CODE, message, where, hint="correct it, or remove it from the list")
        for part in template.parts:
            if part.block.is_scoped:
                yield from _scope_faults(part)
            is_of_root = part.block.is_scoped or (part.block.kind != STYLE and _EXPORTS_MOUNT.search(part.body))
            if is_of_root and not _ROOT.search(template.text):
                yield _rootless(part)


def _scope_faults(part: Part) -> Iterator[Diagnostic]:
    """What in a scoped style is for a whole sheet, or ends the scope."""
    depth = 0
    for _, word, end in pieces(_without_line_comments(part)):
        depth += {"{": 1, "}": -1}.get(word, 0)
        if depth < 0 or word.lower() in _TOP_RULES:
            start = part.block.start + end - len(word)
            where = locate(part.shown, part.text, start, start + len(word))
            yield _unscoped(where) if depth < 0 else _at_top(word, where)
            return


def _without_line_comments(part: Part) -> str:
    """The body of a style, with blanks in the place of comments that only Sass knows."""
    if part.block.language != "scss":
        return part.body
    return _LINE_COMMENT.sub(lambda match: " " * len(match["comment"]) if match["comment"] else match[0], part.body)


def _rootless(part: Part) -> Diagnostic:
    message = f"this {part.block.kind} is for the root element of its component, and the template has none"
    hint = "write `{{ component_root() }}`, in Django `{% component_root %}`, into the tag of that element"
    return warning(CODE, message, locate(part.shown, part.text, part.block.outer[0], part.block.start), hint=hint)


def _unscoped(where: Location) -> Diagnostic:
    message = "`}` closes the scope of this style, so that what follows it is for the whole page"
    return error(CODE, message, where, hint="remove it, or open its block before it")


def _at_top(rule: str, where: Location) -> Diagnostic:
    message = f"a scoped style cannot have `{rule}`, which browsers take at the top of a sheet only"
    return error(CODE, message, where, hint="put it into a style that is not scoped")


def _unloaded(template: Template) -> Diagnostic:
    part = template.parts[0]
    message = (
        f"no page loads the {part.block.kind} of `{template.file.name}`: none that includes it has `component_assets`"
    )
    hint = "call `component_assets` in the layout of its pages, or list it in `{% components %}`"
    return warning(CODE, message, locate(part.shown, part.text, part.block.start), hint=hint)
