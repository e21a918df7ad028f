"""No name and no content commands a terminal or a CI service, or makes a line of its own: in any verb, on any stream.

Each command runs twice: on a project with a plain name, and on one whose name and contents hold all that could do harm.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from buildassets.cli.show.output import Progress, kept_from_stdout
from buildassets.foundation.diagnostics import Location, error, render_annotation
from tests.command import Finished, environment, run
from tests.conftest import write_tree
from tests.release.hostile import TAR_END, long_name, tar_member

PLAIN = "+plain"  # which sorts as the other does
# ESC, BEL, CR, LF, DEL, C1, separators, marks of direction, half a character, commands of CI services, Markdown.
HOSTILE = "::error::x\x1b]0;t\x07\r\nwarning[a-b]: c\x7f\x85\x9b1m\u2028\u2029\u202e\u2066\ufeff\udcff##vso[y]|`z`"

Shown = dict[str, Finished]


# Dart Sass takes no path that is not UTF-8.
SETTINGS = """
compress = []
engines.scss = "libsass"
templates.dirs = ["templates"]
retain.releases = 2
"""


class Session:
    """All verbs over a project whose files are called `name`."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.name = name
        self.text = name.replace("\udcff", "").replace("\r\n", "")  # within one line
        self.code = self.text.replace("\u2028", "").replace("\u2029", "")  # within one line of JavaScript
        self.shown: Shown = {}

    def record(self, label: str, *arguments: str, **more: str) -> None:
        """Keep the output of a command, which must not end by a fault of its own."""
        done = run(self.folder, *arguments, **more)
        assert done.returncode in (0, 1, 2), done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        self.shown[label] = done

    def all(self) -> Shown:
        """Run each verb; return what each command printed."""
        self.write_project()
        for step in (self.build, self.compare, self.verify, self.clean, self.archives, self.mistakes, self.faults):
            step()
        return self.shown

    def write_project(self) -> None:
        name, url = self.name, quote(self.name.encode("utf-8", "surrogateescape"), safe="")
        write_tree(
            self.folder,
            {
                "buildassets.toml": SETTINGS,
                f"assets/{name}.css": "a { color: red }\n",
                f"assets/{name}/{name}.svg": "<svg/>",
                "assets/b.css": f'a {{ background: url("{url}/{url}.svg") }}\n@import "{url}.css";\n',
                f"templates/{name}.html": f'{{{{ asset("{self.text}") }}}}{{{{ asset(a.b) }}}}\n',
            },
        )

    def build(self) -> None:
        output = f"out {self.name}"
        self.record("build -v", "build", "-v", "-o", output, "--provenance")
        for turn in (1, 2, 3):
            self.record(f"build, {turn}", "build", "-o", output)
        self.record("build --json", "build", "--json", "-o", output)
        self.record("check -v", "check", "-v", CI="true")
        self.record("check --json", "check", "--json")

    def compare(self) -> None:
        name = self.name
        shutil.copytree(self.folder / f"out {name}", self.folder / f"old {name}")
        write_tree(
            self.folder, {f"assets/{name}.css": "a { color: tan }\n", f"assets/{name}2.css": "b { color: red }\n"}
        )
        self.record("build -v anew", "build", "-v")
        self.record("build -v, another", "build", "-v", "-o", f"out {name}")
        options: tuple[str, ...]
        for options in ((), ("--markdown",), ("--json",)):
            self.record(f"diff {' '.join(options)}", "diff", f"old {name}", "build", *options)
            self.record(f"diff with a foreign manifest {' '.join(options)}", "diff", self.foreign(), "build", *options)
        self.record("explain", "explain", "b.css", "--since", f"old {name}")
        self.record("explain the other", "explain", f"{name}.css", "--since", f"old {name}")
        for options in ((), ("--json",), ("--sort", "named", "--bytes"), (f"*{name}*",), (f"{name}.png",)):
            self.record(f"list {' '.join(options).replace(name, '+')}", "list", *options)
        for options in ((), ("--json",), ("--markdown",), ("-o", f"report {name}.html"), ("-o", f"assets/{name}.html")):
            label = " ".join(options).replace(name, "+")
            self.record(f"report {label}", "report", *options, "--since", f"old {name}")
        self.record("report on another", "report", f"old {name}", "--markdown", "--since", self.foreign())
        self.record("explain --json", "explain", f"{name}.css", "--json", "--since", f"old {name}")

    def foreign(self) -> str:
        """A release directory whose manifest has such engines and settings, too."""
        document = json.loads((self.folder / f"old {self.name}/manifest.json").read_text())
        document["generator"]["version"] = self.name
        document["generator"]["engines"] = dict.fromkeys(("css", "svg", "js"), self.name)
        document["settings"] = {self.name: self.name}
        write_tree(self.folder, {f"foreign {self.name}/manifest.json": json.dumps(document)})
        return f"foreign {self.name}"

    def verify(self) -> None:
        self.record("publish -v", "publish", "-v", f"there {self.name}")
        assets = self.folder / "build/assets"
        for path in list(assets.iterdir()):
            if path.name.startswith(f"{self.name}."):
                path.write_text("other")
            elif path.name.startswith(f"{self.name}2."):
                path.unlink()
        write_tree(self.folder, {f"build/+{self.name}": "", f"build/assets/+{self.name}": ""})
        self.record("verify", "verify", "build")
        self.record("verify --json", "verify", "build", "--json")
        self.record("publish what is damaged", "publish", f"there {self.name}")
        self.record("pack what is damaged", "pack", "build", "-o", f"{self.name}.tar")

    def clean(self) -> None:
        self.record("clean -v --dry-run", "clean", "-v", "--dry-run")
        self.record("clean -v", "clean", "-v")
        self.record("clean --all --json", "clean", "--all", "--json")
        write_tree(self.folder, {f"else/{self.name}": ""})
        self.record("clean what is no release", "clean", "-o", "else")

    def archives(self) -> None:
        name, output = self.name, f"out {self.name}"
        self.record("pack", "pack", output, "-o", f"{name}.tar.gz")
        self.record("pack --json", "pack", output, "-o", f"{name}.tar", "--json")
        self.record("pack a zip", "pack", output, "-o", f"{name}.zip")
        self.record("verify an archive", "verify", f"{name}.tar")
        self.record("unpack", "unpack", f"{name}.tar.gz", "-o", f"new {name}")
        self.record("unpack again", "unpack", f"{name}.tar.gz", "-o", f"new {name}")
        encoded = name.encode("utf-8", "surrogateescape")
        for label, member in {
            "a link": tar_member(b"a", kind=b"2", link=encoded),
            "a name": tar_member(b"../a"),
            "another": tar_member(b"a", b"x"),
        }.items():
            (self.folder / "odd.tar").write_bytes(long_name(encoded) + member + TAR_END)
            self.record(f"verify {label}", "verify", "odd.tar")
            self.record(f"unpack {label}", "unpack", "odd.tar", "-o", "odd")

    def mistakes(self) -> None:
        name = self.name
        self.record("pack, no form", "pack", "-o", f"{name}.foo")
        self.record("an unknown verb", name.replace("\n", " "))
        self.record("an unknown option", "build", f"--{name}")
        self.record("an unknown option, --json", "verify", "--json", f"{name}.tar")
        self.record("an unknown asset", "explain", f"{name}.png", "-o", f"out {name}", "--since", f"old {name}")
        self.record("no earlier release", "build", "--carry-from", name, CI="true")
        self.record("no manifest", "diff", name, name)
        self.record("no configuration", "build", "--config", name)
        self.record("an origin", "watch", "--origin", name)
        self.record("a command", "watch", "--", name)
        self.record("no storage", "publish", f"{name}://{name}")

    def faults(self) -> None:
        name, text, far = self.name, self.text, "q" * 200  # so that none is near it
        write_tree(
            self.folder,
            {
                f"wrong/assets/{name}/c.css": f'a {{ b: url("./{far}{text}.png") }} /* {text} */\n',
                f"wrong/assets/{name}/d.scss": f"a {{ b: $c; /* {text} */ }}\n",
                f"wrong/assets/{name}/{name}.js": f'import "./{far}{self.code}.js"; // {self.code}\n',
                f"wrong/assets/{name}/{name}.css.map": "{",
                "toml/buildassets.toml": f"{json.dumps(text)} = 1\nurl = {json.dumps('a:' + text)}\n",
            },
        )
        (self.folder / "wrong/assets/link").symlink_to(name)
        for more in ({}, {"CI": "true"}):
            self.record(f"errors {more}", "build", "wrong/assets", "-o", f"wrong {name}", **more)
        self.record("errors --json", "build", "wrong/assets", "-o", f"wrong {name}", "--json")
        for form in ("sarif", "gitlab"):
            self.record(f"check --format {form}", "check", "wrong/assets", "--format", form, CI="true")
            self.record(f"check --format {form}, wrong", "check", "--config", "toml/buildassets.toml", "--format", form)
        self.record("a wrong configuration", "build", "--config", "toml/buildassets.toml")
        write_tree(self.folder, {f"bad {name}/manifest.json": json.dumps({"schema": name, "assets": {}})})
        self.record("a wrong schema", "diff", f"bad {name}", f"bad {name}")


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shown, Shown]:
    """The output of all commands, with a plain name and with a hostile one."""
    return tuple(Session(tmp_path_factory.mktemp("p"), name).all() for name in (PLAIN, HOSTILE))  # type: ignore[return-value]


