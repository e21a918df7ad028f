"""Findings about images: whether a Dockerfile of the application gives it a release.

A Dockerfile that copies no code of the project, such as that of a database or a proxy, is not examined.
"""

import os
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import islice, pairwise
from typing import Final

from buildassets.doctor.subject import Subject
from buildassets.foundation.diagnostics import Diagnostic, Location, warning
from buildassets.foundation.frozen import frozen
from buildassets.project.pipelines import DOCKERFILE, pipeline_files

# Each pattern that searches on reads a line once, and each repetition of blanks gives none back: texts may be hostile.
_OWN_COMMAND: Final = re.compile(r"\bbuildassets\b([^\n]*)")
_OWN_VERB: Final = re.compile(r"\b(?:build|unpack)\b")
_OF_DJANGO: Final = re.compile(r"\bassets[ \t]+build\b")
# A runner of tasks where a command begins, not among packages to install.
_TASK: Final = re.compile(
    r"(?:^[ \t]*|[:;&|][ \t]*|\bRUN[ \t]+(?:--\S+[ \t]+)*|\brun[ \t]+)(?:make|just|poe)\b(?![ \t]*\\$)", re.MULTILINE
)
_STAGE: Final = re.compile(r"^[^\S\n]*FROM\s", re.MULTILINE | re.IGNORECASE)
_COPIED: Final = re.compile(r"^[^\S\n]*(?:COPY|ADD)\s+(.*)$", re.MULTILINE | re.IGNORECASE)
_FROM: Final = re.compile(r"\bfrom=([\w.-]+)")
_MOST_DIGITS: Final = 9
_WORD: Final = re.compile(r"[\w.-]+")
_PLATFORM: Final = re.compile(r"--\S+\s+")
_IGNORING: Final = (".dockerignore", ".gitignore")
TASKS: Final = ("Makefile", "justfile")  # whose order is not that in which they run


@frozen
class _Stage:
    """The lines of a stage, and the numbers of the stages that it begins with or copies from."""

    text: str
    given_by: tuple[int, ...]


def dockerfiles(subject: Subject) -> list[str]:
    """The Dockerfiles in the folder of the project."""
    return [name for name in subject.files.names if "/" not in name and DOCKERFILE.fullmatch(name)]


def build_start(text: str) -> int | None:
    """Where the first command begins that may build or unpack a release; None if there is none."""
    tasks = (match.start() for match in _TASK.finditer(text))
    return min((*_own_starts(text), *islice(tasks, 1)), default=None)


def builds(text: str) -> bool:
    """Whether a line of `text` that is not a comment builds or unpacks a release by our own command."""
    return any([*_own_starts(line)] for line in text.split("\n") if not line.lstrip().startswith("#"))


def _own_starts(text: str) -> Iterator[int]:
    own = (match.start() for match in _OWN_COMMAND.finditer(text) if _OWN_VERB.search(match[1]))
    of_django = (match.start() for match in _OF_DJANGO.finditer(text))
    yield from (*islice(own, 1), *islice(of_django, 1))


def output_shown(subject: Subject) -> str:
    """The release directory as a user would write it."""
    return subject.shown(os.path.dirname(subject.manifest_path))


def image_findings(subject: Subject, name: str) -> Iterator[Diagnostic]:
    """An image of the application that neither builds the release nor is given one."""
    text = "\n".join(line for line in subject.files.text(name).split("\n") if not line.lstrip().startswith("#"))
    stages = _stages(text)
    given = "".join(stages[number].text for number in _reached(stages))
    if any(_builds_early(subject, stage.text) for stage in stages):
        message = "the release is built before the sources are copied into the image"
        hint = f"move `RUN {subject.build_in_image}` below the line that copies the sources"
        yield warning("doctor/image", message, Location(name), hint=hint)
        return
    if build_start(given) is not None or not _has_code(subject, given):
        return
    if build_start(text) is not None:
        message = "the release is built in an earlier stage, and nothing of that is copied into the image"
        hint = f"write `COPY --from=STAGE …/{output_shown(subject)} {output_shown(subject)}` into the last stage"
        yield warning("doctor/image", message, Location(name), hint=hint)
    elif not _is_built_elsewhere(subject, text) and (why := _lacks(subject, given)):
        message = f"the image gets no manifest: nothing builds it there, and {why}"
        hint = f"write `RUN {subject.build_in_image}` below the line that copies the sources, or copy the release"
        yield warning("doctor/image", message, Location(name), hint=hint)


