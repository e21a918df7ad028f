"""The systems that people come over from, in a virtual environment of their own: they are run as judges.

Flask-Assets has a command of the name that ours has, so it is not installed beside it.
"""

import json
import os
import subprocess
import sys
from fcntl import LOCK_EX, flock
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.conftest import missing_tool
from tests.environments import make_environment

_ROOT: Final = Path(__file__).parents[1]
_PACKAGES: Final = (
    *("flask-assets==2.1.0", "webassets==3.0.0", "django-pipeline==4.1.0", "flask-static-digest==0.4.1"),
    *("flask>=3.1", "django>=5.2,<5.3", "pyyaml", "libsass", "rcssmin", "rjsmin", "jsmin", "cssmin", "whitenoise"),
)


@cache
def peers_python() -> str:
    """The Python that has them, made once and kept in `.cache`. Where they cannot be installed: as for a tool."""
    folder = _ROOT / ".cache/peers"
    folder.mkdir(parents=True, exist_ok=True)
    whole, listed = folder / "whole", f"{sys.version}\n{_PACKAGES}"
    with (folder / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not whole.exists() or whole.read_text() != listed:
            done = make_environment(folder / "env", *_PACKAGES)
            if done.returncode:
                missing_tool(f"cannot install {', '.join(_PACKAGES)}: {done.stderr}")
            whole.write_text(listed)
    return str(folder / "env/bin/python")


def run_peer(folder: Path, program: str) -> Any:
    """Run `program` by that Python in `folder`, and return the JSON that it prints."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FLASK_", "DJANGO_"))}
    done = subprocess.run(
        [peers_python(), "-c", program], cwd=folder, env=kept, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.rpartition("\n\n")[2])
