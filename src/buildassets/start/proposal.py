"""The whole proposal for a project. Takes its folder, gives the edits, and what is left to do by hand."""

import ast
import os
import posixpath
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from buildassets.compiler.config.file import relative_to, search
from buildassets.compiler.config.load import load_config
from buildassets.compiler.engines.sass.wheel import installed_command
from buildassets.compiler.resolve.node import BUILTINS
from buildassets.disk.folders import is_within
from buildassets.foundation.frozen import frozen, frozen_by_name, replace
from buildassets.foundation.permission import NOTHING
from buildassets.project.dependencies import add_command
from buildassets.project.files import ProjectFiles, is_aside
from buildassets.project.found import ProjectFindings, find, is_of_mail
from buildassets.project.frameworks import FRAMEWORKS
from buildassets.project.python import text_of
from buildassets.project.systems import OtherSystem
from buildassets.release.report.savings import Saving
from buildassets.start.assets import AssetFolders, PageEntry, ProposedAssets, begin_of, compiled, find_assets, is_site
from buildassets.start.configuration import configuration, ignored, settings_for, starter
from buildassets.start.deployment import collecting, deployment
from buildassets.start.django_code import edited_settings
from buildassets.start.edits import ByHand, FileEdit
from buildassets.start.mentions import OtherUse, TemplatePaths
from buildassets.start.python_code import edited_python
from buildassets.start.references import left_references, replaced_references, static_names
from buildassets.start.renderers import other_uses, suffixes_of
from buildassets.start.smallest import are_there, gain, needs
from buildassets.start.templates import (
    edited_templates,
    lines_for,
    loads_assets,
    relatives,
    templates_in,
    uses_helpers,
    written,
)

_LOADERS: Final = (
    "a bundle with `bundle = true` takes its place (docs/guides/bundles.md); loaders and plug-ins have none here"
)
_BUNDLERS: Final = {  # what takes their place, and what does not
    "gulp": "tasks that compile, join or minify are not needed; others become commands: docs/guides/commands.md",
    "parcel": _LOADERS,
    "parcel-bundler": _LOADERS,
    "rollup": _LOADERS,
    "webpack": _LOADERS,
}
_HEAD: Final = "in the `<head>` of a template"
_SETTINGS_BY_HAND: Final = ByHand(
    "manage.py",
    "with the module of your settings",
    ('os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")',),
)
_MOST_SHOWN: Final = 5  # of places that a note names


@frozen
class InitProposal:
    """What `init` would do in the project in `folder`.

    `found` is what the project is, for a person; `tools` are those to be locked. Nothing is edited where there are
    other asset systems, `systems`, nor where a needed edit cannot be made: then `blocked` is its file or place, and all
    is written by hand. `notes` are remarks, `next` are the commands that follow. `savings` are what other engines would
    gain; `has_smallest` is whether these are in the project already, and its deployment installs them.
    """

    folder: str
    framework: str
    found: tuple[str, ...]
    edits: tuple[FileEdit, ...] = ()
    by_hand: tuple[ByHand, ...] = ()
    tools: tuple[str, ...] = ()
    systems: tuple[OtherSystem, ...] = ()
    blocked: str = ""
    notes: tuple[str, ...] = ()
    next: tuple[str, ...] = ()
    savings: tuple[Saving, ...] = ()
    has_smallest: bool = False

    def with_edit(self, edit: FileEdit) -> "InitProposal":
        """The same with one more edit."""
        return replace(self, edits=(*self.edits, edit))


