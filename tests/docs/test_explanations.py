"""docs/explain/fingerprints.md, proofs.md and security.md: what they state of names and commands holds."""

import json
import re
from pathlib import Path

from tests.conftest import write_tree
from tests.docs.ci import DOCS, blocks, shell

SITE = {
    "assets/img/wave.svg": "<svg/>",
    "assets/css/site.css": "a { background: url(../img/wave.svg) }",
    "assets/js/lib.js": "export default 1",
    "assets/js/app.js": 'import "./lib.js"; export const sheet = new URL("../css/site.css", import.meta.url)',
}


def names(folder: Path) -> dict[str, str]:
    """The file of each asset after a build."""
    shell("buildassets build -q", folder, {})
    assets = json.loads((folder / "build/manifest.json").read_text())["assets"]
    return {name: entry["file"] for name, entry in assets.items()}


def test_the_fingerprint_is_the_beginning_of_the_digest(tmp_path: Path) -> None:
    (session,) = blocks("explain/fingerprints.md", "console")
    commands = [line[2:] for line in session.splitlines() if line.startswith("$ ")]
    printed = [line for line in session.splitlines() if not line.startswith("$ ")]
    assert shell("\n".join(commands), tmp_path, {}).stdout.splitlines() == printed


def test_changed_image_renames_only_its_referrers(tmp_path: Path) -> None:
    (drawn,) = blocks("explain/fingerprints.md", "text")
    renamed = set(re.findall(r"[\w/]+\.\w+", drawn.splitlines()[0]))
    before = names(write_tree(tmp_path, SITE))
    after = names(write_tree(tmp_path, {"assets/img/wave.svg": "<svg><g/></svg>"}))
    assert {name for name in before if before[name] != after[name]} == renamed


def test_every_command_of_the_explanations_exists() -> None:
    text = "".join(
        (DOCS / name).read_text("utf-8")
        for name in ("explain/fingerprints.md", "explain/proofs.md", "explain/security.md")
    )
    for verb, option in set(re.findall(r"`(?:buildassets )?(verify|pack|check|explain)[^`]*?(--[a-z-]+)", text)):
        assert option in shell(f"buildassets {verb} --help", DOCS, {}).stdout, (verb, option)
