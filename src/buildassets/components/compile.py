"""Gives a configuration the assets that are in templates: the styles and behaviours of components, and those of pages.

Takes a Config, gives it with a plan of blocks and a source root of the extracted texts, which lie in the folder of the
cache. A text has the lines and columns that it has in its template, so that places in it are places there.
"""

import os
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from buildassets.compiler.cache.folder import cache_folder
from buildassets.compiler.config.values import BlockPlan, Config, SourceRoot
from buildassets.compiler.templates.files import looked_for
from buildassets.components.blocks import PAGE_KEY, STYLE, component_id
from buildassets.components.pages import CODE, Part, Template, Templates, read_pages
from buildassets.disk.files import bytes_at, write_whole
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate, reason_text, sort_key, warning
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.lazy_pattern import lazy_pattern

FOLDER: Final = "components"
_EXTENSION: Final = "buildassets.components.jinja.ComponentsExtension"
_ENDINGS: Final = {"scss": "css", "ts": "js"}
_MODULES: Final = lazy_pattern(r"(?:\s|//[^\n]*|/\*(?s:.*?)\*/|@(?:use|forward|charset)\b[^;]*;)*")
_TOP_RULE: Final = lazy_pattern(r"@(?:import|namespace)\b")
_MOUNT: Final = lazy_pattern(r"\bexport\s+(?:async\s+)?(?:function\s+|const\s+|let\s+)mount\b|\bexport\s*\{\s*mount\b")
# Calls `mount` for each root of the component, also for those that scripts add, and what it returned for removed ones.
_MOUNTING: Final = """
;{const elements=new Map(),look=()=>{\
for(const element of document.querySelectorAll('[data-component="%s"]'))\
if(!elements.has(element)){elements.set(element,null);elements.set(element,mount(element))}\
for(const [element,stop] of elements)\
if(!element.isConnected){elements.delete(element);if(typeof stop==="function")stop()}};\
look();new MutationObserver(look).observe(document,{childList:true,subtree:true})}
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
    extracted = {name: tuple(_extracted(template)) for name, template in templates.by_name.items()}
    files = [one for several in extracted.values() for one in several]
    folder = os.path.join(cache_folder(config), FOLDER)
    plan = replace(_plan(config, folder, templates, extracted), inputs=inputs)
    if not files and not plan.blocks:
        return replace(config, read=(*config.read, *inputs))
    faults = (*plan.diagnostics, *templates.diagnostics, *_faults(templates), *_written(config, folder, files))
    plan = replace(plan, diagnostics=tuple(sorted(faults, key=sort_key)))
    scripts = tuple(f"./{one.logical}" for one in files if one.part.block.kind != STYLE)
    root = SourceRoot(folder, plan.folder, prefix=FOLDER, include=tuple(f"./{one.name}" for one in files))
    return replace(
        with_tags,
        sources=(*config.sources, root) if files else config.sources,
        entries=(*config.entries, *scripts) if config.entries else (),
        plan=_beside(config.plan, plan) if config.plan else plan,
    )


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
    files = [one for several in extracted.values() for one in several]
    shown = config.shown(folder)
    return BlockPlan(
        path=config.file or folder,
        folder=shown,
        blocks=blocks,
        bundles=bundles,
        parts=tuple(one.logical for one in files if one.part.block.kind == STYLE),
        named=tuple(one.logical for one in files if one.part.block.kind != STYLE),
        places={f"{shown}/{one.name}": Location(one.part.shown, 1, 1 - one.shift) for one in files},
        diagnostics=tuple(
            _unloaded(templates.by_name[name]) for name in extracted if extracted[name] and name not in reached
        ),
    )


def _elements(members: list[_Extracted], bundles: dict[str, tuple[str, ...]]) -> Iterator[dict[str, Any]]:
    """The elements that load `members`: one sheet, which is added to `bundles`, and a module for each behaviour."""
    sheets = tuple(f"./{FOLDER}/{one.name}" for one in members if one.part.block.kind == STYLE)
    if sheets:
        name = f"{FOLDER}/page-{sha256(' '.join(sheets).encode()).hexdigest()[:8]}.css"
        bundles[name] = sheets
        yield {"element": "link", "attributes": {}, "asset": name}
    for one in members:
        if one.part.block.kind != STYLE:
            yield {"element": "script", "attributes": {}, "asset": one.logical}


def _extracted(template: Template) -> Iterator[_Extracted]:
    """The parts of `template` as files."""
    identity = component_id(template.file.name)
    numbers: dict[str, int] = {}
    for part in template.parts:
        number = numbers[part.block.kind] = numbers.get(part.block.kind, 0) + 1
        name = f"{identity}{f'-{number}' if number > 1 else ''}.{part.block.language}"
        yield _style(name, part, identity) if part.block.kind == STYLE else _behaviour(name, part, identity)


def _style(name: str, part: Part, identity: str) -> _Extracted:
    """A style; a scoped one applies to the elements of its component, and not to those of components in these."""
    body, padding = part.body, _padding(part)
    if not part.block.is_scoped:
        return _Extracted(name, part, f"{padding}{body}\n")
    opening = f'@scope ([data-component="{identity}"]) to (:scope [data-component]) {{'
    modules = _MODULES.match(body)
    head = body[: modules.end()] if modules and "@" in modules[0] else ""
    if head:  # `@use` has to be before all rules
        return _Extracted(name, part, f"{padding}{head}{opening}{body[len(head) :]}\n}}\n")
    return _Extracted(name, part, f"{opening}{padding}{body}\n}}\n", len(opening))


def _behaviour(name: str, part: Part, identity: str) -> _Extracted:
    body = part.body
    mounting = _MOUNTING % identity if _MOUNT.search(body) else "\n"
    return _Extracted(name, part, f"{_padding(part)}{body}{mounting}")


def _padding(part: Part) -> str:
    """The white space that brings a text to the line and column that it has in its template."""
    before = part.text[: part.block.start]
    return "\n" * before.count("\n") + " " * (len(before) - before.rfind("\n") - 1)


def _written(config: Config, folder: str, files: list[_Extracted]) -> Iterator[Diagnostic]:
    """Write `files` into `folder`, but for those that are there; an error where that is not possible."""
    try:
        for one in files:
            path, content = os.path.join(folder, one.name), one.text.encode("utf-8")
            if bytes_at(path) != content:
                os.makedirs(folder, exist_ok=True)
                write_whole(folder, content, one.name)
    except OSError as fault:
        message = f"cannot write the styles and scripts of templates: {reason_text(fault)}"
        hint = "check the permissions and the free space there, or name another folder in `BUILDASSETS_CACHE_DIR`"
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
        for part in template.parts:
            if part.block.is_scoped and (rule := _TOP_RULE.search(part.text, part.block.start, part.block.end)):
                message = f"a scoped style cannot have `{rule[0]}`, which browsers take at the top of a sheet only"
                where = locate(part.shown, part.text, *rule.span())
                yield error(CODE, message, where, hint="put it into a style that is not scoped")


def _unloaded(template: Template) -> Diagnostic:
    part = template.parts[0]
    message = (
        f"no page loads the {part.block.kind} of `{template.file.name}`: none that includes it has `component_assets`"
    )
    hint = "call `component_assets` in the layout of its pages, or list it in `{% components %}`"
    return warning(CODE, message, locate(part.shown, part.text, part.block.start), hint=hint)
