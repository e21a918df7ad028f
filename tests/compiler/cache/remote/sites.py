"""Sites that are built with a remote cache, and keys to sign with."""

import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.command import Finished, run
from tests.conftest import Tree, write_tree

SITE: Tree = {
    "assets/css/app.scss": '@use "own" as *; a { b { background: url(../a.svg) } }\n',
    "assets/css/_own.scss": ".own { width: 1px }\n" * 40,
    "assets/b.js": "".join(
        f"function first{number}(argument) {{ return argument + {number}; }}\n" for number in range(99)
    ),
    "assets/a.svg": "<svg/>",
}
STEPS = 8  # two drafts, and two copies of each of the three files


def key_pair() -> tuple[str, str]:
    """A new private key, as the environment has it, and its public one, as the settings have it."""
    private = Ed25519PrivateKey.generate()
    pair = (private.private_bytes_raw(), private.public_key().public_bytes_raw())
    secret, public = (f"ed25519:{b64encode(raw).decode()}" for raw in pair)
    return secret, public


def site(folder: Path, remote: str, trust: Mapping[str, list[str]] | None = None, files: Tree = SITE) -> Path:
    """A site in `folder` with that remote cache."""
    lines = "".join(f"{json.dumps(scope)} = {json.dumps(keys)}\n" for scope, keys in (trust or {}).items())
    settings = f'[cache]\nremote = "{remote}"\n[cache.trust]\n{lines}[engines]\nscss = "dart-sass"\n'
    return write_tree(folder, {"buildassets.toml": settings, **files})


class Built:
    """The report and the files of a build."""

    def __init__(self, folder: Path, done: Finished) -> None:
        assert done.returncode == 0, done.stderr + done.stdout
        self.folder = folder
        self.document: dict[str, Any] = json.loads(done.stdout)
        self.text = done.stderr + done.stdout

    @property
    def remote(self) -> dict[str, Any]:
        found: dict[str, Any] = self.document["cache"]["remote"]
        return found

    @property
    def codes(self) -> list[str]:
        return [found["code"] for found in self.document["diagnostics"]]

    @property
    def files(self) -> dict[str, bytes]:
        release = self.folder / "build"
        return {str(path.relative_to(release)): path.read_bytes() for path in release.rglob("*") if path.is_file()}


def build_site(folder: Path, *options: str, **variables: str) -> Built:
    """Build the site in `folder` by the command, in an environment with `variables`."""
    named = {f"BUILDASSETS_CACHE_{name}": value for name, value in variables.items()}
    return Built(folder, run(folder, "build", "--json", *options, **named))
