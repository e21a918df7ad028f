"""Findings about how the project is deployed, guessed from its files: images, servers, scripts, what git keeps.

All of them are warnings.
"""

import os
import re
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Final
from urllib.parse import urlsplit

from buildassets.doctor.application import configured_url, has_release_storage, is_collected
from buildassets.doctor.django_serving import unserved_module
from buildassets.doctor.images import (
    TASKS,
    build_start,
    builds,
    dockerfiles,
    image_findings,
    is_built_by_pipeline,
    output_shown,
)
from buildassets.doctor.subject import Subject
from buildassets.foundation.diagnostics import Diagnostic, Location, warning
from buildassets.packages.lock import NAME
from buildassets.programs.git import GitError, run_git
from buildassets.project.dependencies import add_command

# Each pattern that searches on reads a line once, and each repetition of blanks gives none back: texts may be hostile.
_INSTALLS: Final = re.compile(r"(?:pip3? install|uv add)([^\n]*)")
_COLLECTS: Final = re.compile(
    r"\b(?:manage(?:\.py)?|django-admin|-m[ \t]+django)[ \t][^\n;&|]{0,80}?\b(collectstatic)\b"
)
_LOCATION: Final = re.compile(r"^[ \t]*location\s+(?:(?:\^~|=)\s+)?(/[^\s{]*)\s*\{([^}]*)\}", re.MULTILINE)
_ALIAS: Final = re.compile(r"""\b(?:alias|root)\s+("[^"\n]*+"|'[^'\n]*+'|[^;\s"']++)\s*+;""")
_HANDLED: Final = re.compile(r"^[ \t]*handle_path\s+(/\S*?)\*?\s*\{([^}]*)\}", re.MULTILINE)
_CADDY_ROOT: Final = re.compile(r"\broot\s+(?:\*\s+)?(\S+)")
# What may answer further URLs: a location by a pattern, files of the server itself, and settings in other files.
_ELSEWHERE: Final = re.compile(
    r"^[ \t]*(?:location[ \t]+~|root[ \t]|try_files[ \t]|include[ \t]+\S*(?:\*|\.conf\b))", re.MULTILINE
)
_PROXIED: Final = re.compile(r"\bproxy_pass\b")
# How servers and frameworks are given the path that an application is below.
_ROOT_PATH: Final = re.compile(
    r"(?:--root-path[= ]+|\broot_path\s*=\s*|\b(?:SCRIPT_NAME|APPLICATION_ROOT)[\"']?\s*+\]?\s*+[=:]\s*+)"
    r"[\"']?(/[^\s\"',\])]+)"
)
# Servers that run an application and serve none of its files.
_APPLICATION_SERVERS: Final = ("gunicorn", "uvicorn", "hypercorn", "granian", "waitress", "daphne")
_STARTS_SERVER: Final = re.compile(rf"\b(?:{'|'.join(_APPLICATION_SERVERS)}|runserver|uwsgi|exec)\b")
_SCRIPTS: Final = (".sh", ".yml", ".yaml", "Procfile", "Makefile", "justfile", "fly.toml")
_GIT_SECONDS: Final = 10


def deployment_findings(subject: Subject) -> Iterator[Diagnostic]:
    """What seems wrong with the way of the project to its servers."""
    collecting = list(_collectstatic(subject))
    yield from collecting
    for name in dockerfiles(subject):
        if not any(one.location and one.location.file == name for one in collecting):
            yield from image_findings(subject, name)
    yield from _undeclared(subject)
    yield from _servers(subject)
    yield from _unserved(subject)
    yield from _root_path(subject)
    yield from _git(subject)


def _undeclared(subject: Subject) -> Iterator[Diagnostic]:
    """An image whose packages do not include ours, which the web process imports."""
    declared = subject.found.declared
    names = dockerfiles(subject)
    is_needed = subject.found.is_equipped and names and declared.files
    if is_needed and "buildassets" not in declared.python:
        if any("buildassets" in match[1] for one in names for match in _INSTALLS.finditer(subject.files.text(one))):
            return
        message = f"`{declared.files[0]}` does not list `buildassets`, which the application imports"
        hint = f"add it: `{add_command(declared.installer, 'buildassets')}`"
        yield warning("doctor/dependency", message, Location(declared.files[0]), hint=hint)


def _collectstatic(subject: Subject) -> Iterator[Diagnostic]:
    """A script that collects static files before there is a release to collect, or that builds when a server starts."""
    settings = subject.found.django
    if settings is None or not has_release_storage(subject, settings):
        return  # names of a release are not those that another storage makes
    scripts = [name for name in subject.files.own if name.endswith(_SCRIPTS) and not name.endswith(TASKS)]
    texts = {name: _commands(subject.files.text(name)) for name in (*dockerfiles(subject), *scripts)}
    if is_collected(subject):
        yield from _collecting_at_start(subject, texts)
        return
    is_built = any(map(builds, texts.values())) or is_built_by_pipeline(subject)
    for name, text in texts.items():
        collects, build = _COLLECTS.search(text), build_start(text)
        if collects and (build > collects.start() if build is not None else not is_built):
            message = "`collectstatic` runs without a release: what it copies has no fingerprints"
            hint = "run `python manage.py assets build` before it; without WhiteNoise it is not needed at all"
            yield warning("doctor/collectstatic", message, subject.place(name, *collects.span(1)), hint=hint)


