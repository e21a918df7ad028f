"""The step that installs locked tools, wherever the project's deployment builds the release.

Takes the files of a project, gives the edits of Dockerfiles and of the workflows of GitHub.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from buildassets.project.files import ProjectFiles
from buildassets.start.edits import FileEdit

INSTALL: Final = "buildassets tools install"
_WORKFLOWS: Final = ".github/workflows"
_DOCKERFILE: Final = re.compile(r"(?:Docker|Container)file(?:\.[\w.-]+)?|[\w.-]+\.[Dd]ockerfile")
# A command that builds, at the begin of a line, of a step, or behind another command.
_BUILD: Final = re.compile(
    r"(?P<before>^[ \t]*(?:RUN[ \t]+|(?:-[ \t]+)?run:[ \t]+)?|&&[ \t]*)"
    r"(?P<runner>(?:(?:uv|poetry|pipenv) run )?)"
    r"(?=(?:python3? manage\.py assets|buildassets) build\b)",
    re.MULTILINE,
)


def deployment(files: ProjectFiles) -> tuple[list[FileEdit], bool]:
    """The edits that install the tools before each build, and whether a file does so, with them or already."""
    texts = {name: text for name in _names(files) if (text := files.text(name))}
    missing = {name: text for name, text in texts.items() if INSTALL not in text}
    edits = [
        FileEdit(name, text, after) for name, text in missing.items() if (after := _with_installation(text)) != text
    ]
    return edits, bool(edits) or len(missing) < len(texts)


def _with_installation(text: str) -> str:
    return _BUILD.sub(rf"\g<before>\g<runner>{INSTALL} && \g<runner>", text)


def _names(files: ProjectFiles) -> Iterator[str]:
    """The names of Dockerfiles and workflows; the folder of these is hidden."""
    yield from (name for name in files.names if "/" not in name and _DOCKERFILE.fullmatch(name))
    with suppress(OSError):
        for name in sorted(os.listdir(files.path(_WORKFLOWS))):
            if name.endswith((".yml", ".yaml")):
                yield f"{_WORKFLOWS}/{name}"
