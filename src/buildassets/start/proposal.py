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
from buildassets.disk.folders import is_within
from buildassets.foundation.diagnostics import Diagnostic, error
from buildassets.foundation.frozen import frozen, frozen_by_name, replace
from buildassets.foundation.permission import NOTHING
from buildassets.programs.git import GitError, run_git
from buildassets.project.dependencies import add_command, is_deployed
from buildassets.project.files import ProjectFiles, is_aside
from buildassets.project.found import ProjectFindings, find, is_of_mail
from buildassets.project.frameworks import FRAMEWORKS
from buildassets.project.python import text_of
from buildassets.project.systems import OtherSystem
from buildassets.release.report.savings import Saving
from buildassets.start.assets import CODE, FOLDERS, ProposedAssets, compiled, find_assets, find_roots, is_site
from buildassets.start.configuration import configuration, ignored, settings_for, starter
from buildassets.start.deployment import INSTALL, building, installs_tools
from buildassets.start.django_code import FOLDER, edited_settings, is_installed, settings_modules, too_old
from buildassets.start.edits import ByHand, FileEdit
from buildassets.start.pages import Asked, asked, edited_pages, head_lines, other_renderers, pages_of, static_names
from buildassets.start.python_code import edited_python, shared_templates
from buildassets.start.smallest import are_there, gain, needs

_BESIDE: Final = ("vite",)  # systems that build files of their own, beside those of the framework
_MOST_SHOWN: Final = 5  # of places that a note names
_GIT_SECONDS: Final = 5.0
_IN_JINJA: Final = ("buildassets.runtime.jinja.AssetsExtension", "build/manifest.json")


@frozen
class Answers:
    """What a person answered: folders of assets, settings, the project's folder; `pages` permits edits of templates."""

    sources: tuple[str, ...] = ()
    settings: str | None = None
    pages: bool = False
    folder: str = ""


@frozen
class Question:
    """What only a person knows: a text, the `choices`, and the `option` that answers it, if one does."""

    text: str
    choices: tuple[str, ...]
    option: str


@frozen
class InitProposal:
    """What `init` would do in the project in `folder`.

    `found` is what the project is, for a person; `tools` are those to be locked. Nothing is edited where there are
    other asset systems, `systems`, `faults` or a `question`, nor where a needed edit cannot be made: then `blocked` is
    its file or place, and all is written by hand. `notes` are remarks, `next` are the commands that follow, `deploys`
    are those of a deployment. `savings` are what other engines would gain; `has_smallest` is whether these are in the
    project already, and its deployment installs them.
    """

    folder: str
    framework: str
    found: tuple[str, ...]
    edits: tuple[FileEdit, ...] = ()
    by_hand: tuple[ByHand, ...] = ()
    tools: tuple[str, ...] = ()
    systems: tuple[OtherSystem, ...] = ()
    faults: tuple[Diagnostic, ...] = ()
    question: Question | None = None
    blocked: str = ""
    notes: tuple[str, ...] = ()
    next: tuple[str, ...] = ()
    deploys: tuple[str, ...] = ()
    savings: tuple[Saving, ...] = ()
    has_smallest: bool = False


@frozen_by_name
class _Project:
    """The files of a project, what it is, its assets, its pages, and what these ask for below the URL `prefix`.

    `first` is the first sheet of a project without assets.
    """

    files: ProjectFiles
    found: ProjectFindings
    assets: ProposedAssets
    pages: Sequence[str]
    asked: Asked
    prefix: str
    first: FileEdit | None = None


def propose(start: str, engines: Mapping[str, str], answers: Answers = Answers()) -> InitProposal:  # noqa: B008 frozen
    """The proposal for the project in the absolute folder `start`, with these `engines`. Raises ConfigError.

    A configuration that is there, or in a folder above, is kept; with one, another asset system is no obstacle.
    """
    file, document = search(start)
    folder = os.path.dirname(file) if file else _project_folder(start, answers.folder)
    if isinstance(folder, Question):
        return InitProposal(start, framework="django", found=("django",), question=folder)
    output = _output(folder) if file else "build"
    files = ProjectFiles(folder, (os.path.join(folder, *output.split("/")),))
    found = find(files, answers.settings)
    begun = InitProposal(folder, "" if found.is_library else found.framework.name, tuple(_shown(found, None)))
    others = tuple(one for one in found.systems if one.name not in _BESIDE)
    if others and file is None:
        return replace(begun, systems=others)
    sources = document.table.peek("sources") if file else None
    project = _project(files, found, begins=sources is None)
    if stopped := _stopped(project, begun, answers):
        return stopped
    roots = answers.sources or (_configured(files, sources) if file else _own_folders(project))
    if isinstance(roots, Question):
        return replace(begun, question=roots)
    project = _with_assets(project, roots)
    begun = replace(begun, found=tuple(_shown(found, replace(project.assets, roots=roots))))
    edits: list[FileEdit | ByHand] = [*([project.first] if project.first else [])]
    if file is None and (settings := settings_for(files, found, project.assets, engines)):
        edits.insert(0, configuration(files, settings))
    edits += _code(project, output, answers)
    if answers.pages:
        edited = files.edited({one.file: one.after for one in edits if isinstance(one, FileEdit)})
        project = replace(project, asked=asked(edited, found, project.pages, project.prefix))
    tools = tuple(_tools(files, project.assets, {} if file else engines))
    can_be_smaller = file is None and not engines
    proposal = replace(
        begun,
        tools=tools,
        notes=(
            *_all_notes(project, file, start, engines=engines, there=document.table.peek("engines")),
            *_needs(project, tools, engines, file),
        ),
        next=tuple(_next(found)),
        deploys=tuple(_deploys(project, tools)),
        savings=gain(files, project.assets.roots) if can_be_smaller else (),
        has_smallest=can_be_smaller and installs_tools(files) and are_there(files, found.declared),
    )
    return _all_or_nothing(proposal, edits)


