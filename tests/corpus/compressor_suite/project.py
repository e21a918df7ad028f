"""A project whose templates are those of a test: built by the compiler in a child, rendered in this process.

Takes templates and contexts under the settings of the moment, gives markup.
"""

import os
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import CommandError
from django.template import Context, Template
from django.test import override_settings

from buildassets.compat.compressor.run.elements import elements_of
from buildassets.runtime.django import assets
from buildassets.runtime.django.compiler import compiler_command
from tests.corpus.compressor_suite.meaning import OURS, Content, Rendered

_PAGES: Final = Path("pages")
_LOG: Final = Path("build.log")
_TAG: Final = "{{% load compress %}}{{% compress {kind} {mode} {name} %}}{content}{{% endcompress %}}"


def build() -> None:
    """Build the release of the templates that the settings name. Raises CommandError with what is reported."""
    command = compiler_command("build").command
    child = os.fork()
    if not child:
        _compile([*command[3:]])
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assets.cache_clear()
    if code:
        raise CommandError(_LOG.read_text("utf-8"), returncode=code)


def _compile(command: list[str]) -> None:
    """The verb, in a child that ends with it: what it has imported already is what makes it quick."""
    code = 1
    try:
        log = os.open(_LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        sys.argv = command
        from buildassets.cli.main import main

        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def rendered(template: str, values: Any = None, context: Any = Context) -> Rendered:
    """The page that a Django template becomes when the project that has it has been built."""
    _PAGES.mkdir(exist_ok=True)
    (_PAGES / "page.html").write_text(template, encoding="utf-8")
    known = {name: value for name, value in dict(values or {}).items() if name != "request"}
    backend = {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [_PAGES.resolve()]}
    with override_settings(TEMPLATES=[backend], COMPRESS_OFFLINE_CONTEXT=known):
        Template(template)  # whose syntax errors are raised, where those of a build are reported
        if settings.COMPRESS_ENABLED or settings.COMPRESS_PRECOMPILERS:  # as the command would refuse to
            build()
        page = Template(template).render(context(dict(values or {}))).strip()
    return Rendered(re.sub(r"\s+(?=</(?:script|style)>)", "", page))


def block(kind: str, content: str, mode: str = "file", name: str | None = None) -> Rendered:
    """Return the markup that replaces one block."""
    return rendered(_TAG.format(kind=kind, mode=mode, name=name or "", content=content))


@contextmanager
def unminified() -> Iterator[None]:
    """Let builds leave sheets and scripts as they are written meanwhile."""
    config = Path("buildassets.toml")
    config.write_text("minify = false\n", encoding="utf-8")
    try:
        yield
    finally:
        config.unlink()


def contents(kind: str, markup: str) -> list[Content | Rendered]:
    """List for each element of a block its content, or the element if it is kept."""
    return [_content(kind, block(kind, one.markup)) for one in elements_of(markup)]


def _content(kind: str, made: Rendered) -> Content | Rendered:
    file = next((one for one in OURS.rglob("*") if one.name in _names(made)), None)
    if file is None:
        return made
    folder = file.relative_to(OURS).parent.as_posix()
    text = file.read_text("utf-8").removeprefix('@charset "UTF-8";')  # in the place of a byte-order mark
    return Content(kind, text.strip(), folder)


def _names(markup: str) -> list[str]:
    return re.findall(r"/([^/\"]*\.[0-9a-f]{12}\.(?:css|js))\"", markup)