def _collecting_at_start(subject: Subject, texts: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Where a server starts only after `collectstatic`, which compiles: in a script, or in a command of one line."""
    for name, text in texts.items():
        lines = [text] if name.endswith(".sh") else text.split("\n")
        for line in lines:
            collects = _COLLECTS.search(line)
            if collects and _STARTS_SERVER.search(line, collects.end()):
                start = text.index(line) + collects.start(1)
                message = "`collectstatic` compiles the static files whenever a server starts"
                hint = "run it where the image is built; what still holds is not compiled again at the start"
                place = subject.place(name, start, start + len(collects[1]))
                yield warning("doctor/collectstatic", message, place, hint=hint)
                break


def _commands(text: str) -> str:
    """`text` with blanks in place of comments and of line ends that a backslash continues."""
    return "\n".join(map(_uncommented, text.split("\n"))).replace("\\\n", "  ")


def _uncommented(line: str) -> str:
    return " " * len(line) if line.lstrip().startswith("#") else line


def _prefix(subject: Subject) -> str:
    """The path of the URL prefix of the pages, with slashes around it."""
    url = subject.manifest.url if subject.manifest else subject.config.url
    settings = subject.found.django
    static = settings.text("STATIC_URL") if settings else None
    if settings and static and has_release_storage(subject, settings):
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
            rf"(?:^|/){re.escape(os.path.basename(output_shown(subject)))}(?:/assets)?/?$", served[1].strip(" \"'")
        ):
            message = f"the release is served below `{match[1]}`, and pages ask for it below `{wanted}`"
            hint = f"serve it below `{wanted}`, or set `url` to `{match[1]}`"
            yield warning("doctor/proxy", message, subject.place(name, match.start(1), match.end(1)), hint=hint)
            return
    proxied = [match for match in blocks if _PROXIED.search(match[2])]
    if proxied and not (_ELSEWHERE.search(text) or any(wanted.startswith(match[1]) for match in blocks)):
        first = proxied[0]
        message = f"the server passes on `{first[1]}` alone, and pages ask for assets below `{wanted}`"
        hint = f"set `url` to `{first[1].rstrip('/')}{wanted}`, or let the server answer `{wanted}` too"
        yield warning("doctor/proxy", message, subject.place(name, first.start(1), first.end(1)), hint=hint)


def _unserved(subject: Subject) -> Iterator[Diagnostic]:
    """An application of Django for a server that is here or declared, and nothing that serves the release there."""
    settings = subject.found.django
    if settings is None or not subject.uses_django:
        return
    collects = _collects(subject)
    module = unserved_module(subject.files, settings, subject.config.output, _prefix(subject), collects=collects)
    declared = subject.found.declared.python
    server = next((one for one in _APPLICATION_SERVERS if one in declared or find_spec(one)), None)
    if module and server:
        static, top = settings.text("STATIC_ROOT"), settings.text("WHITENOISE_ROOT")
        more = f", and nothing copies the release to `{subject.shown(static)}`" if static else ""
        more = f", and `WHITENOISE_ROOT`, `{top}`, gives no file the URL that pages have" if top else more
        message = f"`{server}` serves no release: `{module.file}` has Django's own application{more}"
        hint = (
            f"write `{module.line}` in its place, or let a web server have `{output_shown(subject)}/assets/` "
            f"below `{_prefix(subject)}`"
        )
        yield warning("doctor/serving", message, subject.place(module.file, module.start, module.end), hint=hint)


def _collects(subject: Subject) -> bool:
    """Whether `collectstatic` may run: not where an image builds the release, and no file of the project names that."""
    images = dockerfiles(subject)
    scripts = [name for name in subject.files.own if name.endswith((".py", *_SCRIPTS)) or "." not in name]
    is_built = any(builds(subject.files.text(name)) for name in images)
    return not is_built or any("collectstatic" in subject.files.text(name) for name in (*images, *scripts))


def _root_path(subject: Subject) -> Iterator[Diagnostic]:
    """An application below a path of a proxy, whose pages ask for assets at the top of the host."""
    prefix = _prefix(subject)
    if "://" in (subject.manifest.url if subject.manifest else subject.config.url):
        return
    code = "\n".join(subject.files.text(name) for name in subject.files.ending(".py")).replace("'", '"')
    scripts = [name for name in subject.files.names if name.endswith((".py", *_SCRIPTS))]
    for name in dict.fromkeys([*scripts, *dockerfiles(subject)]):
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