def _project_folder(start: str, answer: str) -> str | Question:
    """The folder of the project: `start`, the nearest one below with a `manage.py`, or a question among several."""
    if os.path.exists(os.path.join(start, "manage.py")):
        return start
    files = ProjectFiles(start)
    scripts = [
        name for name in files.called("manage.py") if not is_aside(name) and "django" in files.text(name).lower()
    ]
    least = min((name.count("/") for name in scripts), default=0)
    nearest = tuple(os.path.dirname(name) for name in scripts if name.count("/") == least)
    if len(nearest) > 1 and answer not in nearest:
        return Question("which folder is the project?", nearest, "")
    return os.path.join(start, *(answer or nearest[0]).split("/")) if nearest else start


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


def _output(folder: str) -> str:
    """The configured release directory, relative to the `folder` of the configuration, which has to be right."""
    return relative_to(folder, load_config(start=folder, needs_sources=False, permission=NOTHING).output)


def _configured(files: ProjectFiles, sources: object) -> tuple[str, ...]:
    """The configured folders of the project itself; the usual ones that are there where none are configured."""
    if not isinstance(sources, list):
        return tuple(one for one in FOLDERS if files.has_folder(one))
    paths = [one.get("path") if isinstance(one, dict) and not one.get("prefix") else one for one in sources]
    named = [posixpath.normpath(one) for one in paths if isinstance(one, str) and one]
    return tuple(one for one in named if not one.startswith(("node_modules", "/", "..")))


def _own_folders(project: _Project) -> tuple[str, ...] | Question:
    """The folder of static files of the framework, or the folders of assets that are here; a question about several.

    Django's finders know all of them, and a library has as many as it has packages.
    """
    files, found = project.files, project.found
    served = tuple(found.django.likely_folders()) if found.django else ()
    named = static_names(files, project.pages)
    roots = tuple(find_roots(files, served=served, left_out=_results(found), named=named))
    own = _static_folder(files, found)
    others = [one for one in roots if posixpath.basename(one) == FOLDERS[0]] if own else [*roots[1:]]
    is_clear = project.first or (roots and not others)
    if found.django is not None or found.is_library or not found.framework.name or is_clear:
        return (own,) if own else roots
    choices = sorted({*([own] if own else roots[:1]), *others})
    return Question("which folder has the assets of the pages?", tuple(choices), "--source")


def _static_folder(files: ProjectFiles, found: ProjectFindings) -> str | None:
    """The folder of static files that the one application of Flask or Quart names, if it has files."""
    places = [(name, one) for name, module in found.modules.items() for one in module.of(found.framework.name)]
    if found.framework.module not in ("flask", "quart") or len(places) != 1:
        return None
    file, made = places[0]
    given = next((one.value for one in made.call.keywords if one.arg == "static_folder"), None)
    name = "static" if given is None else text_of(given)
    folder = posixpath.normpath(posixpath.join(posixpath.dirname(file), name)) if name else ""
    return folder if folder and any(one.startswith(f"{folder}/") for one in files.names) else None


def _results(found: ProjectFindings) -> frozenset[str]:
    """The folders that other tools write, such as `STATIC_ROOT`; where that is computed, the only text in it."""
    root = found.django.text("STATIC_ROOT") if found.django else None
    last = found.django.last("STATIC_ROOT") if found.django else None
    texts = [text.strip("/") for node in ast.walk(last.value) if (text := text_of(node))] if last else []
    return frozenset(filter(None, ["build", "dist", root, texts[0] if len(texts) == 1 else None]))