def _builds_early(subject: Subject, text: str) -> bool:
    """Whether a stage copies the whole project after it builds, and only single files, such as requirements, before."""
    start = next(_own_starts(text), len(text))
    before, after = text[:start], text[start:]
    has_sources = _FROM.search(before) or any(map(subject.files.has_folder, _copied(before)))
    return "." in _copied(after) and "." not in _copied(before) and not has_sources and "--mount" not in text


def _stages(text: str) -> list[_Stage]:
    starts = [match.start() for match in _STAGE.finditer(text)]
    named: dict[str, int] = {}
    stages: list[_Stage] = []
    for number, (start, end) in enumerate(pairwise([*starts, len(text)])):
        lines = text[start:end]
        first = _PLATFORM.sub("", lines.split("\n", 1)[0].strip()[len("FROM ") :].lstrip())
        base, _, rest = first.partition(" ")
        copied = (_number(other, number, named) for other in _FROM.findall(lines))
        below = named.get(base.lower())
        given_by = tuple(one for one in (below, *copied) if one is not None)
        stages.append(_Stage(lines, given_by))
        named[rest.strip()[len("AS ") :].strip().lower()] = number
    return stages or [_Stage(text, ())]


def _number(name: str, before: int, named: Mapping[str, int]) -> int | None:
    """The number of the stage `name`, one of those `before`, which may be called by their numbers; None without one."""
    if name.lower() in named or not name.isascii() or not name.isdecimal() or len(name) > _MOST_DIGITS:
        return named.get(name.lower())
    return int(name) if int(name) < before else None


def _reached(stages: list[_Stage]) -> list[int]:
    """The numbers of the last stage, and of all from which it has files."""
    waiting, reached = [len(stages) - 1], set[int]()
    while waiting:
        number = waiting.pop()
        if number not in reached:
            reached.add(number)
            waiting += stages[number].given_by
    return sorted(reached)


def _copied(text: str) -> list[str]:
    """The names in the project that lines of a Dockerfile copy; `.` is everything."""
    lines = [match[1].split() for match in _COPIED.finditer(text) if not _FROM.search(match[1])]
    words = [word for line in lines for word in line[:-1] if not word.startswith("--")]
    return [os.path.normpath(word.strip("[\"',").lstrip("/") or ".") for word in words]


def _has_code(subject: Subject, text: str) -> bool:
    """Whether the lines copy the application, or Python of the project if it is not known which module that is."""
    copied = _copied(text)
    settings = subject.found.django
    known = [*subject.found.applications(), *(settings.files if settings else ())]
    modules = known or [name for name in subject.files.own if name.endswith(".py")]
    return "." in copied or any(
        name == one or name.startswith(f"{one}/") or fnmatchcase(name, one) for name in modules for one in copied
    )


def _lacks(subject: Subject, text: str) -> str:
    """Why the lines do not copy the release; empty if they do."""
    output, copied = output_shown(subject), _copied(text)
    if any(one == output or one.startswith(f"{output}/") for one in copied):
        return ""
    if "." not in copied:
        return f"`{output}/` is not copied"
    ignored = next((file for file in _IGNORING if _is_ignored(subject, file)), "")
    if not ignored or (ignored == ".gitignore" and is_built_by_pipeline(subject)):
        return ""
    return f"`{ignored}` leaves `{output}/` out"


def _is_ignored(subject: Subject, file: str) -> bool:
    """Whether the patterns in `file` leave the release directory out of an image, or of the checkout that makes one."""
    lines = [line.strip() for line in subject.files.text(file).splitlines()]
    patterns = {line.removeprefix("**/").strip("/").removesuffix("/**") for line in lines if not line.startswith("#")}
    is_back = f"!{output_shown(subject)}" in {line.rstrip("/") for line in lines}
    return not is_back and (output_shown(subject) in patterns or "*" in patterns)


def _is_built_elsewhere(subject: Subject, text: str) -> bool:
    """Whether a script that the Dockerfile names builds the release, or Compose does or gives it to a container."""
    words = set(_WORD.findall(text))
    for name in subject.files.names:
        base = name.rpartition("/")[2]
        is_compose = "compose" in base and base.endswith((".yml", ".yaml"))
        if is_compose and f"/{output_shown(subject)}:" in subject.files.text(name):
            return True
        is_script = base in words and not base.endswith((".py", ".toml", ".txt", ".md"))
        if (is_compose or (is_script and not DOCKERFILE.fullmatch(base))) and builds(subject.files.text(name)):
            return True
    return False


def is_built_by_pipeline(subject: Subject) -> bool:
    """Whether a pipeline, or a task that it may run, builds the release in the checkout that makes the image."""
    names = (*pipeline_files(subject.files), ".gitlab-ci.yml", *TASKS)
    return any(builds(subject.files.text(name)) for name in names)
