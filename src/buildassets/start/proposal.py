"""The whole proposal for a project. Takes its folder, gives the edits, and what is left to do by hand."""

import os
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import replace

from buildassets.compiler.config.file import relative_to, search
from buildassets.compiler.config.load import load_config
from buildassets.compiler.engines.sass.wheel import installed_command
from buildassets.disk.folders import is_within
from buildassets.foundation.frozen import frozen
from buildassets.foundation.permission import NOTHING
from buildassets.project.dependencies import add_command
from buildassets.project.files import ProjectFiles
from buildassets.project.found import ProjectFindings, find
from buildassets.project.frameworks import FRAMEWORKS
from buildassets.project.systems import OtherSystem
from buildassets.start.assets import PageEntry, ProposedAssets, compiled, find_assets
from buildassets.start.configuration import configuration, ignored, settings_for, starter
from buildassets.start.django_code import edited_settings
from buildassets.start.edits import ByHand, FileEdit
from buildassets.start.python_code import edited_python
from buildassets.start.templates import edited_templates

# The command that serves a project while it is developed.


@frozen
class InitProposal:
    """What `init` would do in the project in `folder`.

    `found` is what the project is, for a person; `tools` are those to be locked; `systems` are other asset systems:
    where there are any, nothing is edited. `notes` are remarks, `next` are the commands that follow.
    """

    folder: str
    framework: str
    found: tuple[str, ...]
    edits: tuple[FileEdit, ...] = ()
    by_hand: tuple[ByHand, ...] = ()
    tools: tuple[str, ...] = ()
    systems: tuple[OtherSystem, ...] = ()
    notes: tuple[str, ...] = ()
    next: tuple[str, ...] = ()

    def with_edit(self, edit: FileEdit) -> "InitProposal":
        """The same with one more edit."""
        return replace(self, edits=(*self.edits, edit))


def propose(start: str, engines: Mapping[str, str]) -> InitProposal:
    """The proposal for the project in the absolute folder `start`, with these `engines`. Raises ConfigError.

    A configuration that is there, or in a folder above, is kept; with one, another asset system is no obstacle.
    """
    file, document = search(start)
    folder = os.path.dirname(file) if file else start
    output = _output(folder) if file else "build"
    files = ProjectFiles(folder, (os.path.join(folder, *output.split("/")),))
    found = find(files)
    if found.systems and file is None:
        return InitProposal(folder, found.framework.name, tuple(_shown(found, None)), systems=found.systems)
    sources = document.table.peek("sources")
    assets = find_assets(files, _roots(sources) if file else None, _results(found))
    assets, edits = _begun(files, found, assets) if sources is None else (assets, [])
    notes = [*_notes(files, found, assets), *_notes_on_configuration(file, start, engines)]
    if file is None:
        edits = [configuration(files, settings_for(files, found, assets, engines)), *edits]
    whole = [*edits, *_code(files, found, assets, output)]
    kept = [_inside(folder, one) for one in whole]
    return InitProposal(
        folder,
        found.framework.name,
        found=tuple(_shown(found, assets)),
        edits=tuple(one for one in kept if isinstance(one, FileEdit)),
        by_hand=tuple(one for one in kept if isinstance(one, ByHand)),
        tools=tuple(_tools(files, assets, {} if file else engines)),
        notes=tuple(notes),
        next=tuple(_next(found)),
    )


def _inside(folder: str, one: FileEdit | ByHand) -> FileEdit | ByHand:
    """The edit, or its new lines to write by hand where a link leads out of the project in `folder`."""
    path = os.path.realpath(os.path.join(folder, *one.file.split("/")))
    if isinstance(one, ByHand) or is_within(os.path.realpath(folder), path):
        return one
    new = tuple(line[1:] for line in one.diff()[2:] if line.startswith("+"))
    return ByHand(one.file, "a link out of the project", new)


def _notes_on_configuration(file: str | None, start: str, engines: Mapping[str, str]) -> Iterator[str]:
    """What is to be known where a configuration is there already."""
    if file is None:
        return
    shown = relative_to(start, file)
    if "/" in shown:
        yield f"the configuration is `{shown}`, so the project in its folder is set up"
    if engines:
        values = ", ".join(f'{kind} = "{name}"' for kind, name in engines.items())
        yield f"`{shown}` is kept: write `{values}` under its `engines` for the smallest results"


def _roots(sources: object) -> tuple[str, ...]:
    """The configured folders of the project itself; the usual ones where none are configured."""
    listed = sources if isinstance(sources, list) else ["assets", "static"]
    paths = [one.get("path") if isinstance(one, dict) and not one.get("prefix") else one for one in listed]
    named = [posixpath.normpath(one) for one in paths if isinstance(one, str) and one]
    return tuple(one for one in named if not one.startswith(("node_modules", "/", "..")))


def _results(found: ProjectFindings) -> frozenset[str]:
    """The folders that other tools write, such as `STATIC_ROOT`."""
    root = found.django.text("STATIC_ROOT") if found.django else None
    return frozenset(filter(None, ["build", "dist", root]))


def _has_files(files: ProjectFiles, assets: ProposedAssets) -> bool:
    return any(name.startswith(tuple(f"{root}/" for root in assets.roots)) for name in files.names)


