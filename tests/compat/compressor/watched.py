"""A project with blocks, watched by `manage.py assets watch` in a process of its own."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.compat.compressor.site import FILES, SETTINGS, block, css
from tests.conftest import Tree, write_tree
from tests.runtime.django.project import MANAGE

PROJECT: Final[Tree] = {
    **FILES,
    "settings.py": f'{SETTINGS}STATIC_URL = "/static/"\n',
    "manage.py": MANAGE,
    "templates/page.html": block("js", "<script>var first = 1</script>"),
}
FILTERED: Final[Tree] = {
    **PROJECT,
    "settings.py": f"{PROJECT['settings.py']!s}COMPRESS_FILTERS = {{'css': ['filters.Brand']}}\n",
    "filters.py": "class Brand:\n"
    "    def __init__(self, content, **given):\n        self.content = content\n"
    "    def output(self, **given):\n        return self.content.replace('BRAND', 'navy')\n",
    "site/scss/app.scss": "@import 'part'; .app { top: 0 }",  # libsass knows no `@use`
    "templates/page.html": block("css", css("scss/app.scss", type="text/x-scss")),
}


class Watched:
    """The project in `folder`, and what its watch has reported since this was made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._start = len(self._all_reports())

    def write(self, files: Tree) -> None:
        """Write `files` to the project."""
        write_tree(self.folder, files)

    def reports(self) -> str:
        """Return the text that the watch has printed."""
        return self._all_reports()[self._start :]

    def has_built(self, *texts: str) -> bool:
        """Whether a file of a block holds all `texts`, whatever the white space: a watch does not minify."""
        try:
            manifest = json.loads((self.folder / "build/manifest.json").read_text())
            files = [
                manifest["assets"][tag["asset"]]["file"] for tags in manifest.get("blocks", {}).values() for tag in tags
            ]
            contents = ["".join((self.folder / "build/assets" / file).read_text().split()) for file in files]
        except (OSError, ValueError):
            return False
        return any(all("".join(text.split()) in content for text in texts) for content in contents)

    def _all_reports(self) -> str:
        return (self.folder / "reported").read_text()


@contextmanager
def watching(folder: Path, files: Tree) -> Iterator[Path]:
    """Write a project of `files` to `folder`, and watch it meanwhile."""
    write_tree(folder, files)
    command = [sys.executable, "manage.py", "assets", "watch", "--port", "0"]
    with (
        (folder / "reported").open("w") as reported,
        subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=reported) as process,
    ):
        try:
            yield folder
        finally:
            process.send_signal(signal.SIGTERM)