def propose(start: str, engines: Mapping[str, str]) -> InitProposal:
    """The proposal for the project in the absolute folder `start`, with these `engines`. Raises ConfigError.

    A configuration that is there, or in a folder above, is kept; with one, another asset system is no obstacle.
    """
    file, document = search(start)
    folder = os.path.dirname(file) if file else _project_folder(start)
    output = _output(folder) if file else "build"
    files = ProjectFiles(folder, (os.path.join(folder, *output.split("/")),))
    found = find(files)
    if found.systems and file is None:
        return InitProposal(folder, found.framework.name, tuple(_shown(found, None)), systems=found.systems)
    sources = document.table.peek("sources")
    importmap = document.table.peek("importmap")
    folders = AssetFolders(
        _roots(files, sources) if file else None,
        {name: one for name, one in importmap.items() if isinstance(one, str)} if isinstance(importmap, dict) else {},
        served=tuple(found.django.likely_folders()) if found.django else (),
        left_out=_results(found),
    )
    templates = templates_in(files, found.templates)
    pages = [one for one in templates if not is_of_mail(one)]
    assets = find_assets(files, folders, static_names(files, pages))
    summary = tuple(_shown(found, assets))
    begins = sources is None and not found.is_library
    assets, edits = _begun(files, found, assets, pages) if begins else (assets, [])
    notes = [
        *_notes(files, found, assets),
        *_notes_on_collectstatic(files, found),
        *_notes_on_configuration(file, start, engines, document.table.peek("engines")),
    ]
    if file is None:
        if folder != start:
            notes.append(
                f"the project is in `{relative_to(start, folder)}/`, the folder of `manage.py`: run all commands there"
            )
        edits = [configuration(files, settings_for(files, found, assets, engines)), *edits]
    paths = TemplatePaths(templates, found.templates)
    keeps_urls = file is not None or found.framework.name == "django"
    helpers = [*_helpers(files, found, pages, keeps_urls=keeps_urls)]
    uses = [] if found.is_library else [*other_uses(files, found, paths, helpers)]
    shown = relatives(files, paths, frozenset().union(*(one.templates for one in uses)))
    kept = suffixes_of(found.framework.name)
    equipped = [one for one in pages if one.endswith(kept) and one not in shown]
    project = _Project(files=files, found=found, assets=assets, pages=pages, equipped=equipped, paths=paths)
    tools = tuple(_tools(files, assets, {} if file else engines))
    steps, has_step = deployment(files)
    whole = [*edits, *_code(project, output, keeps_urls=keeps_urls)]
    if tools or (engines and file is None):
        whole += steps
        notes += needs(files, found.declared, has_step=has_step, has_extra="css" not in engines or file is not None)
    can_be_smaller = file is None and not engines
    proposal = InitProposal(
        folder,
        "" if found.is_library else found.framework.name,
        found=summary,
        tools=tools,
        notes=(
            *notes,
            *_notes_on_uses(uses, project),
            *_notes_on_references([one for one in whole if isinstance(one, FileEdit)], project),
        ),
        next=tuple(_next(found)),
        savings=gain(files, assets.roots) if can_be_smaller else (),
        has_smallest=can_be_smaller and has_step and are_there(files, found.declared),
    )
    return _all_or_nothing(proposal, whole)


def _project_folder(start: str) -> str:
    """The folder of the project: the one folder below `start` with a `manage.py`, if `start` itself has none."""
    if os.path.exists(os.path.join(start, "manage.py")):
        return start
    below = [one.path for one in os.scandir(start) if one.is_dir() and not is_aside(f"{one.name}/")]
    found = [path for path in below if os.path.exists(os.path.join(path, "manage.py"))]
    return found[0] if len(found) == 1 else start


def _all_or_nothing(proposal: InitProposal, whole: Sequence[FileEdit | ByHand]) -> InitProposal:
    """The proposal with all edits, or with all of them as lines to write by hand where one cannot be made."""
    kept = [one for each in whole for one in _inside(proposal.folder, each)]
    edits = tuple(one for one in kept if isinstance(one, FileEdit))
    by_hand = tuple(one for one in kept if isinstance(one, ByHand))
    needed = [one for one in by_hand if not one.optional]
    if not needed:
        return replace(proposal, edits=edits, by_hand=by_hand)
    lines = tuple(line for edit in edits for line in edit.by_hand())
    return replace(proposal, by_hand=(*lines, *by_hand), blocked=needed[0].file or needed[0].place)