def _begun(
    files: ProjectFiles, found: ProjectFindings, assets: ProposedAssets
) -> tuple[ProposedAssets, list[FileEdit]]:
    """The assets with a first sheet, and that as an edit; both as they are where there is any file."""
    if _has_files(files, assets):
        return assets, []
    first = starter(files, found.declared.node)
    root, _, below = first.file.partition("/")
    packages = frozenset(["bootstrap"]) if "bootstrap" in first.text else frozenset()
    begun = replace(
        assets,
        roots=tuple(dict.fromkeys((*assets.roots, root))),
        entries=(PageEntry(root, below, compiled(below)), *assets.entries),
        sheet_packages=assets.sheet_packages | packages,
        uses_tailwind="tailwindcss" in first.text,
    )
    return begun, [FileEdit(first.file, None, first.text)]


def _output(folder: str) -> str:
    """The configured release directory, relative to the `folder` of the configuration, which has to be right."""
    return relative_to(folder, load_config(start=folder, needs_sources=False, permission=NOTHING).output)


def _code(
    files: ProjectFiles, found: ProjectFindings, assets: ProposedAssets, output: str
) -> Iterator[FileEdit | ByHand]:
    """The edits of `.gitignore`, settings, modules and templates."""
    manifest = f"{output}/manifest.json"
    lines = ignored(files, output)
    if lines is not None:
        yield lines
    if found.django is not None and not found.is_equipped:
        yield from edited_settings(files, found.django, manifest)
    has_static = (
        any("url_for" in files.text(name) for name in files.ending(".html")) and found.framework.name == "flask"
    )
    yield from edited_python(files, found, manifest, has_static=has_static)
    folders = (
        found.templates if found.framework.name or found.is_equipped else ()
    )  # else nothing gives them our helpers
    yield from edited_templates(files, folders, assets.entries, is_django=found.framework.name == "django")


def _tools(files: ProjectFiles, assets: ProposedAssets, engines: Mapping[str, str]) -> Iterator[str]:
    """The tools to lock: esbuild and Dart Sass where something needs them, and nothing brings one."""
    is_needed = bool(assets.typed) or engines.get("js") == "esbuild"
    has_one = "[tools.esbuild]" in files.text("buildassets.lock") or files.has_folder("node_modules/esbuild")
    if is_needed and not has_one:
        yield "esbuild"
    if (
        assets.uses_modern_sass
        and not installed_command()
        and "[tools.dart-sass]" not in files.text("buildassets.lock")
    ):
        yield "dart-sass"


def _shown(found: ProjectFindings, assets: ProposedAssets | None) -> Iterator[str]:
    """What was found, in a few words each."""
    if found.framework.name:
        yield found.framework.name
    if assets is not None:
        yield from (f"`{root}/`" for root in assets.roots)
        signs = {"Sass": assets.uses_sass, "Tailwind": assets.uses_tailwind, "TypeScript": bool(assets.typed)}
        yield from (name for name, is_so in signs.items() if is_so)
    yield found.declared.installer


def _notes(files: ProjectFiles, found: ProjectFindings, assets: ProposedAssets) -> Iterator[str]:
    if not found.framework.name:
        yield "no framework is found: run this in the folder of `manage.py` or of the application's module"
    made = {one.kind: file for file, module in found.modules.items() for one in module.made}
    others = (one for one in FRAMEWORKS if one.is_for_web and one.name in made and one != found.framework)
    for other in sorted(others, key=lambda one: one.name):
        file = made[other.name]
        yield f"`{file}` makes an application of {other.name} too, which is left unchanged: see docs/{other.page}"
    if found.declared.files and "buildassets" not in found.declared.python:
        file, add = found.declared.files[0], add_command(found.declared.installer, "buildassets")
        yield f"`{file}` does not list `buildassets`, which the web process needs: run `{add}`, and list it"
    if assets.uses_tailwind:
        add = add_command(found.declared.installer, '"buildassets[tailwind]"')
        yield f"Tailwind is compiled by the extra `tailwind`: run `{add}`"
    missing = sorted({*found.declared.node} & {*assets.sheet_packages, *assets.script_packages})
    if missing and not files.has_folder("node_modules"):
        yield f"`node_modules` is not there, and {', '.join(f'`{one}`' for one in missing)} is used: run `npm install`"
    bring = {"npm install": assets.sheet_packages - {"tailwindcss"}, "buildassets vendor add": assets.script_packages}
    for command, packages in bring.items():
        for one in sorted(packages - found.declared.node):
            if not files.has_folder(f"node_modules/{one}") and not _is_own(files, one):
                yield f"`{one}` is imported, and no package of that name is here: `{command} {one}` brings it"


def _is_own(files: ProjectFiles, name: str) -> bool:
    """Whether a bare name may be a file of the project: Sass also looks beside the sheet."""
    stem = name.rpartition("/")[2].partition(".")[0]
    return any(f"/{stem}." in other or f"/_{stem}." in other or f"/{stem}/" in other for other in files.names)


def _next(found: ProjectFindings) -> list[str]:
    """The command that serves the project, with the program that has its environment."""
    framework = found.framework
    modules = found.applications()
    name = modules[0].removesuffix(".py").removesuffix("/__init__").replace("/", ".") if modules else "app"
    made = found.modules[modules[0]].of(framework.name) if modules else []
    app = name if framework.names_module else f"{name}:{made[0].name or 'app'}" if made else "app:app"
    runner = {"uv": "uv run ", "poetry": "poetry run ", "pipenv": "pipenv run "}.get(found.declared.installer, "")
    return [runner + framework.serves.format(app=app)]
