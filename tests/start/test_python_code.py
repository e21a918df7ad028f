"""The edits of an application, by its framework."""

from pathlib import Path

from buildassets.foundation.frozen import replace
from buildassets.project.files import ProjectFiles
from buildassets.project.found import find
from buildassets.project.frameworks import Framework
from buildassets.start.edits import ByHand
from buildassets.start.python_code import edited_python
from tests.command import run
from tests.conftest import write_tree


def test_the_page_is_named_for_a_framework_without_edits(tmp_path: Path) -> None:
    files = ProjectFiles(str(write_tree(tmp_path, {"app.py": "from bottle import Bottle\n\napp = Bottle()\n"})))
    bottle = Framework(name="bottle", requirement="bottle", page="bottle.md")
    found = replace(find(files), framework=bottle)
    (advice,) = edited_python(files, found, "build/manifest.json", has_static=False)
    assert isinstance(advice, ByHand)
    assert (advice.place, advice.lines, advice.optional) == ("as docs/bottle.md shows", (), False)


def test_fastapi_without_jinja_is_not_told_to_equip_its_templates(tmp_path: Path) -> None:
    app = "import fastapi\nimport fastapi_chameleon as it\n\napp = fastapi.FastAPI()\nit.global_init('templates')\n"
    write_tree(tmp_path, {"app.py": app, "templates/a.pt": "<head>\n</head>", "static/a.css": ""})
    assert "Jinja2Templates" not in run(tmp_path, "init", "--dry-run").stderr