def _inside(folder: str, one: FileEdit | ByHand) -> Iterator[FileEdit | ByHand]:
    """The edit; its new lines to write by hand for a read-only file, or a link out of the project in `folder`."""
    path = os.path.realpath(os.path.join(folder, *one.file.split("/")))
    if isinstance(one, ByHand):
        yield one
    elif not is_within(os.path.realpath(folder), path):
        yield from one.by_hand("a link out of the project")
    elif os.path.exists(path) and not os.stat(path).st_mode & stat.S_IWUSR:
        yield from one.by_hand("a read-only file")
    else:
        yield one


def _notes_on_configuration(file: str | None, start: str, engines: Mapping[str, str], there: object) -> Iterator[str]:
    """What is to be known where a configuration is there already, which has the engines `there`."""
    if file is None:
        return
    shown = relative_to(start, file)
    chosen = there if isinstance(there, dict) else {}
    if "/" in shown:
        yield f"the configuration is `{shown}`, so the project in its folder is set up"
    if engines := {kind: name for kind, name in engines.items() if chosen.get(kind) != name}:
        values = ", ".join(f'{kind} = "{name}"' for kind, name in engines.items())
        yield f"`{shown}` is kept: write `{values}` under its `engines` for the smallest results"


def _roots(files: ProjectFiles, sources: object) -> tuple[str, ...]:
    """The configured folders of the project itself; the usual ones that are there where none are configured."""
    if not isinstance(sources, list):
        return tuple(one for one in ("assets", "static") if files.has_folder(one))
    paths = [one.get("path") if isinstance(one, dict) and not one.get("prefix") else one for one in sources]
    named = [posixpath.normpath(one) for one in paths if isinstance(one, str) and one]
    return tuple(one for one in named if not one.startswith(("node_modules", "/", "..")))


def _results(found: ProjectFindings) -> frozenset[str]:
    """The folders that other tools write, such as `STATIC_ROOT`; where that is computed, the only text in it."""
    root = found.django.text("STATIC_ROOT") if found.django else None
    last = found.django.last("STATIC_ROOT") if found.django else None
    texts = [text.strip("/") for node in ast.walk(last.value) if (text := text_of(node))] if last else []
    return frozenset(filter(None, ["build", "dist", root, texts[0] if len(texts) == 1 else None]))


def _has_files(files: ProjectFiles, assets: ProposedAssets) -> bool:
    return any(name.startswith(tuple(map(begin_of, assets.roots))) for name in files.names)


def _is_site(files: ProjectFiles, assets: ProposedAssets) -> bool:
    return any(is_site(files, root) for root in assets.roots)


def _begun(
    files: ProjectFiles, found: ProjectFindings, assets: ProposedAssets, pages: Sequence[str]
) -> tuple[ProposedAssets, list[FileEdit]]:
    """The assets with a first sheet, and that as an edit; both unchanged where there are any, or pages load some."""
    if _has_files(files, assets) or loads_assets(files, pages):
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


@frozen_by_name
class _Project:
    """The files of a project, what it is, its assets, its pages, those that get our helpers, and all templates."""

    files: ProjectFiles
    found: ProjectFindings
    assets: ProposedAssets
    pages: Sequence[str]
    equipped: Sequence[str]
    paths: TemplatePaths


def _helpers(files: ProjectFiles, found: ProjectFindings, pages: Sequence[str], *, keeps_urls: bool) -> Iterator[str]:
    """The functions that templates of Jinja, Mako and Chameleon get to call."""
    if found.framework.name != "django" and pages:
        yield "livereload"
        yield from () if keeps_urls else ("asset",)
        yield from () if loads_assets(files, pages) else ("stylesheet", "script")