def _project(files: ProjectFiles, found: ProjectFindings, *, begins: bool) -> _Project:
    """The project without its assets. It gets a first sheet if it has no sheet or script, and its pages load none."""
    pages = [one for one in pages_of(files, found) if not is_of_mail(one)]
    url = found.django.text("STATIC_URL") if found.django else None
    prefix = f"/{url.strip('/')}/" if url and "//" not in url and url.strip("/") else "/static/"
    has_files = any(name.endswith(CODE) for name in files.own)
    asks = asked(files, found, pages, prefix)
    is_begun = has_files or asks.uses_function or asks.uses_helpers or asks.has_sheets_or_scripts
    is_tool = found.framework.name and not found.framework.asks and not pages  # it renders other texts than pages
    needs_first = begins and not (is_begun or is_tool or found.is_library or found.django)  # Django has its own folders
    return _Project(
        files=files,
        found=found,
        assets=find_assets(files, ()),
        pages=pages,
        asked=asks,
        prefix=prefix,
        first=starter(files, found.declared.node) if needs_first else None,
    )


def _with_assets(project: _Project, roots: tuple[str, ...]) -> _Project:
    """The project with the assets in the folders `roots`, and its first sheet, if it gets one, among them."""
    first = project.first
    assets = find_assets(project.files, roots, static_names(project.files, project.pages))
    if first:
        packages = frozenset(["bootstrap"] if "bootstrap" in first.after else [])
        assets = replace(
            assets,
            roots=tuple(dict.fromkeys((*roots, first.file.partition("/")[0]))),
            sheet_packages=assets.sheet_packages | packages,
            uses_tailwind="tailwindcss" in first.after,
        )
    return replace(project, assets=assets)


def _stopped(project: _Project, begun: InitProposal, answers: Answers) -> InitProposal | None:
    """The proposal that changes nothing, as a person has to decide, or nothing would come of it; else None."""
    files, found, framework = project.files, project.found, project.found.framework
    needs_settings = found.django is None and "django" in files.text("manage.py")
    is_open = needs_settings or (found.django and not found.is_equipped and not answers.settings)
    choices = settings_modules(files, found.django) if is_open else []
    if needs_settings or choices:
        return replace(begun, question=Question("which settings does the site run with?", tuple(choices), "--settings"))
    if found.is_library or found.is_equipped or not framework.name:
        return None
    if old := [*too_old(files, found.declared.files)] if found.django else []:
        return replace(begun, faults=tuple(old))
    can_edit = answers.pages and framework.reference and project.asked.places
    is_asked = project.asked.uses_function or project.asked.uses_helpers or project.first or can_edit
    if is_asked and (found.django is None or is_installed(found.django)):
        return None
    return replace(begun, faults=(_not_asked(project),))


def _not_asked(project: _Project) -> Diagnostic:
    framework, places = project.found.framework, project.asked.places
    if not framework.asks:
        lines = "`env.add_extension({!r})` and `env.assets = Assets({!r})`".format(*_IN_JINJA)
        hint = f"write {lines} where the environment is made, and `{{{{ asset('css/site.css') }}}}` into templates"
        return error("init/not-asked", f"{framework.name} has no function for URLs of static files", hint=hint)
    if project.found.django and not is_installed(project.found.django):
        message = "`django.contrib.staticfiles` is not installed, without which Django uses no storage for static files"
        return error("init/not-asked", message, hint="add it to `INSTALLED_APPS`, and run this again")
    message = f"no page asks {framework.name} for the URL of a static file: nothing would come of it"
    if places and framework.reference:
        written = framework.reference.format(name="…")
        hint = f"`--pages` writes `{written}` in place of URLs that are written out"
    else:
        call = framework.reference.format(name="css/site.css") or "request.static_url('static/css/site.css')"
        hint = f"write such calls as `{call}` into templates, and run this again"
    notes = [f"URLs are written out in {_places(places)}"] if places else []
    return error("init/not-asked", message, hint=hint, notes=notes)


def _code(project: _Project, output: str, answers: Answers) -> Iterator[FileEdit | ByHand]:
    """The edits of `.gitignore`, settings or the module of the application, and with `pages` of templates."""
    files, found = project.files, project.found
    root = (found.django.text("STATIC_ROOT") or FOLDER) if found.django and not found.is_equipped else None
    is_inside = root is not None and not root.startswith(("/", ".."))
    yield from filter(None, [ignored(files, *dict.fromkeys((output, *([root] if root and is_inside else []))))])
    if found.is_library:
        return
    if found.django is not None and not found.is_equipped:
        yield from edited_settings(files, found.django)
    yield from edited_python(files, found, f"{output}/manifest.json", _mount(project))
    if answers.pages and not other_renderers(files):
        yield from edited_pages(files, found, project.pages, roots=project.assets.roots, prefix=project.prefix)
    if project.first and not project.asked.uses_helpers:
        page = "".join(project.pages[:1])
        has_helpers = found.framework.module != "starlette" or shared_templates(files, found)
        reference = "" if has_helpers else found.framework.reference
        lines_of = tuple(head_lines(compiled(project.first.file.partition("/")[2]), page, reference))
        yield ByHand("", "in the `<head>` of your pages", lines_of, optional=True)


