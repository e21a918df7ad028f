"""A project in which everything that could be run or followed is a trap, and the record of what a verb does in it.

A trap that runs leaves a file in the folder of marks: `program-…` if it was started, `python-…` if it was imported.
strace records which programs are started, and which connections are made and accepted.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from buildassets.foundation.frozen import frozen, replace
from buildassets.packages.lock import Lock, LockedPackage, lock_text
from buildassets.programs.places import lies_in_project
from tests.command import release_site
from tests.conftest import Tree, find_tool, write_tree

_SCRIPT: Final = str(Path(sys.executable).with_name("buildassets"))
_NOBODY: Final = "http://127.0.0.1:9/"  # the port that discards; nothing listens there
_TOOLS: Final = ("esbuild", "git", "node", "npm", "npx", "sass", "tailwindcss")
_CALLS: Final = "--trace=execve,connect,listen"
_STARTED: Final = re.compile(r'execve\("([^"]+)".*= 0$', re.MULTILINE)
_ASKED: Final = re.compile(r"connect\(\d+, \{sa_family=AF_INET6?, .*", re.MULTILINE)
_LISTENS: Final = re.compile(r"listen\(\d+.*= 0$", re.MULTILINE)
_BUNDLES: Final = """
from webassets import Bundle, Environment
environment = Environment("assets", "/static")
environment.register("all", Bundle("css/app.css", output="gen/all.css"))
"""
_SITE: Final[Tree] = {
    "buildassets.toml": 'sources = ["assets"]\n',
    "assets/css/app.css": "a { color: red }\n",
    "assets/js/app.js": "console . log ( 1 )\n",
    "templates/page.html": "{{ asset('css/app.css') }}\n",
}


@frozen
class Deed:
    """What a verb did: the marks of traps, the paths of programs, and the files that it changed and that vanished."""

    marks: frozenset[str]
    programs: tuple[str, ...]
    asked: tuple[str, ...]
    listened: bool
    changed: frozenset[str]
    vanished: frozenset[str]
    outside: frozenset[str]
    printed: str

    def of_project(self, folder: Path) -> list[str]:
        """The programs that the project brings."""
        return [path for path in self.programs if lies_in_project(path, str(folder))]


class TrappedProject:
    """A project below `top`, whose folders `marks`, `home` and `outside` are beside it."""

    def __init__(self, top: Path) -> None:
        self.folder, self.marks, self.home, self.outside = (top / one for one in ("site", "marks", "home", "outside"))
        for folder in (self.marks, self.home, self.outside):
            folder.mkdir(parents=True)
        release_site(self.folder, _SITE)
        write_tree(self.home, {".npmrc": f"{_NOBODY.removeprefix('http:')}:_authToken=secret\n"})
        write_tree(self.outside, {"id_rsa": "secret", "kept/a.txt": "a", "bin/tool": "secret"})
        write_tree(self.folder, self._files())
        self._make_executable("node_modules/.bin/*", "node_modules/@esbuild/*/bin/*", "tools/*/*/*", "sub/trap")
        self._links()
        self._repository()

    def run(self, *arguments: str, given: bytes = b"", variables: Mapping[str, str] = {}) -> Deed:
        """Run `buildassets` there under strace. What it may write to is restored by nobody: use a project once."""
        log = self.marks.parent / "strace.txt"
        before, outside = _stamps(self.folder), _stamps(self.outside, self.home)
        options = ("--follow-forks", "--seccomp-bpf", "--quiet=all", _CALLS, f"--output={log}")
        done = subprocess.run(
            [find_tool("strace"), *options, "--", sys.executable, _SCRIPT, *arguments],
            cwd=self.folder,
            env={**os.environ, **self._variables(), **variables},
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
        text, after = log.read_text("utf-8", "replace"), _stamps(self.folder)
        return Deed(
            marks=frozenset(path.name for path in self.marks.iterdir()),
            programs=tuple(_STARTED.findall(text))[1:],  # the first is the verb itself
            asked=tuple(_ASKED.findall(text)),
            listened=bool(_LISTENS.search(text)),
            changed=frozenset(name for name, stamp in after.items() if before.get(name) != stamp),
            vanished=frozenset(before.keys() - after.keys()),
            outside=frozenset(dict(outside.items() ^ _stamps(self.outside, self.home).items())),
            printed=done.stdout.decode("utf-8", "replace"),
        )

    def _variables(self) -> dict[str, str]:
        return {
            "HOME": str(self.home),
            "PATH": f"{self.folder / 'node_modules/.bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self.folder / "lib"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "BUILDASSETS_TOOLS_DIR": str(self.folder / "tools"),
            "DJANGO_SETTINGS_MODULE": "trapsettings",
            "NODE_OPTIONS": f"--require {self.folder / 'trap.js'}",
        }

    def _program(self, name: str, prints: str = "") -> str:
        return f"#!/bin/sh\n: > '{self.marks}/program-{name}'\necho '{prints}'\n"

    def _python(self, name: str, text: str = "") -> str:
        return f"open({str(self.marks / f'python-{name}')!r}, 'w').close()\n{text}"

    def _shell(self, name: str) -> str:
        return json.dumps(["sh", "-c", f": > '{self.marks}/program-{name}'"])

    def _files(self) -> dict[str, str]:
        script = f"require('fs').writeFileSync({str(self.marks / 'program-script')!r}, '')\n"
        planted = LockedPackage("1.0.0", "", False, f"sha512-{'A' * 86}==", "MIT", {})
        engine = (
            "class Engine:\n    name = version = 'trap 1'\n    run = close = print\n    def __init__(self, _): pass\n"
        )
        return {
            "buildassets.toml": f"""
