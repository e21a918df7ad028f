"""`Link` headers by middleware."""

from pathlib import Path
from typing import Any

import pytest

from buildassets.runtime import Assets
from tests.runtime.django.site import in_django
from tests.runtime.pages import write_release

_GET = """
from django.http import HttpResponse
from django.test import AsyncClient, Client
from asgiref.sync import async_to_sync


def page(request):
    return HttpResponse("x", content_type=request.GET.get("type", "text/html"), headers={"Link": "</a>; rel=next"})


urlpatterns = [path("", page)]
"""
_LINK = "print(Client().get('/').headers['Link'])"


def settings(folder: Path, *names: str) -> dict[str, Any]:
    return {
        "MIDDLEWARE": ["buildassets.runtime.django.middleware.early_hints"],
        "BUILDASSETS": {"manifest": str(folder / "manifest.json"), "early_hints": names},
    }


@pytest.mark.parametrize(
    "link", [_LINK, "async def get():\n    print((await AsyncClient().get('/')).headers['Link'])\nasync_to_sync(get)()"]
)
def test_pages_have_links_to_their_assets(tmp_path: Path, link: str) -> None:
    assets = Assets(write_release(tmp_path))
    printed = in_django(tmp_path, _GET + link, **settings(tmp_path, "css/app.css", "js/app.js"))
    hints = assets.early_hints("css/app.css", "js/app.js")
    assert printed == ", ".join(["</a>; rel=next", *hints]) + "\n"


def test_response_that_is_not_a_page_has_no_links(tmp_path: Path) -> None:
    write_release(tmp_path)
    program = _GET + "print(Client().get('/?type=image/png').headers['Link'])"
    assert in_django(tmp_path, program, **settings(tmp_path, "css/app.css")) == "</a>; rel=next\n"


def test_unknown_name_stops_the_process_at_its_start(tmp_path: Path) -> None:
    write_release(tmp_path)
    program = """
from django.core.wsgi import get_wsgi_application
try:
    get_wsgi_application()
except LookupError as fault:
    print(fault.nearest[0])
"""
    assert in_django(tmp_path, program, **settings(tmp_path, "css/ap.css")) == "css/app.css\n"
