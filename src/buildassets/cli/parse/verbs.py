"""The table of verbs: the sentence and the examples that `--help` shows, and what each verb may do."""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from buildassets.foundation.frozen import field, frozen_by_name
from buildassets.foundation.permission import Permission

GROUPS: Final = ("start", "work", "inspect", "ship", "packages")
"""The groups of verbs, in the order in which `--help` lists them."""

Example: TypeAlias = tuple[str, str]  # the arguments, and what they are for


@frozen_by_name
class Row:
    """The permissions of a verb, as SECURITY.md lists them; an empty text forbids.

    `tools` are started from the machine, the interpreter's environment and the lock, never from the project;
    `programs` are the project's, or named by it; `python` is the project's. `writes` needs no permission.
    """

    tools: str = ""
    programs: str = ""
    python: str = ""
    network: str = ""
    writes: str = ""
    deletes: str = ""
    listens: str = ""

    @property
    def permission(self) -> Permission:
        """The permission of the verb."""
        return Permission(
            tools=bool(self.tools),
            programs=bool(self.programs),
            python=bool(self.python),
            network=bool(self.network),
            listens=bool(self.listens),
            deletes=bool(self.deletes),
        )


@frozen_by_name
class Verb:
    """A verb, or a verb of another one, as `vendor add`.

    - `sentence`: what it does, in one line of the list of verbs; an inner verb has the help of its command instead
    - `group`: the group of GROUPS in which the list of verbs shows it; empty for an inner verb
    - `may`: what it may do; None for one that only has verbs of its own
    - `with_option`: what it may do instead with an option
    - `examples`: command lines, each with what it does
    - `pages`: the pages of the documentation about it, perhaps with a section
    """

    sentence: str = ""
    group: str = ""
    may: Row | None = None
    with_option: Mapping[str, Row] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    pages: tuple[str, ...] = ()


_COMPILERS: Final = "compilers"
_OWN_PROGRAMS: Final = "`commands`, compilers in `node_modules`, plug-ins of Tailwind"
_OWN_PYTHON: Final = "modules of `webassets` and `pipeline`, engines, Jinja extensions"
_BY_URL: Final = "releases named by URL"
_TEXTS: Final = "with `components`, their texts in the cache"
_REGISTRY: Final = "the registry"
_WRITES: Final = (
    "the release, the cache, the user's compressed copies, and the same of editable installs that it merges"
)
BUILD: Final = Row(
    tools=f"{_COMPILERS}, git with `--since`",
    programs=_OWN_PROGRAMS,
    python=f"{_OWN_PYTHON}, `--executor`",
    network="the remote cache, `--carry-from`, `--executor`",
    writes=f"{_WRITES}; with `--cache-write` the remote cache",
    deletes="files that no retained release names, old results of the cache",
)
_READS: Final = Row(network=_BY_URL)
_TOOLS: Final = Row(
    tools="`npm config get registry`",
    network=_REGISTRY,
    writes="the lock, the folder of tools",
    deletes="a tool that is replaced",
)
_VENDOR: Final = Row(
    tools="`npm config get registry`",
    network=_REGISTRY,
    writes="the lock, `vendor/`, the import map in the configuration",
    deletes="files in `vendor/` that the lock lists",
)
_PACKAGES: Final = Row(
    tools=_COMPILERS,
    python="the settings, for their packages, after a line that names them",
    writes="with `--write`, `buildassets.toml`",
)
_SETTINGS: Final = Row(
    tools=_COMPILERS,
    python="the settings, if their files do not show static files, after a line that names them",
    writes="with `--write`, `buildassets.toml`",
)
_STATIC: Final = Row(tools=_COMPILERS, writes="with `--write`, `buildassets.toml`")