sources = ["assets"]
webassets = "trapassets"
registry = "{_NOBODY}"
[templates]
dirs = ["templates"]
extensions = ["trapext.Trap"]
[engines]
css = "trap"
js = "esbuild"
[commands.made]
run = {self._shell("command")}
output = "made.css"
[run]
web = {self._shell("run")}
""",
            "trapassets.py": self._python("webassets", _BUNDLES),
            "trapext.py": self._python(
                "extension", "from jinja2.ext import Extension\nclass Trap(Extension):\n    pass\n"
            ),
            "trapsettings.py": self._python(
                "settings", 'SECRET_KEY = "a"\nINSTALLED_APPS = []\nSTATIC_URL = "/s/".lower()\n'
            ),
            "manage.py": self._python("manage", "import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'trapsettings'\n"),
            "assets.py": self._python("assets", "from webassets import Bundle\n"),
            "app.py": self._python("app", "from flask import Flask\napp = Flask(__name__)\n"),
            "conftest.py": self._python("conftest"),
            "click.py": self._python("click"),
            "yaml.py": self._python("yaml"),
            "lib/trapengine.py": self._python("engine", engine),
            "lib/trap-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: trap\nVersion: 1\n",
            "lib/trap-1.dist-info/entry_points.txt": "[buildassets.engines]\ntrap = trapengine:Engine\n",
            "config/assets.yml": "a: !!python/object/apply:os.system ['false']\n",
            "config/importmap.rb": f"system %(: > '{self.marks}/program-ruby')\n",
            "package.json": '{"name": "trap", "scripts": {"preinstall": "false"}}',
            "trap.js": script,
            "postcss.config.js": script,
            "tailwind.config.js": script,
            "vite.config.js": script,
            "assets/css/tail.css": '@import "tailwindcss";\n@plu/**/gin "../../trap.js";\n',
            ".npmrc": f"registry={_NOBODY}\nproxy={_NOBODY}\nonload-script=./trap.js\n",
            "buildassets.lock": lock_text(Lock({}, {"@x/id_rsa": planted, "y": replace(planted, direct=True)})),
            "node_modules/evil/package.json": '{"name": "evil", "version": "1.0.0"}',
            "node_modules/@tailwindcss/cli/package.json": "{}",
            "node_modules/@esbuild/linux-x64/bin/esbuild": self._program("esbuild-of-npm", "0.28.0"),
            "node_modules/@esbuild/linux-arm64/bin/esbuild": self._program("esbuild-of-npm", "0.28.0"),
            **{f"node_modules/.bin/{name}": self._program(name, "0.28.0") for name in _TOOLS},
            "sub/HEAD": "ref: refs/heads/main\n",
            "sub/objects/k": "",
            "sub/refs/k": "",
            "sub/config": f'[core]\nbare = false\nworktree = .\nfsmonitor = ": > {self.marks}/program-bare; false"\n',
            "sub/trap": self._program("hook"),
        }

    def _make_executable(self, *globs: str) -> None:
        for path in (path for glob in globs for path in self.folder.glob(glob)):
            path.chmod(0o755)

    def _links(self) -> None:
        """Links that lead out of the project, and devices and a pipe in place of files."""
        vendor = self.folder / "assets/vendor"
        vendor.mkdir()
        for link, target in {
            "assets/vendor/@x": self.outside,
            "assets/secret.css": self.outside / "id_rsa",
            "templates/outside": self.outside,
            "build.maps": self.outside / "kept",
            "Dockerfile": Path("/dev/zero"),
            "Procfile": Path("/dev/zero"),
        }.items():
            (self.folder / link).symlink_to(target)
        os.mkfifo(self.folder / "templates/pipe.html")

    def _repository(self) -> None:
        git = find_tool("git")
        subprocess.run([git, "init", "--quiet"], cwd=self.folder, check=True)
        settings = {"core.fsmonitor": "fsmonitor", "core.hooksPath": "", "core.pager": "pager", "diff.external": "diff"}
        for setting, name in settings.items():
            value = f": > '{self.marks}/program-{name}'; false" if name else str(self.folder / "sub")
            subprocess.run([git, "config", setting, value], cwd=self.folder, check=True)


def _stamps(*tops: Path) -> dict[str, tuple[int, int]]:
    """The size and time of each file and link below `tops`."""
    found = {}
    for top in tops:
        for path in (path for path in top.rglob("*") if path.is_symlink() or not path.is_dir()):
            status = path.lstat()
            found[str(path.relative_to(top.parent))] = (status.st_size, status.st_mtime_ns)
    return found
