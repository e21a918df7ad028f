"""Projects with one page and one sheet of Tailwind, and builds of them."""

from pathlib import Path

from buildassets.compiler.config.values import Mode
from buildassets.compiler.result import BuildResult
from tests.building import build, load_config, released
from tests.conftest import Tree, write_tree

SETTINGS = 'sources = ["assets"]\nexclude = ["css/part.css"]\ncompress = []\n[templates]\ndirs = ["templates"]\n'
PAGE = (
    '<body class="p-4 hover:underline dark:bg-black md:flex">'
    '<i class="tw:m-3 prose brand text-brand grid-cols-[1fr_2fr]">'
)
OURS = '@import "tailwindcss";\n'
PLUGIN = 'module.exports = ({ addUtilities }) => addUtilities({ ".brand": { color: require("./brand.js") } });\n'
FILES: Tree = {
    "assets/css/brand/plugin.js": PLUGIN,
    "assets/css/brand/brand.js": 'module.exports = "tomato";\n',
    "assets/css/part.css": ".part { @apply p-4; }\n@theme { --color-brand: red; }\n",
}


def site(folder: Path, sheet: str = OURS, files: Tree | None = None) -> Path:
    """Write a project with one page and one sheet."""
    tree = {"buildassets.toml": SETTINGS, "templates/page.html": PAGE, "assets/css/app.css": sheet}
    return write_tree(folder, {**tree, **(files or {})})


def made(folder: Path, mode: Mode = "development") -> BuildResult:
    return build(load_config(start=str(folder)), mode=mode)


def css(folder: Path, mode: Mode = "development") -> str:
    """Return the sheet that a build makes."""
    return released(folder, made(folder, mode), "css/app.css")