def _mount(project: _Project) -> str:
    """The name by which pages call static files."""
    names = project.asked.names
    return next(iter(names)) if len(names) == 1 else "static"


def _tools(files: ProjectFiles, assets: ProposedAssets, engines: Mapping[str, str]) -> Iterator[str]:
    """The tools to lock: esbuild and Dart Sass where something needs them, and nothing brings one."""
    lock = files.text("buildassets.lock")
    is_needed = bool(assets.typed) or engines.get("js") == "esbuild"
    has_one = "[tools.esbuild]" in lock or files.has_folder("node_modules/esbuild")
    if is_needed and not has_one:
        yield "esbuild"
    if assets.uses_modern_sass and not installed_command() and "[tools.dart-sass]" not in lock:
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


def _places(places: Sequence[str]) -> str:
    shown = ", ".join(f"`{one}`" for one in places[:_MOST_SHOWN])
    return f"{shown} and {len(places) - _MOST_SHOWN} more" if len(places) > _MOST_SHOWN else shown


def _needs(project: _Project, tools: Sequence[str], engines: Mapping[str, str], file: str | None) -> Iterator[str]:
    """What the tools and the chosen engines need where the release is built."""
    if tools or (engines and file is None):
        has_step, has_extra = installs_tools(project.files), "css" not in engines or file is not None
        yield from needs(project.files, project.found.declared, has_step=has_step, has_extra=has_extra)


def _all_notes(
    project: _Project, file: str | None, start: str, *, engines: Mapping[str, str], there: object
) -> Iterator[str]:
    """The remarks about the project, and about the configuration `file` that it has."""
    yield from _notes(project)
    yield from _notes_on_configuration(file, start, engines, there)
    folder = project.files.folder
    if file is None and folder != start:
        yield f"the project is in `{relative_to(start, folder)}/`, the folder of `manage.py`: run all commands there"
    renderers = other_renderers(project.files)
    if (left := project.asked.places) and project.found.framework.reference:
        why = f", and {_places(renderers)} may show templates in another way" if renderers else ""
        yield f"URLs that are written out stay, in {_places(left)}{why}"


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


def _notes_on_sources(project: _Project) -> Iterator[str]:
    found = project.found
    if found.unread:
        python = "Python {}.{}".format(*sys.version_info)
        yield f"{_places(found.unread)} cannot be read by {python}, which runs this: `init` leaves out what it does"
    for one in (one for one in found.systems if one.name in _BESIDE):
        yield f"`{one.name}` builds files of its own, which stay: `buildassets migrate {one.name}` takes them over"


def _ignored_sources(files: ProjectFiles, roots: Sequence[str]) -> list[str]:
    """The files in `roots` that git ignores."""
    listing = ("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--", *roots)
    try:
        listed = os.fsdecode(run_git(files.folder, *listing, timeout_seconds=_GIT_SECONDS).stdout if roots else b"")
    except GitError:
        return []
    return sorted({*listed.split("\0")}.intersection(files.names))


def _notes(project: _Project) -> Iterator[str]:
    files, found, assets = project.files, project.found, project.assets
    if not found.framework.name and not any(is_site(files, root) for root in assets.roots):
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
    deployed = [one for one in found.declared.files if is_deployed(one)]
    if deployed and "buildassets" not in found.declared.python and not found.is_library:
        add = add_command(found.declared.installer, "buildassets")
        yield f"`{deployed[0]}` does not list `buildassets`, which the web process needs: run `{add}`, and list it"
    yield from _notes_on_sources(project)
    if sources := _ignored_sources(files, assets.roots):
        yield f"git ignores {_places(sources)}, which builds on other machines then lack: correct `.gitignore`"
    if assets.uses_tailwind:
        add = add_command(found.declared.installer, '"buildassets[tailwind]"')
        yield f"Tailwind is compiled by the extra `tailwind`: run `{add}`"


def _deploys(project: _Project, tools: Sequence[str]) -> Iterator[str]:
    """The commands of a deployment that its files do not have yet."""
    if tools and not installs_tools(project.files):
        yield INSTALL
    if project.found.framework.name and not project.found.is_library and not [*building(project.files)]:
        is_django = project.found.django is not None
        yield "python manage.py collectstatic --noinput" if is_django else "buildassets build"


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
