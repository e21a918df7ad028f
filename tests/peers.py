"""The systems that people come over from, in a virtual environment of their own: they are run as judges.

Flask-Assets has a command of the name that ours has, so it is not installed beside it.
"""

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.environments import kept_environment

_PACKAGES: Final = (
    *("flask-assets==2.1.0", "webassets==3.0.0", "django-pipeline==4.1.0", "flask-static-digest==0.4.1"),
    *("flask>=3.1", "django>=5.2,<5.3", "pyyaml", "libsass", "rcssmin", "rjsmin", "jsmin", "cssmin", "whitenoise"),
)


@cache
def peers_python() -> str:
    """The Python that has them."""
    return str(kept_environment("peers", *_PACKAGES) / "python")


def run_peer(folder: Path, program: str) -> Any:
    """Run `program` by that Python in `folder`, and return the JSON that it prints."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FLASK_", "DJANGO_"))}
    done = subprocess.run(
        [peers_python(), "-c", program], cwd=folder, env=kept, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.rpartition("\n\n")[2])
