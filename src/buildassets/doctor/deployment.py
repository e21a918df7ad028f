"""Findings about how the project is deployed, guessed from its files: images, servers, scripts, what git keeps.

All of them are warnings.
"""

import os
import re
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import islice, pairwise
from typing import Final
from urllib.parse import urlsplit

from buildassets.doctor.application import configured_url
from buildassets.doctor.subject import Subject
from buildassets.foundation.diagnostics import Diagnostic, Location, warning
from buildassets.packages.lock import NAME
from buildassets.programs.git import GitError, run_git
from buildassets.project.dependencies import add_command
from buildassets.project.django_serving import unserved_module

# Each pattern that searches on reads a line once, and each repetition of blanks gives none back: texts may be hostile.
_OWN_COMMAND: Final = re.compile(r"\bbuildassets\b([^\n]*)")
_OWN_VERB: Final = re.compile(r"\b(?:build|unpack)\b")
_OTHER_BUILD: Final = re.compile(r"\bassets\s+build\b|\bpoe\b|\bmake\b|\bjust\b")
_INSTALLS: Final = re.compile(r"(?:pip3? install|uv add)([^\n]*)")
_STAGE: Final = re.compile(r"^[^\S\n]*FROM\s", re.MULTILINE | re.IGNORECASE)
_COPIED: Final = re.compile(r"^[^\S\n]*(?:COPY|ADD)\s+(.*)$", re.MULTILINE | re.IGNORECASE)
_COLLECTS: Final = re.compile(r"\bcollectstatic\b")
_LOCATION: Final = re.compile(r"^[ \t]*location\s+(?:(?:\^~|=)\s+)?(/[^\s{]*)\s*\{([^}]*)\}", re.MULTILINE)
_ALIAS: Final = re.compile(r"""\b(?:alias|root)\s+("[^"\n]*+"|'[^'\n]*+'|[^;\s"']++)\s*+;""")
_HANDLED: Final = re.compile(r"^[ \t]*handle_path\s+(/\S*?)\*?\s*\{([^}]*)\}", re.MULTILINE)
_CADDY_ROOT: Final = re.compile(r"\broot\s+(?:\*\s+)?(\S+)")
_PROXIED: Final = re.compile(r"\bproxy_pass\b")
# How servers and frameworks are given the path that an application is below.
_ROOT_PATH: Final = re.compile(
    r"(?:--root-path[= ]+|\broot_path\s*=\s*|\b(?:SCRIPT_NAME|APPLICATION_ROOT)[\"']?\s*+\]?\s*+[=:]\s*+)"
    r"[\"']?(/[^\s\"',\])]+)"
)
# Servers that run an application and serve none of its files.
_APPLICATION_SERVERS: Final = ("gunicorn", "uvicorn", "hypercorn", "granian", "waitress", "daphne")
_SCRIPTS: Final = (".sh", ".yml", ".yaml", "Procfile", "Makefile", "justfile", "fly.toml")
_IGNORING: Final = (".dockerignore", ".gitignore")
_GIT_SECONDS: Final = 10


def deployment_findings(subject: Subject) -> Iterator[Diagnostic]:
    """What seems wrong with the way of the project to its servers."""
    collecting = list(_collectstatic(subject))
    yield from collecting
    for name in _dockerfiles(subject):
        if not any(one.location and one.location.file == name for one in collecting):
            yield from _image(subject, name)
    yield from _undeclared(subject)
    yield from _servers(subject)
    yield from _unserved(subject)
    yield from _root_path(subject)
    yield from _git(subject)


def _dockerfiles(subject: Subject) -> list[str]:
    names = (name for name in subject.files.names if "/" not in name)
    return [name for name in names if re.fullmatch(r"(?:Docker|Container)file(?:\..+)?|.+\.[Dd]ockerfile", name)]


def _image(subject: Subject, name: str) -> Iterator[Diagnostic]:
    """An image that neither builds the release nor is given one."""
    text = "\n".join(line for line in subject.files.text(name).split("\n") if not line.lstrip().startswith("#"))
    last = _last_stage(text)
    if _build_start(last) is not None:
        return
    if _build_start(text) is not None:
        if "--from" not in last:
            message = "the release is built in an earlier stage, and nothing of that is copied into the image"
            hint = f"write `COPY --from=STAGE …/{_output(subject)} {_output(subject)}` into the last stage"
            yield warning("doctor/image", message, Location(name), hint=hint)
        return
    copied = [word for match in _COPIED.finditer(last) for word in match[1].split()[:-1] if not word.startswith("--")]
    is_named = any(word.removeprefix("./").startswith(_output(subject)) for word in copied)
    takes_all = any(word.rstrip("/") in (".", "") for word in copied)
    ignored = next((file for file in _IGNORING if _is_ignored(subject, file)), "")
    if not is_named and (not takes_all or ignored):
        why = f"`{ignored}` leaves `{_output(subject)}/` out" if takes_all else f"`{_output(subject)}/` is not copied"
        message = f"the image gets no manifest: nothing builds it there, and {why}"
        hint = f"write `RUN {subject.build_command}` below the line that copies the sources, or copy the release"
        yield warning("doctor/image", message, Location(name), hint=hint)


