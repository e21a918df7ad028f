"""Facts about a project that decide what it needs from us. Takes its files, gives one frozen value."""

import re
from collections.abc import Mapping
from typing import Final

from buildassets.foundation.frozen import frozen
from buildassets.project.calls import Module, read_module
from buildassets.project.dependencies import Dependencies, dependencies, is_distribution
from buildassets.project.django_files import DjangoSettings, django_settings
from buildassets.project.files import ProjectFiles
from buildassets.project.frameworks import BY_NAME, FRAMEWORKS, NONE, Framework
from buildassets.project.python import fault_line
from buildassets.project.systems import OtherSystem, other_systems

# In names of templates for letters, which no browser shows.
_MAIL: Final = re.compile(r"(?:^|[/_.-])(?:e?mails?|newsletters?)(?=[/_.-])", re.IGNORECASE)
# Modules that a person runs beside the application.
_SCRIPT: Final = re.compile(r"(?:^|/)(?:bin|scripts?|tools|migrations|alembic)/")
_DJANGO_TAGS: Final = re.compile(r"\{%\s*load\s+\w")

_OURS: Final = "buildassets.runtime"
_STORAGES: Final = ("django", "whitenoise")  # whose place a storage takes in the settings of Django: no other system


@frozen
class ProjectFindings:
    """The framework, the modules that make something of interest, settings of Django, packages and other systems.

    `unread` are places in modules that cannot be read, as `file:line` or `file`. A project `is_library` if it has a
    framework and makes no application of it, which other projects do.
    """

    framework: Framework
    modules: Mapping[str, Module]
    unread: tuple[str, ...]
    django: DjangoSettings | None
    declared: Dependencies
    systems: tuple[OtherSystem, ...]
    templates: tuple[str, ...]
    is_equipped: bool
    is_library: bool

    def applications(self) -> list[str]:
        """The modules that make an application of the framework."""
        return [name for name, module in self.modules.items() if module.of(self.framework.name)]


def find(files: ProjectFiles, settings_module: str | None = None) -> ProjectFindings:
    """The facts about the project in the folder of `files`, with the given module of Django's settings."""
    settings = django_settings(files, settings_module)
    declared = dependencies(files)
    modules, unread = _modules(files)
    others = other_systems(files, settings, declared)
    systems = tuple(one for one in others if settings is None or one.name not in _STORAGES)
    templates = template_folders(files, is_django=settings is not None)
    framework = _framework(modules, settings, declared)
    if framework is NONE and _has_django_tags(files, templates):
        framework = BY_NAME["django"]
    return ProjectFindings(
        framework,
        modules,
        unread=unread,
        django=settings,
        declared=declared,
        systems=systems,
        templates=templates,
        is_equipped=_is_equipped(files, modules, settings),
        is_library=settings is None and _is_library(files, framework, modules),
    )


def _modules(files: ProjectFiles) -> tuple[dict[str, Module], tuple[str, ...]]:
    """The modules that make something or use our runtime, and the places where others cannot be read."""
    found: dict[str, Module] = {}
    unread: list[str] = []
    for name in files.own:
        if not name.endswith(".py") or _SCRIPT.search(name):
            continue
        text = files.text_or_none(name)
        module = read_module(text or "")
        if module.tree is None or text is None:
            unread.append(f"{name}:{fault_line(text)}" if text else name)
        elif module.made or module.imports("buildassets"):
            found[name] = module
    return found, tuple(unread)


def template_folders(files: ProjectFiles, *, is_django: bool) -> tuple[str, ...]:
    """The outermost folders with templates, by the names that frameworks give them."""
    names = ("templates", "jinja2") if is_django else ("templates",)
    found: set[str] = set()
    for name in files.own:
        parts = name.split("/")[:-1]
        at = next((number for number, part in enumerate(parts) if part in names), None)
        if at is not None:
            found.add("/".join(parts[: at + 1]))
    return tuple(sorted(found))


def is_of_mail(name: str) -> bool:
    """Whether the template of that name is one of letters."""
    return bool(_MAIL.search(name))


def _framework(modules: Mapping[str, Module], settings: DjangoSettings | None, declared: Dependencies) -> Framework:
    if settings is not None:
        return BY_NAME["django"]
    made = {one.kind for module in modules.values() for one in module.made}
    found = [one for one in FRAMEWORKS if one.name in made]
    found = found or [one for one in FRAMEWORKS if one.requirement in declared.python]
    return found[0] if found else NONE


def _is_library(files: ProjectFiles, framework: Framework, modules: Mapping[str, Module]) -> bool:
    """Whether no application of `framework` is made here: settings of Django without `manage.py` are not read."""
    if framework.name == "django":
        return "manage.py" not in files.names
    has_application = any(module.of(framework.name) for module in modules.values())
    return bool(framework.name) and not has_application and is_distribution(files)


def _has_django_tags(files: ProjectFiles, folders: tuple[str, ...]) -> bool:
    """Whether a template in `folders` loads tags, as only those of Django do."""
    below = tuple(f"{one}/" for one in folders)
    pages = (name for name in files.own if name.endswith(".html") and name.startswith(below))
    return any(_DJANGO_TAGS.search(files.text(name)) for name in pages)


def _is_equipped(files: ProjectFiles, modules: Mapping[str, Module], settings: DjangoSettings | None) -> bool:
    """Whether code of the project uses our runtime already."""
    if settings is not None and any("buildassets.runtime.django" in files.text(file) for file in settings.files):
        return True
    return any(module.imports("buildassets") or _OURS in files.text(name) for name, module in modules.items())
