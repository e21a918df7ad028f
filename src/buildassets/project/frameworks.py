"""The web frameworks that `init` and `doctor` know: one row for each."""

from collections.abc import Mapping
from typing import Final

from buildassets.foundation.frozen import frozen_by_name


@frozen_by_name
class Framework:
    """A framework, in the order in which one of several is taken for that of a project.

    - `makers`: the dotted names of the callables that make an application, or an environment of templates.
    - `requirement`: its name in a list of dependencies.
    - `page`: its page in `docs/`.
    - `serves`: the command that serves a project in development; `{app}` is the application.
    - `url_setting`: where a project sets the URL prefix of its pages.
    - `names_module`: whether `{app}` is the module alone, in which the framework finds the application.
    - `is_for_web`: whether what is made is an application, not only templates.
    - `module`, `extension`: the module in `runtime/` and the class in it that take an application.
    - `asks`: a pattern of calls of the framework's own function for URLs of static files, in Python and templates.
      If it has a group, that is the name of a mount.
    - `reference`: such a call for the file `{name}` in templates.
    """

    name: str
    makers: tuple[str, ...] = ()
    requirement: str
    page: str
    serves: str = "buildassets watch"
    url_setting: str = "`url=` of `Assets`"
    names_module: bool = False
    is_for_web: bool = True
    module: str = ""
    extension: str = ""
    asks: str = ""
    reference: str = ""


# In templates, also of forms' media, and in Python.
_OF_DJANGO: Final = (
    r"\{%-?\s*(?:load\s[^%]*\bstatic\b|static\s)|\{\{[^}]*\.media\b"
    r"|\btemplatetags\.static\b|\bstaticfiles_storage\b|\bclass Media\b"
)
# Of Flask and Quart: not the endpoints of blueprints, such as `admin.static`.
_OF_FLASK: Final = r"""\burl_for\(\s*["']static["']"""
_IN_FLASK: Final = "{{{{ url_for('static', filename='{name}') }}}}"
_OF_STARLETTE: Final = r"""\burl_for\(\s*["'](\w+)["']\s*,\s*path\s*="""
_IN_STARLETTE: Final = "{{{{ url_for('static', path='{name}') }}}}"

FRAMEWORKS: Final = (
    Framework(
        name="django",
        requirement="django",
        page="frameworks/django.md",
        serves="python manage.py runserver --with-assets",
        url_setting="`url` of `BUILDASSETS`",
        asks=_OF_DJANGO,
        reference="{{% static '{name}' %}}",
    ),
    Framework(
        name="flask",
        makers=("flask.Flask",),
        requirement="flask",
        page="frameworks/flask.md",
        serves="buildassets watch -- flask --app {app} --debug run",
        url_setting="`BUILDASSETS_URL`",
        names_module=True,
        module="flask",
        extension="FlaskAssets",
        asks=_OF_FLASK,
        reference=_IN_FLASK,
    ),
    Framework(
        name="quart",
        makers=("quart.Quart",),
        requirement="quart",
        page="frameworks/quart.md",
        serves="buildassets watch -- quart --app {app} --debug run",
        url_setting="`BUILDASSETS_URL`",
        names_module=True,
        module="quart",
        extension="QuartAssets",
        asks=_OF_FLASK,
        reference=_IN_FLASK,
    ),
    Framework(
        name="fastapi",
        makers=("fastapi.FastAPI", "fastapi.applications.FastAPI"),
        requirement="fastapi",
        page="frameworks/starlette.md",
        serves="buildassets watch -- uvicorn {app} --reload",
        module="starlette",
        extension="StarletteAssets",
        asks=_OF_STARLETTE,
        reference=_IN_STARLETTE,
    ),
    Framework(
        name="litestar",
        makers=("litestar.Litestar", "litestar.app.Litestar"),
        requirement="litestar",
        page="frameworks/litestar.md",
        serves="buildassets watch -- uvicorn {app} --reload",
        module="litestar",
        extension="LitestarAssets",
        asks=r"""\burl_for_static_asset\(\s*["'](\w+)["']|\burl_for\(\s*["'](\w+)["']\s*,\s*file_path\s*=""",
        reference="{{{{ url_for('static', file_path='{name}') }}}}",
    ),
    Framework(
        name="starlette",
        makers=("starlette.applications.Starlette",),
        requirement="starlette",
        page="frameworks/starlette.md",
        serves="buildassets watch -- uvicorn {app} --reload",
        module="starlette",
        extension="StarletteAssets",
        asks=_OF_STARLETTE,
        reference=_IN_STARLETTE,
    ),
    Framework(
        name="pyramid",
        makers=("pyramid.config.Configurator",),
        requirement="pyramid",
        page="frameworks/pyramid.md",
        url_setting="`buildassets.url`",
        asks=r"\bstatic_(?:url|path)\(",
    ),
    Framework(
        name="aiohttp",
        makers=("aiohttp.web.Application",),
        requirement="aiohttp-jinja2",  # aiohttp itself is a client, too
        page="frameworks/aiohttp.md",
        module="aiohttp",
        extension="AiohttpAssets",
        asks=r"""\{\{-?\s*(?:url\(\s*["'](\w+)["']\s*,\s*filename\s*=|static\()|\burl_for\(\s*filename\s*=""",
        reference="{{{{ url('static', filename='{name}') }}}}",
    ),
    Framework(
        name="jinja",
        makers=("jinja2.Environment", "jinja2.environment.Environment"),
        requirement="jinja2",
        page="frameworks/jinja.md",
        is_for_web=False,
    ),
)

NONE: Final = Framework(name="", requirement="", page="", is_for_web=False)
"""In place of a framework, where none is found."""

BY_NAME: Final[Mapping[str, Framework]] = {one.name: one for one in FRAMEWORKS}
