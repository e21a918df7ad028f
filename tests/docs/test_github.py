"""docs/guides/github.md: what it shows is what the action takes and what hooks do."""

import os
import re
import subprocess
import sys
from pathlib import Path

import yaml

from tests.conftest import find_tool, write_tree

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/guides/github.md").read_text(encoding="utf-8")
WORKFLOW, HOOKS = (yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))


def test_the_action_has_the_inputs_and_outputs_of_the_page() -> None:
    rows = re.findall(
        r"^\| ((?:`[\w-]+`(?:, )?)+) \|", PAGE.partition("| input |")[2].partition("\n\n")[0], re.MULTILINE
    )
    assert sorted(re.findall(r"`([\w-]+)`", " ".join(rows))) == sorted(ACTION["inputs"])
    (step,) = (step for step in WORKFLOW["steps"] if "buildassets" in step["uses"])
    assert set(step["with"]) <= set(ACTION["inputs"])
    assert all(f"`{name}`" in PAGE for name in ACTION["outputs"])


def test_the_hooks_of_the_page_are_those_of_the_repository() -> None:
    known = {hook["id"]: hook["entry"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    assert {hook["id"] for hook in HOOKS["repos"][0]["hooks"]} == set(known)
    assert all(f"| `{name}` | `{entry}` |" in PAGE for name, entry in known.items())


def test_the_hook_for_git_alone_keeps_a_broken_reference_out(tmp_path: Path) -> None:
    (script,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    write_tree(tmp_path, {"assets/a.css": "a { background: url(none.png) }\n", ".gitignore": ".buildassets/\n"})
    subprocess.run([find_tool("git"), "init", "-q"], cwd=tmp_path, check=True)
    hook = tmp_path / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(script)
    hook.chmod(0o755)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def commit() -> int:
        subprocess.run([find_tool("git"), "add", "-A"], cwd=tmp_path, check=True)
        command = [find_tool("git"), "-c", "user.name=a", "-c", "user.email=a@b.test", "commit", "-qm", "a"]
        return subprocess.run(command, cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True).returncode

    assert commit() == 1
    write_tree(tmp_path, {"assets/a.css": "a { color: tan }\n"})
    assert commit() == 0