VERBS: Final[Mapping[str, Verb]] = {
    "init": Verb(
        group="start",
        sentence="set up this project: configuration, application, templates",
        pages=("start/init.md",),
        may=Row(
            tools="git, `npm config get registry`",
            network="with `--smallest`, or `s` as an answer, the registry",
            writes="after a question or with `--yes`, what its diff shows, and a patch; with `--smallest` tools",
            deletes="with `--smallest`, a tool that is replaced",
        ),
        with_option={
            "--check": Row(python="`manage.py check`, also after a question that asks for it"),
            "--dry-run": Row(tools="git"),
        },
        examples=(
            ("init --dry-run", "show what would be written"),
            ("init --yes", "write it without asking"),
        ),
    ),
    "doctor": Verb(
        group="start",
        sentence="find problems in the project, its release and this machine",
        pages=("guides/doctor.md",),
        may=Row(
            tools=f"{_COMPILERS} for their versions, git", network="the live reload of this machine", writes=_TEXTS
        ),
        with_option={
            "--run": Row(
                tools=f"{_COMPILERS} for their versions, git",
                programs="compilers in `node_modules` for their versions",
                python=f"{_OWN_PYTHON}, `manage.py check`, the application, for its page `/`",
                network="the live reload of this machine",
                writes=_TEXTS,
            )
        },
        examples=(("doctor", "list the problems of the project and its environment"),),
    ),
    "migrate": Verb(
        group="start",
        sentence="plan the migration from another asset tool",
        pages=("coming-over/README.md",),
        examples=(
            ("migrate webassets", "print the plan"),
            ("migrate webassets --write", "print the plan and write `buildassets.toml`"),
        ),
    ),
    "migrate compressor": Verb(may=_STATIC, with_option={"--settings": _SETTINGS}),
    "migrate django": Verb(may=_STATIC, with_option={"--settings": _SETTINGS}),
    "migrate importmap": Verb(may=_STATIC),
    "migrate jammit": Verb(may=_STATIC),
    "migrate pipeline": Verb(may=_STATIC, with_option={"--settings": _PACKAGES}),
    "migrate propshaft": Verb(may=_STATIC),
    "migrate sprockets": Verb(may=_STATIC),
    "migrate static-digest": Verb(may=_STATIC),
    "migrate vite": Verb(may=_STATIC),
    "migrate webassets": Verb(
        may=Row(
            tools=_COMPILERS,
            python="the modules with bundles, which it names first",
            writes="with `--write`, `buildassets.toml`",
        )
    ),
    "migrate whitenoise": Verb(may=_STATIC, with_option={"--settings": _SETTINGS}),
    "build": Verb(
        group="work",
        sentence="compile all sources into the release directory",
        pages=("deploy/rolling-deploys.md", "deploy/companions.md", "deploy/provenance.md", "deploy/workspaces.md"),
        may=BUILD,
        examples=(
            ("build", "compile the configured sources into `build/`"),
            ("build assets -o public", "compile one source root into another release directory"),
            ("build --mode development", "neither minify nor compress"),
            ("build --workspace --since origin/main", "build only the projects that changes affect"),
        ),
    ),
    "watch": Verb(
        group="work",
        sentence="build, and build again whenever a source changes",
        pages=("guides/watch.md", "deploy/workspaces.md#watching"),
        may=Row(
            tools=_COMPILERS,
            programs=f"{_OWN_PROGRAMS}, `run`, the command after `--`, the plan's `renew`",
            python=_OWN_PYTHON,
            network="the remote cache",
            writes=_WRITES,
            deletes="files that no retained release names, old results of the cache",
            listens="live reload, on this machine unless `--origin` names another",
        ),
        examples=(
            ("watch", "build, and build again whenever a source changes"),
            ("watch -- flask --app app --debug run", "also run a web server"),
        ),
    ),
    "check": Verb(
        group="work",
        sentence="report the errors and warnings of a build, and make no release",
        pages=("guides/templates.md", "guides/terminal.md#in-ci", "guides/commands.md"),
        may=Row(
            tools=_COMPILERS,
            programs=_OWN_PROGRAMS,
            python=f"{_OWN_PYTHON}, `manage.py findstatic` if templates name files that the release lacks",
            writes=_TEXTS,
        ),
        with_option={"--no-run": Row(tools=_COMPILERS, writes=_TEXTS)},
        examples=(
            ("check", "report all errors and warnings, and unused assets"),
            ("check --templates mails", "also read a folder of templates"),
            ("check --format sarif > check.sarif", "write a file for GitHub's code scanning"),
        ),
    ),
    "clean": Verb(
        group="work",
        sentence="remove files that no retained release names, and old cache entries",
        pages=("explain/caching.md#cleaning",),
        may=Row(
            writes="the index of the cache",
            deletes="what no retained release names, old results of the cache; with `--all` the release and the cache",
        ),
        with_option={"--dry-run": Row()},
        examples=(
            ("clean --dry-run", "list what would be removed"),
            ("clean --all", "also remove the release and the cache"),
        ),
    ),
    "list": Verb(
        group="inspect",
        sentence="list the assets of the release, their sizes, and what names them",
        pages=("guides/report.md#list",),
        may=Row(),
        examples=(
            ("list", "list all assets, their sizes, and what names them"),
            ("list 'js/**' --sort gzip", "list the scripts, the largest first"),
            ("list --json", "print the same as JSON"),
        ),
    ),
    "explain": Verb(
        group="inspect",
        sentence="show an asset's sources, its references, and what refers to it",
        pages=("explain/caching.md",),
        may=Row(tools=f"{_COMPILERS} for their versions", network=_BY_URL),
        examples=(
            ("explain css/app.css", "show its sources, its references, and what refers to it"),
            ("explain css/app.css --since old", "show why its name has changed"),
        ),
    ),
    "report": Verb(
        group="inspect",
        sentence="describe the release on one page of HTML, JSON or Markdown",
        pages=("guides/report.md#report",),
        may=Row(network=_BY_URL, writes="with `-o`, that file"),
        examples=(
            ("report -o report.html", "write a page about the release"),
            ("report -o report.html --since old", "also show what changed since another release"),
            ("report --markdown --since old", "print a summary for a pull request"),
        ),
    ),
    "diff": Verb(
        group="inspect",
        sentence="list the fingerprints that differ between two releases, and why",
        pages=("guides/diff.md",),
        may=_READS,
        examples=(
            ("diff old build", "list the files whose names differ, and why"),
            ("diff old/manifest.json build --markdown", "print a table for a pull request"),
        ),
    ),
    "schema": Verb(
        group="inspect",
        sentence="print the JSON Schema of the configuration, for an editor",
        pages=("guides/editors.md#the-schema",),
        may=Row(),
        examples=(("schema > buildassets.schema.json", "write the JSON Schema of the configuration"),),
    ),
    "lsp": Verb(
        group="inspect",
        sentence="run a language server for an editor, on stdin and stdout",
        pages=("guides/editors.md#the-language-server",),
        may=Row(),
        examples=(("lsp", "run a language server for an editor"),),
    ),
    "pack": Verb(
        group="ship",
        sentence="write the release as an archive, with the same bytes everywhere",
        pages=("deploy/release.md#pack", "deploy/release.md#signatures"),
        may=Row(writes="the archive; with `--sign` its signature"),
        examples=(
            ("pack", "write `build/` as `build.tar`"),
            ("pack -o release.tar.gz", "choose another name and format"),
            ("pack -o release.tar.gz --sign release.key", "also write a signature, `release.tar.gz.sig`"),
        ),
    ),
    "unpack": Verb(
        group="ship",
        sentence="check every byte of an archive, then unpack its release",
        pages=("deploy/release.md#unpack", "deploy/release.md#signatures"),
        may=Row(writes="a new folder"),
        with_option={"--replace": Row(writes="the folder", deletes="the release in that folder")},
        examples=(
            ("unpack release.tar.gz -o build", "check an archive and unpack it"),
            ("unpack release.tar.gz -o build --replace", "replace the release in `build/`"),
            ("unpack release.tar.gz -o build --key release.pub", "also check its signature"),
        ),
    ),
    "verify": Verb(
        group="ship",
        sentence="check every byte of a release or an archive against its manifest",
        pages=("deploy/release.md",),
        may=Row(),
        with_option={
            "--rebuild": Row(tools=_COMPILERS, programs=_OWN_PROGRAMS, python=_OWN_PYTHON, writes="a temporary folder")
        },
        examples=(
            ("verify", "check the configured release"),
            ("verify release.tar.gz", "check an archive"),
            ("verify release.tar.gz --key release.pub", "also check its signature"),
            ("verify --rebuild", "build the sources again and compare"),
        ),
    ),
    "publish": Verb(
        group="ship",
        sentence="upload the files of the release, then its manifest",
        pages=("deploy/publish.md",),
        may=Row(
            network="the storage",
            writes="the storage",
            deletes="companions and files with their own names that only the earlier release has",
        ),
        with_option={"--dry-run": Row(network="the storage")},
        examples=(
            ("publish /var/www/assets", "copy the release to a folder"),
            ("publish s3://bucket/site --dry-run", "list what would be uploaded"),
        ),
    ),
    "tools": Verb(
        group="packages",
        sentence="install compilers at locked versions: esbuild, Dart Sass",
        pages=("guides/tools.md",),
        examples=(
            ("tools install esbuild@0.28", "lock and download a compiler"),
            ("tools install", "download exactly the versions in the lock"),
        ),
    ),
    "tools install": Verb(
        may=_TOOLS,
        examples=(
            ("tools install esbuild@0.28 dart-sass", "lock and download two compilers"),
            ("tools install", "download exactly the versions in the lock"),
        ),
    ),
    "tools list": Verb(
        may=Row(tools="tools for their versions"),
        examples=(("tools list", "list the compilers in use, and where they come from"),),
    ),
    "tools outdated": Verb(
        may=Row(tools="`npm config get registry`", network=_REGISTRY),
        examples=(("tools outdated", "list those with newer versions"),),
    ),
    "tools remove": Verb(
        may=Row(writes="the lock", deletes="the lock, when it becomes empty"),
        examples=(("tools remove esbuild", "remove a compiler from the lock"),),
    ),
    "tools update": Verb(
        may=_TOOLS,
        examples=(
            ("tools update", "install the newest versions within the requested ranges"),
            ("tools update esbuild", "update one compiler"),
        ),
    ),
    "tools verify": Verb(may=Row(), examples=(("tools verify", "check the files against the lock"),)),
    "vendor": Verb(
        group="packages",
        sentence="add packages for browsers to a source root, with their licences",
        pages=("guides/vendoring.md",),
        examples=(
            ("vendor add htmx.org@2 alpinejs", "copy packages into `vendor/`"),
            ("vendor outdated", "list those with newer versions"),
        ),
    ),
    "vendor add": Verb(may=_VENDOR, examples=(("vendor add htmx.org@2 alpinejs", "copy packages into `vendor/`"),)),
    "vendor audit": Verb(
        may=Row(tools="`npm config get registry`", network=_REGISTRY),
        examples=(("vendor audit", "list packages with known vulnerabilities"),),
    ),
    "vendor outdated": Verb(
        may=Row(tools="`npm config get registry`", network=_REGISTRY),
        examples=(("vendor outdated", "list packages with newer versions"),),
    ),
    "vendor remove": Verb(
        may=Row(
            writes="the lock, the import map in the configuration", deletes="files in `vendor/` that the lock lists"
        ),
        examples=(("vendor remove alpinejs", "remove a package and its files"),),
    ),
    "vendor update": Verb(
        may=_VENDOR, examples=(("vendor update htmx.org", "install the newest version within the requested range"),)
    ),
    "vendor verify": Verb(may=Row(), examples=(("vendor verify", "check the files against the lock"),)),
}


def grouped_verbs() -> Mapping[str, Sequence[str]]:
    """Return the names of the outer verbs by group, in the order of the table."""
    return {group: [name for name, verb in VERBS.items() if verb.group == group] for group in GROUPS}