def faults_of(printed: str) -> Iterator[str]:
    """The parts of `printed` that no input may bring there."""
    for line in printed.split("\n"):
        if not line.isprintable():
            yield f"raw: {line!r}"
        if line.lstrip().startswith("::") and not line.startswith(("::error ", "::warning ")):
            yield f"a command: {line!r}"
        if "##[" in line or "##vso[" in line:
            yield f"a command: {line!r}"


def test_no_verb_prints_a_command(sessions: tuple[Shown, Shown]) -> None:
    found = {
        label: faults
        for label, done in sessions[1].items()
        if (faults := [*faults_of(done.stdout), *faults_of(done.stderr)])
    }
    assert not found


def test_no_name_adds_a_line(sessions: tuple[Shown, Shown]) -> None:
    def counts(shown: Shown) -> dict[str, tuple[int, int, int]]:
        return {key: (one.returncode, one.stdout.count("\n"), one.stderr.count("\n")) for key, one in shown.items()}

    plain, hostile = map(counts, sessions)
    assert hostile.pop("pack a zip") == (1, 0, 5)  # names there are UTF-8
    for label in ("list *+*", "list +.png"):  # `[a-b]` in the name is a glob
        assert hostile.pop(label) == (0, 0, 1), plain.pop(label)
        plain.pop(label, None)
    for label in ("pack a zip", "build -v anew", "build -v, another"):  # a file that is too young is compiled anew
        plain.pop(label), hostile.pop(label, None)
    assert {label: (plain[label], hostile[label]) for label in plain if plain[label] != hostile[label]} == {}


