"""A Django project whose templates have blocks: built and rendered in a process of its own."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import Tree, settle, write_tree
from tests.runtime.django.forks import run_in_fork

SETTLE = "import time; time.sleep(0.025)"  # for a program that builds again what it has just built
_PROGRAM = """
from pathlib import Path

import django
from django.conf import settings

given, folder = asked, Path(asked["folder"])
django_templates = {
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [folder / "templates"],
    "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
}
jinja_templates = {
    "BACKEND": "django.template.backends.jinja2.Jinja2",
    "DIRS": [folder / "jinja2"],
    "OPTIONS": {"extensions": ["buildassets.compat.compressor.CompressorExtension", "jinja2.ext.do"]},
}
settings.configure(**{
    "SECRET_KEY": "of no use",
    "ALLOWED_HOSTS": ["testserver"],
    "STATIC_URL": "/static/",
    "STATIC_ROOT": str(folder / "collected"),
    "STATICFILES_DIRS": [folder / "site"],
    "INSTALLED_APPS": ["buildassets.compat.compressor", "buildassets.runtime.django", "django.contrib.staticfiles"],
    "TEMPLATES": [django_templates, jinja_templates],
    "STORAGES": {"staticfiles": {"BACKEND": "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"}},
    "BUILDASSETS": {"manifest": folder / "build/manifest.json"},
    **given["settings"],
})
importlib.util.find_spec("nothing")  # where all is imported, Python has not looked into the folder yet
django.setup()
from django.core.management import CommandError, call_command
from django.template import engines
from django.templatetags.static import static

engines["jinja2"].env.globals["static"] = static
out, err, code = io.StringIO(), io.StringIO(), 0
if given["builds"]:
    try:
        call_command("compress", *given["arguments"], stdout=out, stderr=err)
    except CommandError as fault:
        code = fault.returncode
        err.write(str(fault))
pages = {}
for name, engine, values in given["pages"]:
    pages.setdefault(name, []).append(engines[engine].get_template(name).render(values))
found = {"out": out.getvalue(), "err": err.getvalue(), "code": code, "pages": pages}
exec(given["own"])
print(json.dumps(found))
"""
FILES: Tree = {
    "site/css/one.css": "body { background: url(../img/a.png) }",
    "site/css/two.css": "p { color: #ffffff }",
    "site/js/one.js": "var one = 1",
    "site/js/two.js": "var two = 2",
    "site/img/a.png": b"\x89PNG",
    "site/scss/_part.scss": ".part { color: blue }",
    "site/scss/app.scss": "@use 'part'; $c: red; .app { color: $c; background: url(../img/a.png) }",
    "templates/none.txt": "",
    "jinja2/none.txt": "",
}
# Of a project with both engines, whose settings are a module of its own; a suite adds `STATIC_URL`.
SETTINGS = """
SECRET_KEY = "of no use"
STATICFILES_DIRS = ["site"]
INSTALLED_APPS = ["buildassets.compat.compressor", "buildassets.runtime.django", "django.contrib.staticfiles"]
TEMPLATES = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": ["templates"]},
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": ["jinja2"],
        "OPTIONS": {"extensions": ["buildassets.compat.compressor.CompressorExtension"]},
    },
]
STORAGES = {"staticfiles": {"BACKEND": "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"}}
BUILDASSETS = {"manifest": "build/manifest.json"}
"""
LOAD = "{% load static compress %}"


@dataclass(frozen=True, slots=True)
class Site:
    """The output of a build and of the pages after it; `pages` are by template, in the order of rendering."""

    folder: Path
    out: str
    err: str
    code: int
    pages: Mapping[str, list[str]]
    found: Mapping[str, Any]

    def page(self, name: str = "page.html") -> str:
        (page,) = self.pages[name]
        return page

    def manifest(self) -> Any:
        return json.loads((self.folder / "build/manifest.json").read_text())

    def text(self, url: str) -> str:
        """The content behind a URL of the release."""
        assert url.startswith("/static/"), url
        return (self.folder / "build/assets" / url.removeprefix("/static/")).read_text()

    def texts(self, page: str) -> list[str]:
        """Return the text of each script and sheet of a page, linked or inline, in order."""
        elements = re.findall(r"<(?:script|link|style)\b([^>]*)>(?:(.*?)</(?:script|style)>)?", page, re.DOTALL)
        urls = [re.search(r'(?:src|href)="([^"]*)"', attributes) for attributes, _ in elements]
        return [self.text(url[1]) if url else text for url, (_, text) in zip(urls, elements, strict=True)]

    def codes(self) -> list[str]:
        """The diagnostics of the build, as `severity[code]`."""
        return re.findall(r"^(?:error|warning)\[[a-z/-]+\]", self.err, re.MULTILINE)


def site(
    folder: Path,
    templates: Mapping[str, str] | str,
    *,
    files: Tree | None = None,
    values: Mapping[str, Any] | None = None,
    pages: list[tuple[str, str, Mapping[str, Any]]] | None = None,
    builds: bool = True,
    arguments: tuple[str, ...] = (),
    program: str = "",
    **settings: Any,
) -> Site:
    """Write a project with `templates` (names that begin with `jinja2/` are Jinja's), build it, and render its pages.

    A single text is `page.html`, rendered with `values`; other templates are rendered if they are among `pages`.
    """
    named = {"page.html": templates} if isinstance(templates, str) else templates
    written = {name if name.startswith("jinja2/") else f"templates/{name}": text for name, text in named.items()}
    write_tree(folder, {**FILES, **(files or {}), **written})
    wanted = pages if pages is not None else [("page.html", "django", values or {})]
    settle()
    done = run_in_fork(
        folder, _PROGRAM, settings=settings, builds=builds, arguments=arguments, pages=wanted, own=program
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    return Site(folder, found["out"], found["err"], found["code"], found["pages"], found)


def css(*names: str, **attributes: str) -> str:
    """Links to sheets as a template writes them."""
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return "".join(f'<link rel="stylesheet" href="{{% static \'{name}\' %}}"{more}>\n' for name in names)


def js(*names: str, more: str = "") -> str:
    """Scripts as a template writes them."""
    return "".join(f"<script src=\"{{% static '{name}' %}}\"{more}></script>\n" for name in names)


def block(kind: str, content: str, arguments: str = "") -> str:
    """A template with one block."""
    return f"{LOAD}{{% compress {kind} {arguments} %}}{content}{{% endcompress %}}"