def _code(project: _Project, output: str, *, keeps_urls: bool) -> Iterator[FileEdit | ByHand]:
    """The edits of `.gitignore`, settings, modules and templates."""
    files, found, manifest = project.files, project.found, f"{output}/manifest.json"
    lines = ignored(files, output)
    if lines is not None:
        yield lines
    if found.is_library:
        return
    if found.django is None and "django" in files.text("manage.py"):
        yield _SETTINGS_BY_HAND
    elif found.django is not None and not found.is_equipped:
        yield from edited_settings(files, found.django, manifest)
    has_static = _asks_for_static(project)
    yield from edited_python(files, found, manifest, has_static=has_static)
    if uses_helpers(files, project.pages):
        return
    if found.framework.name or found.is_equipped:
        yield from _pages(project, has_static=has_static, keeps_urls=keeps_urls)
    elif not loads_assets(files, project.pages) and not _is_site(files, project.assets):
        yield ByHand("", _HEAD, tuple(lines_for(project.assets.entries, is_django=False)), optional=True)


def _asks_for_static(project: _Project) -> bool:
    """Whether pages of Flask ask for the URLs of static files."""
    return project.found.framework.name == "flask" and any(
        "url_for" in project.files.text(name) for name in project.pages
    )


def _pages(project: _Project, *, has_static: bool, keeps_urls: bool) -> Iterator[FileEdit | ByHand]:
    """The edits of templates: names of assets in place of URLs of static files, and the lines in their heads.

    With `keeps_urls` there are no URLs to replace: Django's pages name assets, and a configuration may leave files out.
    """
    files, is_django = project.files, project.found.framework.name == "django"
    roots = () if keeps_urls else project.assets.roots
    texts = replaced_references(files, project.equipped, roots, has_static=has_static)
    entries = [] if loads_assets(files, project.pages) else project.assets.entries  # pages get what they load already
    lines = lines_for(entries, is_django=is_django)
    layouts = [*edited_templates(files.edited(texts), project.paths, project.equipped, lines)]
    texts |= {one.file: one.after for one in layouts}
    if not layouts:
        place = "in the `<head>` of your pages" if project.pages else _HEAD
        yield ByHand("", place, written("".join(project.pages[:1]), lines), optional=True)
    yield from (FileEdit(name, files.text(name), text) for name, text in texts.items())


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
        yield f"a library of {found.framework.name}" if found.is_library else found.framework.name
    if assets is not None:
        yield from (f"`{root}/`" for root in assets.roots)
        signs = {"Sass": assets.uses_sass, "Tailwind": assets.uses_tailwind, "TypeScript": bool(assets.typed)}
        yield from (name for name, is_so in signs.items() if is_so)
    if found.declared.files:
        yield found.declared.installer


def _notes_on_uses(uses: Sequence[OtherUse], project: _Project) -> Iterator[str]:
    """The places for which templates of pages are not edited."""
    places = [*dict.fromkeys(one.place for one in uses if not one.templates.isdisjoint(project.pages))]
    if places and project.found.framework.name:
        count = len(project.pages) - len(project.equipped)
        left = f"{count} of {len(project.pages)} templates are" if project.equipped else "all templates are"
        yield f"{_places(places)} may show templates without our helpers: {left} unchanged"


def _places(places: Sequence[str]) -> str:
    shown = ", ".join(f"`{one}`" for one in places[:_MOST_SHOWN])
    return f"{shown} and {len(places) - _MOST_SHOWN} more" if len(places) > _MOST_SHOWN else shown


def _notes_on_references(edits: Sequence[FileEdit], project: _Project) -> Iterator[str]:
    """The places in templates with URLs of static files that do not become names of assets."""
    if project.found.framework.name in ("django", "flask", ""):
        return
    places = [*left_references(project.files.edited({one.file: one.after for one in edits}), project.pages)]
    if places:
        yield f"{_places(places)} name static files in another way, and keep their URLs: write `asset(…)` there"


