"""Each verb in a project full of traps does what its row in the table of verbs permits, and nothing else."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import click
import pytest

from buildassets.cli.parse.commands import commands
from buildassets.cli.parse.permissions import ROWS
from buildassets.cli.parse.verbs import Row
from buildassets.foundation.permission import NOTHING
from tests.safety.traps import Deed, TrappedProject

pytestmark = pytest.mark.thorough

_ARGUMENTS: Final[Mapping[str, str]] = {
    "clean": "clean --all",
    "diff": "diff build build",
    "explain": "explain css/app.css",
    "init": "init --yes",
    **{
        f"migrate {system} --settings": f"migrate {system} --settings trapsettings"
        for system in ("compressor", "django", "pipeline", "whitenoise")
    },
    "pack": "pack -o release.tar",
    "publish": "publish published",
    "publish --dry-run": "publish published --dry-run",
    "report": "report -o report.html",
    "tools install": "tools install esbuild",
    "tools remove": "tools remove esbuild",
    "unpack": "unpack release.tar -o new",
    "unpack --replace": "unpack release.tar -o build --replace",
    "vendor add": "vendor add @x/id_rsa",
    "vendor remove": "vendor remove y",
    "watch": "watch --port 0 -- true",
}
"""The command line of each row that needs more than its name."""
_PLAIN_TEXT: Final = """
--all --also --bytes --cache-dir --cache-write --carry-from --carry-if-any --carry-url --collected --config --executor
--exit-code --format --help --jobs --json --key --maps --markdown --mode --no-cache --only-also --origin --output
--pages --plain --plan --poll --port
--propshaft-manifest --provenance --quiet --reverse --settings --shard --sign --since --smallest --sort --source
--sprockets-manifest --staticfiles-json --stdio --templates --update-ranges --url --verbose --workspace --write --yes
"""
_PLAIN: Final = frozenset(_PLAIN_TEXT.split())
"""The options that need no row of their own: the row of their verb describes what they permit."""


def verbs(group: click.Group, *names: str) -> Iterator[tuple[str, click.Command]]:
    """Each verb with its command, as in `vendor add`."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from verbs(command, *names, name)
        elif command is not None:
            yield " ".join((*names, name)), command


def test_every_verb_and_every_option_has_a_row() -> None:
    for name, command in verbs(commands):
        systems = next((one.type.choices for one in command.params if isinstance(one.type, click.Choice)), ())
        wanted = [f"{name} {system}" for system in systems] if name == "migrate" else [name]
        assert set(wanted) <= ROWS.keys()
        options = {text for one in command.params for text in one.opts if text.startswith("--")}
        assert not {one for one in options - _PLAIN if f"{name} {one}" not in ROWS}, name


@pytest.fixture
def project(tmp_path: Path) -> TrappedProject:
    return TrappedProject(tmp_path)


def breaches(deed: Deed, row: Row, project: TrappedProject) -> list[object]:
    """What the verb did, and its row does not permit."""
    permission = row.permission
    by_kind = {"program": permission.programs, "python": permission.python}
    found: list[object] = [mark for mark in deed.marks if not by_kind[mark.partition("-")[0]]]
    found += [] if permission.programs else deed.of_project(project.folder)
    found += [] if permission.network else deed.asked
    found += ["listens"] if deed.listened and not permission.listens else []
    found += [] if row.writes or permission.deletes else sorted(deed.changed)
    found += [] if permission.deletes else sorted(deed.vanished)
    return [*found, *sorted(deed.outside)]


@pytest.mark.parametrize("name", ROWS)
def test_verb_does_what_its_row_permits(project: TrappedProject, name: str) -> None:
    if name.startswith("unpack"):
        assert project.run("pack", "-o", "release.tar").printed.startswith("packed")
    given = lsp_messages(project.folder) if name == "lsp" else b""
    deed = project.run(*_ARGUMENTS.get(name, name).split(), given=given)
    assert breaches(deed, ROWS[name], project) == [], deed.printed
    assert "Traceback" not in deed.printed
    assert deed.marks >= _SPRUNG.get(name, set()), deed.printed


_SPRUNG: Final[Mapping[str, set[str]]] = {
    "build": {"python-webassets", "python-engine", "program-esbuild-of-npm", "program-command", "program-script"},
    "check": {"python-webassets", "python-engine", "program-esbuild-of-npm", "program-command"},
    "doctor --run": {"python-webassets", "python-manage"},
    "migrate django --settings": {"python-settings"},
    "migrate webassets": {"python-app"},
    "verify --rebuild": {"python-webassets"},
    "watch": {"python-webassets"},
}
"""Traps that these verbs may step into, and do, as a sign that the traps work."""


def test_completion_runs_nothing(project: TrappedProject) -> None:
    asked = {"_BUILDASSETS_COMPLETE": "bash_complete", "COMP_WORDS": "buildassets explain ", "COMP_CWORD": "2"}
    deed = project.run(variables=asked)
    assert "css/app.css" in deed.printed
    assert breaches(deed, Row(), project) == []
    assert Row().permission == NOTHING


def lsp_messages(folder: Path) -> bytes:
    """An editor that opens a template, and ends."""
    uri = (folder / "templates/page.html").as_uri()
    document = {"uri": uri, "languageId": "html", "version": 1, "text": "{{ asset('css/ap') }}"}
    client: dict[str, object] = {"capabilities": {}, "rootUri": folder.as_uri(), "processId": None}
    requests: list[dict[str, object]] = [
        {"id": 1, "method": "initialize", "params": client},
        {"method": "initialized", "params": {}},
        {"method": "textDocument/didOpen", "params": {"textDocument": document}},
        {"id": 2, "method": "shutdown"},
        {"method": "exit"},
    ]
    texts = (json.dumps({"jsonrpc": "2.0", **one}).encode() for one in requests)
    return b"".join(b"Content-Length: %d\r\n\r\n%s" % (len(text), text) for text in texts)
