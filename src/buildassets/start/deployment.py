"""Which files deploy a project, and what they do already of what a release needs. Edits none of them.

Takes the files of a project, gives places, as `file:line`.
"""

import re
from collections.abc import Iterator
from typing import Final

from buildassets.project.files import ProjectFiles
from buildassets.project.pipelines import DOCKERFILE, pipeline_files

INSTALL: Final = "buildassets tools install"
# Between words of a command: blanks, and what a list of JSON or YAML, or a line that is continued, has there.
_GAP: Final = r"(?:[ \t\"',\[\]]|\\?\r?\n[ \t]*(?:-[ \t])?)++"
_INSTALLS: Final = re.compile(rf"\bbuildassets{_GAP}tools{_GAP}install\b")
_MANAGES: Final = r"\b(?:manage\.py|django-admin|flask)\b[^\n;&|]{0,80}?\b"
_BUILDS: Final = re.compile(rf"(?:\bbuildassets|{_MANAGES}assets){_GAP}build\b(?![\w.:/-])|{_MANAGES}collectstatic\b")
_NOT_RUN: Final = re.compile(r"\s*(?:#|//|(?:-\s+)?name:|LABEL\b|@?echo\b)")
_OTHERS: Final = re.compile(
    r"(?:.*/)?(?:[\w.-]*compose[\w.-]*\.ya?ml|Procfile|[Mm]akefile|justfile|(?:app|package|vercel)\.json|tox\.ini"
    r"|(?:fly|nixpacks|netlify)\.toml|Jenkinsfile|.*\.(?:sh|mk|ya?ml))"
)


def building(files: ProjectFiles) -> Iterator[str]:
    """The places that build a release: a command of ours, or Django's `collectstatic`, which does with our storage."""
    for name in _deploying(files):
        text = files.text(name)
        lines = text.split("\n")
        for build in _BUILDS.finditer(text):
            number = text.count("\n", 0, build.start())
            if not _NOT_RUN.match(lines[number]):
                yield f"{name}:{number + 1}"


def installs_tools(files: ProjectFiles) -> bool:
    """Whether a file installs locked tools."""
    return any(_INSTALLS.search(files.text(name)) for name in _deploying(files))


def _deploying(files: ProjectFiles) -> Iterator[str]:
    """The files by which the project is deployed."""
    names = (*files.own, *pipeline_files(files))
    return (name for name in names if DOCKERFILE.fullmatch(name) or _OTHERS.fullmatch(name))