def test_json_has_the_names_unchanged(sessions: tuple[Shown, Shown]) -> None:
    for label, done in sessions[1].items():
        if "--json" in label and done.stdout:
            json.loads(done.stdout)
    assert f"{HOSTILE}.css" in json.loads(sessions[1]["explain --json"].stdout)["asset"]


def test_table_of_a_pull_request_stays_whole(sessions: tuple[Shown, Shown]) -> None:
    from markdown_it import MarkdownIt

    for label in ("diff --markdown", "diff with a foreign manifest --markdown"):
        plain, hostile = (MarkdownIt("commonmark").enable("table").render(one[label].stdout) for one in sessions)
        tags = ("<tr>", "<td", "<table>", "<p>", "<h3>", "<a ", "<h1>")
        assert [hostile.count(tag) for tag in tags] == [plain.count(tag) for tag in tags]
        assert os.linesep + "| " in sessions[1][label].stdout


def watched(folder: Path, name: str) -> bytes:
    """Return the output of a watch for an edit and for a fault."""
    write_tree(folder, {f"assets/{name}.css": "a { color: red }\n", "buildassets.toml": "compress = []\n"})
    command = [sys.executable, "-m", "buildassets", "watch", "-v", "--mode", "production", "--jobs", "1"]
    lines: list[bytes] = []
    with subprocess.Popen(command, cwd=folder, env=environment(), stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        try:
            for content in ("a { color: tan }\n", f'a {{ background: url("./{"q" * 200}") }}\n', ""):
                while not lines or not any(word in lines[-1] for word in (b"built ", b"failed ")):
                    lines.append(process.stderr.readline())
                    assert lines[-1], "the watch has ended"
                write_tree(folder, {f"assets/{name}.css": content})
                lines.append(b"\n")
        finally:
            process.terminate()
            lines.append(process.stderr.read())
    return b"".join(lines)


def test_watch_prints_no_command(tmp_path: Path) -> None:
    plain, hostile = (watched(tmp_path / str(index), name) for index, name in enumerate((PLAIN, HOSTILE)))
    assert [*faults_of(hostile.decode())] == []
    assert hostile.count(b"failed with 1 error") == plain.count(b"failed with 1 error") == 1


def test_progress_and_prints_of_engines_are_made_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    Progress().draw(1, 2, HOSTILE)
    with kept_from_stdout():
        sys.stdout.write(HOSTILE)
        sys.stdout.write("\tand\x1b[2J more")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert [*faults_of(printed.err.replace("\r\x1b[K", ""))] == []
    assert printed.err.count("\n") == 2


def test_an_annotation_is_one_command(capsys: pytest.CaptureFixture[str]) -> None:
    found = error(HOSTILE, f"100% {HOSTILE}", Location(HOSTILE + "%,:", 1, 2), notes=[HOSTILE], hint=HOSTILE)
    shown = render_annotation(found)
    assert [*faults_of(shown)] == []
    properties, _, message = shown.removeprefix("::error ").partition("::")
    assert [one.partition("=")[0] for one in properties.split(",")] == ["col", "endColumn", "file", "line", "title"]
    assert properties.partition("file=")[2].partition(",line")[0].endswith("%25%2C%3A")
    assert message.startswith("100%25 ")
    assert message.count("%0A") == 2


def test_an_annotation_of_azure_pipelines_is_one_command() -> None:
    found = error(HOSTILE, f"100% {HOSTILE}", Location(HOSTILE + "%;]", 1, 2), notes=[HOSTILE], hint=HOSTILE)
    command, _, message = render_annotation(found, "azure").removeprefix("##").partition("]")
    assert [*faults_of(command)] == [*faults_of(message)] == []
    assert [one.partition("=")[0] for one in command.split(";")] == [
        *("vso[task.logissue type", "code", "sourcepath", "linenumber", "columnnumber")
    ]
    assert command.partition("sourcepath=")[2].partition(";linenumber")[0].endswith("%AZP25%3B%5D")
    assert message.startswith("100%AZP25 ")
    assert message.count("%0A") == 2
