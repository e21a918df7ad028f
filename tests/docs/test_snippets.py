"""Snippets of pages are sound: commands by the command line, code by its parser; settings are in `test_editors.py`.

Whether it also does what a page describes, the tests of that page find out.
"""

import ast
import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml
from jinja2 import Environment

from buildassets.cli.parse.commands import commands
from tests.conftest import find_tool, write_tree
from tests.docs.ci import DOCS, blocks

ROOT = DOCS.parent
PAGES = sorted(
    page
    for path in DOCS.rglob("*.md")
    if not (page := path.relative_to(DOCS).as_posix()).startswith(("errors/", "reference/python"))
)
_ENDS = {"&&", "||", "|", ";", ">", ">>", "<", "#", "--", "&"}


def lines_of_shells(page: str) -> Iterator[str]:
    """The lines of shells: blocks of commands, and what workflows and Dockerfiles run."""
    for text in (*blocks(page, "sh"), *blocks(page, "dockerfile"), *blocks(page, "yaml")):
        yield from text.replace("\\\n", " ").splitlines()
    for text in blocks(page, "console"):
        yield from (line[2:] for line in text.splitlines() if line.startswith("$ "))


def commands_of(page: str) -> Iterator[list[str]]:
    """The arguments of each call of `buildassets`."""
    for line in lines_of_shells(page):
        if "pip install" in line:
            continue  # `pip install buildassets flask`
        for found in re.finditer(r"(?:^|[\s(\"'])(?:buildassets|manage\.py assets) (?=[a-z-])", line):
            is_quoted = found[0][0] in "(\"'"
            behind = line[found.end() :].rstrip(")'\"") if is_quoted else line[found.end() :]
            words: list[str] = []
            for word in shlex.shlex(behind, posix=True, punctuation_chars="();<>|&"):
                if word in _ENDS or set(word) <= set("();<>|&"):
                    break
                words.append(word)
            yield words


@pytest.mark.parametrize("page", PAGES)
def test_commands_use_existing_verbs_and_options(page: str) -> None:
    for words in commands_of(page):
        command: click.Command = commands
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            verb = command.get_command(click.Context(command), words.pop(0))
            assert verb is not None, words
            command = verb
        options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
        given = {word.partition("=")[0] for word in words if re.fullmatch(r"--?[a-z][a-z-]*(=.*)?", word)}
        assert given <= options | {"--help", "--version"}, (command.name, given - options)


@pytest.mark.parametrize("page", PAGES)
def test_code_can_be_read(page: str) -> None:
    for text in blocks(page, "python"):
        ast.parse(text)
    for text in blocks(page, "json"):
        json.loads(text)
    for text in blocks(page, "yaml"):
        yaml.safe_load(text)
    ours = ["buildassets.runtime.jinja.AssetsExtension", "buildassets.components.jinja.ComponentsExtension"]
    environment = Environment(extensions=ours)
    for text in blocks(page, "jinja"):
        environment.parse(text)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "js")])
def test_scripts_can_be_read(page: str, tmp_path: Path) -> None:
    node = find_tool("node", "nodejs")
    for number, text in enumerate(blocks(page, "js")):
        write_tree(tmp_path, {f"{number}.mjs": text})
        subprocess.run([node, "--check", f"{number}.mjs"], cwd=tmp_path, check=True)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "nginx")])
def test_nginx_takes_its_configuration(page: str, tmp_path: Path) -> None:
    nginx = find_tool("nginx", "/usr/sbin/nginx")
    modules = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
    load = f"load_module {modules};\n" if modules.exists() else ""
    for text in blocks(page, "nginx"):
        if not load:
            text = text.replace("brotli_static on;", "")
        own = text if "server {" in text else f"server {{\n{text}\n}}"
        temporary = "".join(f"{name}_temp_path t;\n" for name in ("proxy", "fastcgi", "uwsgi", "scgi", "client_body"))
        own = own.replace("listen 80;", "listen 127.0.0.1:18080;")
        write_tree(
            tmp_path, {"n.conf": f"{load}pid n.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n{temporary}{own}\n}}\n"}
        )
        subprocess.run([nginx, "-t", "-q", "-p", str(tmp_path), "-c", "n.conf", "-e", "stderr"], check=True)


def test_calls_are_found_at_any_depth() -> None:
    found = [" ".join(words) for words in commands_of("deploy/docker.md")]
    assert {"build", "tools install"} <= set(found)
    assert ["report", "--markdown", "--since", "../before/build"] in list(commands_of("deploy/gitlab.md"))