def _build_start(text: str) -> int | None:
    """Where the first command begins that builds or unpacks a release; None if there is none."""
    own = (match.start() for match in _OWN_COMMAND.finditer(text) if _OWN_VERB.search(match[1]))
    other = (match.start() for match in _OTHER_BUILD.finditer(text))
    return min((*islice(own, 1), *islice(other, 1)), default=None)


def _last_stage(text: str) -> str:
    """The lines of the last stage of a Dockerfile, and of the stages that it begins with."""
    starts = [match.start() for match in _STAGE.finditer(text)]
    named: dict[str, int] = {}
    stages: list[tuple[str, int | None]] = []  # the lines of each, and the number of the stage that it begins with
    for number, (start, end) in enumerate(pairwise([*starts, len(text)])):
        lines = text[start:end]
        base, _, rest = lines.split("\n", 1)[0].strip()[len("FROM ") :].partition(" ")
        stages.append((lines, named.get(base.lower())))
        named[rest.strip()[len("AS ") :].strip().lower()] = number
    if not stages:
        return text
    found: list[str] = []
    last: int | None = len(stages) - 1
    while last is not None:
        lines, last = stages[last]
        found.append(lines)
    return "".join(reversed(found))


def _output(subject: Subject) -> str:
    return subject.shown(os.path.dirname(subject.manifest_path))


def _is_ignored(subject: Subject, file: str) -> bool:
    """Whether the patterns in `file` leave the release directory out of an image, or of the checkout that makes one."""
    lines = [line.strip() for line in subject.files.text(file).splitlines()]
    patterns = {line.removeprefix("**/").strip("/").removesuffix("/**") for line in lines if not line.startswith("#")}
    return _output(subject) in patterns or "*" in patterns


def _undeclared(subject: Subject) -> Iterator[Diagnostic]:
    """An image whose packages do not include ours, which the web process imports."""
    declared = subject.found.declared
    dockerfiles = _dockerfiles(subject)
    is_needed = subject.found.is_equipped and dockerfiles and declared.files
    if is_needed and "buildassets" not in declared.python:
        if any(
            "buildassets" in match[1] for one in dockerfiles for match in _INSTALLS.finditer(subject.files.text(one))
        ):
            return
        message = f"`{declared.files[0]}` does not list `buildassets`, which the application imports"
        hint = f"add it: `{add_command(declared.installer, 'buildassets')}`"
        yield warning("doctor/dependency", message, Location(declared.files[0]), hint=hint)


def _collectstatic(subject: Subject) -> Iterator[Diagnostic]:
    """A script that collects static files before there is a release to collect."""
    if not subject.uses_django:
        return
    scripts = [name for name in subject.files.names if name.endswith(_SCRIPTS)]
    for name in dict.fromkeys([*_dockerfiles(subject), *scripts]):
        text = "\n".join(_uncommented(line) for line in subject.files.text(name).split("\n"))
        collects, build = _COLLECTS.search(text), _build_start(text)
        if collects and (build is None or build > collects.start()):
            message = "`collectstatic` runs without a release: what it copies has no fingerprints"
            hint = "run `python manage.py assets build` before it; without WhiteNoise it is not needed at all"
            place = subject.place(name, collects.start(), collects.end())
            yield warning("doctor/collectstatic", message, place, hint=hint)


def _uncommented(line: str) -> str:
    return " " * len(line) if line.lstrip().startswith("#") else line


def _prefix(subject: Subject) -> str:
    """The path of the URL prefix of the pages, with slashes around it."""
    url = subject.manifest.url if subject.manifest else subject.config.url
    settings = subject.found.django
    static = settings.text("STATIC_URL") if settings else None
    if settings and static and any("ReleaseStaticFilesStorage" in subject.files.text(file) for file in settings.files):
        url = static
    return f"/{urlsplit(url).path.strip('/')}/"


def other_host(subject: Subject) -> str | None:
    """What the host in the URL prefix of the pages has to send, in words; None where the prefix has no host."""
    settings = subject.found.django
    of_django = (configured_url(settings), settings.text("STATIC_URL")) if settings else ()
    urls = (subject.manifest.url if subject.manifest else subject.config.url, *of_django)
    url = next((url for url in urls if url and "//" in url), None)
    header = "`Access-Control-Allow-Origin` with fonts, modules and files with integrity metadata"
    return (
        url and f"`{url}` is another host, if pages have one of their own: it has to send {header} (docs/deploy/cdn.md)"
    )


