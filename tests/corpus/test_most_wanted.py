"""The 60 packages that server-rendered pages want most: each is added, built, and loaded by a page without an error."""

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from buildassets.runtime import Assets
from tests.browser.conftest import Browser, browser, chromium, serve
from tests.command import run
from tests.conftest import write_tree
from tests.corpus.test_wanted_packages import WITH_OTHERS, project, vendor
from tests.packages.published import publish_real
from tests.packages.server import Registry, serving

__all__ = ["browser", "chromium", "project", "serve"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.corpus,
    pytest.mark.skipif(not os.environ.get("BUILDASSETS_PROJECTS"), reason="`make corpus` runs it"),
]

_PUBLISHED: Final = (Path(__file__).parent / "most_wanted_packages.txt").read_text().split()
_MOST_WANTED: Final = """
bootstrap bulma foundation-sites @picocss/pico normalize.css animate.css @fortawesome/fontawesome-free bootstrap-icons
@fontsource/inter htmx.org idiomorph hyperscript.org alpinejs @hotwired/turbo @hotwired/stimulus @rails/ujs
@rails/activestorage jquery select2 datatables.net-bs5 lit vue petite-vue preact chart.js echarts apexcharts d3 uplot
mermaid three pixi.js leaflet maplibre-gl ol @popperjs/core @floating-ui/dom tippy.js tom-select choices.js flatpickr
swiper glightbox photoswipe sortablejs dropzone axios dayjs luxon lodash-es marked highlight.js prismjs katex
dompurify quill codemirror video.js hls.js sweetalert2
"""
_UNFIT: Final = {
    "highlight.js": "its modules import CommonJS, and it has no script for pages",
    "tippy.js": "its module reads `process.env`, and its script expects Popper's",
}
_BEFORE: Final = {"select2": ("jquery@3",)}
"""The packages whose script a page loads before that of another, which expects it as a global name."""
_ICON: Final = '<link rel="icon" href="data:,">'


@pytest.fixture(scope="module")
def registry() -> Iterator[Registry]:
    """A registry of these packages, with all that they require."""
    with serving() as one:
        publish_real(one, WITH_OTHERS)
        publish_real(one, tuple(_PUBLISHED))
        yield one


def _row(package: str) -> Any:
    marks = pytest.mark.xfail(reason=_UNFIT[package], strict=True) if package in _UNFIT else ()
    return pytest.param(package, marks=marks)


@pytest.mark.parametrize("package", [*map(_row, _MOST_WANTED.split())])
def test_a_page_loads_it_without_an_error(
    package: str, project: Path, browser: Browser, serve: Callable[[Path], str]
) -> None:
    vendor(project, *_BEFORE.get(package, ()), package)
    is_module = f'\n"{package}" = ' in (project / "buildassets.toml").read_text()
    write_tree(project, {"assets/app.js": f'import "{package}";\n' if is_module else ""})
    assert run(project, "build").returncode == 0
    release = [*json.loads((project / "build/manifest.json").read_text())["assets"]]
    assets = Assets(project / "build/manifest.json", url="/build/assets/")
    names = (*_BEFORE.get(package, ()), package)
    sheets = [assets.stylesheet(one) for one in _main(release, package, "css")]
    scripts = [
        assets.script(one) for name in names if not is_module for one in _main(release, name.partition("@3")[0], "js")
    ]
    assert is_module or sheets or scripts
    head = [*sheets, *scripts, assets.importmap(), assets.script("app.js", type="module")]
    done = '<script type="module">document.documentElement.id = "done"</script>'
    write_tree(project, {"index.html": f"<!doctype html><meta charset=utf-8>{_ICON}{''.join(map(str, head))}{done}"})
    browser.open(serve(project))
    browser.wait_for("document.documentElement.id === 'done'")
    assert browser.faults() == []


def _main(release: Sequence[str], package: str, ending: str) -> list[str]:
    """The file of the package with this ending that is minified, lies nearest to its top, and has the shortest name."""
    names = [one for one in release if re.fullmatch(rf"vendor/{re.escape(package)}/.*\.{ending}", one)]
    return sorted(names, key=lambda one: (".min." not in one, one.count("/"), len(one), one))[:1]