def _notes_on_sources(found: ProjectFindings, assets: ProposedAssets) -> Iterator[str]:
    if found.unread:
        python = "Python {}.{}".format(*sys.version_info)
        yield f"{_places(found.unread)} cannot be read by {python}, which runs this: `init` leaves out what it does"
    for bundler in sorted(_BUNDLERS.keys() & found.declared.node):
        release = "name the folder that it writes in `sources`, or replace it"
        yield f"`{bundler}` builds files here: {release}: {_BUNDLERS[bundler]}"
    if assets.missing:
        file, _, url = assets.missing.partition(": ")
        yield f'`{file}` refers to `{url}`, which is not there: with `missing = "warn"` such faults are warnings'


def _notes_on_collectstatic(files: ProjectFiles, found: ProjectFindings) -> Iterator[str]:
    if found.django is not None and (places := [*collecting(files)]):
        yield f"{_places(places)}: `collectstatic` needs a release: run `python manage.py assets build` before it"


def _notes(files: ProjectFiles, found: ProjectFindings, assets: ProposedAssets) -> Iterator[str]:
    if not found.framework.name and not _is_site(files, assets):
        yield "no framework is found: run this in the folder of `manage.py` or of the application's module"
    if found.is_library:
        kind = "settings of Django are" if found.framework.name == "django" else "application is"
        yield (
            f"no {kind} here: templates and code are unchanged, as projects that install this package have a release "
            f"of their own, see docs/{found.framework.page}"
        )
    made = {one.kind: file for file, module in found.modules.items() for one in module.made}
    others = (one for one in FRAMEWORKS if one.is_for_web and one.name in made and one != found.framework)
    for other in sorted(others, key=lambda one: one.name):
        file = made[other.name]
        yield f"`{file}` makes an application of {other.name} too, which is left unchanged: see docs/{other.page}"
    if found.declared.files and "buildassets" not in found.declared.python and not found.is_library:
        file, add = found.declared.files[0], add_command(found.declared.installer, "buildassets")
        yield f"`{file}` does not list `buildassets`, which the web process needs: run `{add}`, and list it"
    yield from _notes_on_sources(found, assets)
    if assets.uses_tailwind:
        add = add_command(found.declared.installer, '"buildassets[tailwind]"')
        yield f"Tailwind is compiled by the extra `tailwind`: run `{add}`"
    missing = sorted({*found.declared.node} & {*assets.sheet_packages, *assets.script_packages})
    if missing and not files.has_folder("node_modules"):
        yield f"`node_modules` is not there, and {', '.join(f'`{one}`' for one in missing)} is used: run `npm install`"
    bring = {"npm install": assets.sheet_packages - {"tailwindcss"}, "buildassets vendor add": assets.script_packages}
    for command, packages in bring.items():
        for one in sorted(packages - found.declared.node - BUILTINS):
            if not files.has_folder(f"node_modules/{one}") and not _is_own(files, one):
                yield f"`{one}` is imported, and no package of that name is here: `{command} {one}` brings it"


def _is_own(files: ProjectFiles, name: str) -> bool:
    """Whether a bare name may be a file of the project: Sass also looks beside the sheet."""
    stem = name.rpartition("/")[2].partition(".")[0]
    return any(f"/{stem}." in other or f"/_{stem}." in other or f"/{stem}/" in other for other in files.names)


def _next(found: ProjectFindings) -> list[str]:
    """The command that serves the project, with the program that has its environment."""
    if found.is_library:
        return ["buildassets watch"]
    framework = found.framework
    modules = found.applications()
    name = modules[0].removesuffix(".py").removesuffix("/__init__").replace("/", ".") if modules else "app"
    made = found.modules[modules[0]].of(framework.name) if modules else []
    app = name if framework.names_module else f"{name}:{made[0].name or 'app'}" if made else "app:app"
    runner = {"uv": "uv run ", "poetry": "poetry run ", "pipenv": "pipenv run "}.get(found.declared.installer, "")
    return [runner + framework.serves.format(app=app)]