def _servers(subject: Subject) -> Iterator[Diagnostic]:
    """Servers that have the release under another prefix than that of the pages."""
    for name in subject.files.names:
        if re.search(r"\.conf(?:\.\w+)?$|nginx", name.rpartition("/")[2]):
            yield from _served(subject, name, _LOCATION, _ALIAS)
        elif name.rpartition("/")[2].startswith("Caddyfile"):
            yield from _served(subject, name, _HANDLED, _CADDY_ROOT)


def _served(subject: Subject, name: str, block: re.Pattern[str], folder: re.Pattern[str]) -> Iterator[Diagnostic]:
    wanted = _prefix(subject)
    text = subject.files.text(name)
    blocks = list(block.finditer(text, 0, text.rfind("}") + 1))  # so that none is searched to the end in vain
    for match in blocks:
        served = folder.search(match[2])
        if served is None or f"/{match[1].strip('/')}/" == wanted:
            continue
        if re.search(
            rf"(?:^|/){re.escape(os.path.basename(_output(subject)))}(?:/assets)?/?$", served[1].strip(" \"'")
        ):
            message = f"the release is served below `{match[1]}`, and pages ask for it below `{wanted}`"
            hint = f"serve it below `{wanted}`, or set `url` to `{match[1]}`"
            yield warning("doctor/proxy", message, subject.place(name, match.start(1), match.end(1)), hint=hint)
            return
    proxied = [match for match in blocks if _PROXIED.search(match[2])]
    if proxied and not any(wanted.startswith(match[1]) for match in blocks):
        first = proxied[0]
        message = f"the server passes on `{first[1]}` alone, and pages ask for assets below `{wanted}`"
        hint = f"set `url` to `{first[1].rstrip('/')}{wanted}`, or let the server answer `{wanted}` too"
        yield warning("doctor/proxy", message, subject.place(name, first.start(1), first.end(1)), hint=hint)


def _unserved(subject: Subject) -> Iterator[Diagnostic]:
    """An application of Django for a server that is here or declared, and nothing that serves the release there."""
    settings = subject.found.django
    module = unserved_module(subject.files, settings) if settings and subject.uses_django else None
    declared = subject.found.declared.python
    server = next((one for one in _APPLICATION_SERVERS if one in declared or find_spec(one)), None)
    if module and server:
        message = f"`{server}` serves no release: `{module.file}` has Django's own application"
        hint = (
            f"write `{module.line}` in its place, or let a web server have `{_output(subject)}/assets/` "
            f"below `{_prefix(subject)}`"
        )
        yield warning("doctor/serving", message, subject.place(module.file, module.start, module.end), hint=hint)


def _root_path(subject: Subject) -> Iterator[Diagnostic]:
    """An application below a path of a proxy, whose pages ask for assets at the top of the host."""
    prefix = _prefix(subject)
    if "://" in (subject.manifest.url if subject.manifest else subject.config.url):
        return
    code = "\n".join(subject.files.text(name) for name in subject.files.ending(".py")).replace("'", '"')
    scripts = [name for name in subject.files.names if name.endswith((".py", *_SCRIPTS))]
    for name in dict.fromkeys([*scripts, *_dockerfiles(subject)]):
        text = "\n".join(map(_uncommented, subject.files.text(name).split("\n")))
        match = _ROOT_PATH.search(text)
        path = match[1].rstrip("/") if match else ""
        if match and path and not prefix.startswith(f"{path}/") and f'"{path}/' not in code:
            message = f"the application is below `{path}/`, and its pages ask for assets below `{prefix}`"
            hint = f"give it the whole path, `{path}{prefix}`: {_where_to_set(subject)}"
            yield warning("doctor/proxy", message, subject.place(name, match.start(), match.end()), hint=hint)
            return


def _where_to_set(subject: Subject) -> str:
    """Where the URL prefix of the pages is set, in words."""
    return subject.found.framework.url_setting


def _git(subject: Subject) -> Iterator[Diagnostic]:
    """What git has of a release, and has not of the lock."""
    output = subject.config.output
    if os.path.isdir(output) and _git_answers(subject, "check-ignore", output) == 1:
        shown = subject.shown(output)
        message = f"git does not ignore the release directory `{shown}/`"
        yield warning("doctor/git", message, Location(".gitignore"), hint=f"write `{shown}/` into `.gitignore`")
    lock = os.path.join(subject.folder, NAME)
    if os.path.isfile(lock) and _git_answers(subject, "check-ignore", lock) == 0:
        message = f"git ignores `{NAME}`, and so other machines have other tools"
        yield warning("doctor/git", message, Location(".gitignore"), hint=f"remove the line that names `{NAME}`")


def _git_answers(subject: Subject, verb: str, path: str) -> int | None:
    """The exit code of git about `path`: 0 where it is ignored, 1 where not; None without git or a repository."""
    try:
        done = run_git(subject.folder, verb, "-q", "--", path, timeout_seconds=_GIT_SECONDS)
    except GitError:
        return None
    return done.returncode if done.returncode in (0, 1) else None
