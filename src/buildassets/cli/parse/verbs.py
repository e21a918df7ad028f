"""The table of verbs: the sentence and the examples that `--help` shows, and what each verb may do."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from buildassets.foundation.frozen import field, frozen_by_name
from buildassets.foundation.permission import Permission

Example: TypeAlias = tuple[str, str]  # the arguments, and what they are for


@frozen_by_name
class Row:
    """What a verb may do, as SECURITY.md describes it; an empty text means that it may not.

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

    - `sentence`: what it does, for the list of verbs; that of an inner verb is the help of its command
    - `may`: what it may do; None for one that only has verbs of its own
    - `with_option`: what it may do instead with an option
    - `examples`: command lines, each with what it does
    - `pages`: the pages of the documentation about it, perhaps with a section
    """

    sentence: str = ""
    may: Row | None = None
    with_option: Mapping[str, Row] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    pages: tuple[str, ...] = ()


_COMPILERS: Final = "compilers"
_OWN_PROGRAMS: Final = "`commands`, compilers in `node_modules`, plug-ins of Tailwind"
_OWN_PYTHON: Final = "modules of `webassets` and `pipeline`, engines, Jinja extensions"
_BY_URL: Final = "releases named by URL"
_REGISTRY: Final = "the registry"
BUILD: Final = Row(
    tools=f"{_COMPILERS}, git with `--since`",
    programs=_OWN_PROGRAMS,
    python=f"{_OWN_PYTHON}, `--executor`",
    network="the remote cache, `--carry-from`, `--executor`",
    writes="the release, the cache; with `--cache-write` the remote cache",
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
_SETTINGS: Final = Row(
    python="the settings, if their files do not show static files, after a line that names them",
    writes="with `--write`, `buildassets.toml`",
)
_STATIC: Final = Row(writes="with `--write`, `buildassets.toml`")

VERBS: Final[Mapping[str, Verb]] = {
    "build": Verb(
        sentence="compile everything into the release directory",
        pages=("rolling-deploys.md", "companions.md", "provenance.md", "workspaces.md"),
        may=BUILD,
        examples=(
            ("build", "compile the configured sources into `build/`"),
            ("build assets -o public", "one source root, and another release directory"),
            ("build --mode development", "neither minified nor compressed"),
            ("build --workspace --since origin/main", "the projects that changes can reach"),
        ),
    ),
    "check": Verb(
        sentence="report everything that a build would complain about; write nothing",
        pages=("templates.md", "terminal.md#in-ci", "commands.md"),
        may=Row(tools=_COMPILERS, programs=_OWN_PROGRAMS, python=_OWN_PYTHON),
        with_option={"--no-run": Row(tools=_COMPILERS)},
        examples=(
            ("check", "all errors and warnings, and what nothing uses"),
            ("check --templates mails", "read one more folder of templates"),
            ("check --format sarif > check.sarif", "for GitHub's code scanning"),
        ),
    ),
    "clean": Verb(
        sentence="remove what no retained release names; with --all, also the release and the cache",
        pages=("caching.md#cleaning",),
        may=Row(
            writes="the index of the cache",
            deletes="what no retained release names, old results of the cache; with `--all` the release and the cache",
        ),
        with_option={"--dry-run": Row()},
        examples=(
            ("clean --dry-run", "list what would be removed"),
            ("clean --all", "remove the release and the cache, too"),
        ),
    ),
    "diff": Verb(
        sentence="list which fingerprints differ between two releases, and why",
        pages=("diff.md",),
        may=_READS,
        examples=(
            ("diff old build", "which files have other names, and why"),
            ("diff old/manifest.json build --markdown", "a table for a pull request"),
        ),
    ),
    "doctor": Verb(
        sentence="find what is wrong with the project, its release and this machine",
        pages=("doctor.md",),
        may=Row(tools=f"{_COMPILERS} for their versions, git", network="the live reload of this machine"),
        with_option={
            "--run": Row(
                tools=f"{_COMPILERS} for their versions, git",
                programs="compilers in `node_modules` for their versions",
                python=f"{_OWN_PYTHON}, `manage.py check`",
                network="the live reload of this machine",
            )
        },
        examples=(("doctor", "what is wrong with the project and its environment"),),
    ),
    "explain": Verb(
        sentence="show what an asset is made of, what it refers to and what refers to it",
        pages=("caching.md",),
        may=Row(tools=f"{_COMPILERS} for their versions", network=_BY_URL),
        examples=(
            ("explain css/app.css", "what it is made of, and who refers to it"),
            ("explain css/app.css --since old", "why its name has changed"),
        ),
    ),
    "init": Verb(
        sentence="set up the project in this folder: configuration, application, templates",
        pages=("init.md",),
        may=Row(
            tools="`npm config get registry`",
            network="with `--smallest`, the registry",
            writes="after a question or with `--yes`, what its diff shows, and a patch; with `--smallest` tools",
            deletes="with `--smallest`, a tool that is replaced",
        ),
        with_option={
            "--check": Row(python="`manage.py check`, also after a question that asks for it"),
            "--dry-run": Row(),
        },
        examples=(
            ("init --dry-run", "show what would be written"),
            ("init --yes", "write it without a question"),
        ),
    ),
    "list": Verb(
        sentence="list the assets of the release with their sizes, and who names them",
        pages=("report.md#list",),
        may=Row(),
        examples=(
            ("list", "all assets with their sizes, and who names them"),
            ("list 'js/**' --sort gzip", "scripts, the largest first"),
            ("list --json", "the same for a program"),
        ),
    ),
    "lsp": Verb(
        sentence="run a language server for an editor, on stdio",
        pages=("editors.md#the-language-server",),
        may=Row(),
        examples=(("lsp", "a language server on stdio, for an editor"),),
    ),
    "migrate": Verb(
        sentence="bring over a project of another asset system",
        pages=("coming-over/README.md",),
        examples=(
            ("migrate webassets", "show what becomes of a project"),
            ("migrate webassets --write", "and write `buildassets.toml`"),
        ),
    ),
    "migrate compressor": Verb(may=_STATIC, with_option={"--settings": _SETTINGS}),
    "migrate django": Verb(may=_STATIC, with_option={"--settings": _SETTINGS}),
    "migrate importmap": Verb(may=_STATIC),
    "migrate jammit": Verb(may=_STATIC),
    "migrate pipeline": Verb(may=_STATIC, with_option={"--settings": _SETTINGS}),
    "migrate propshaft": Verb(may=_STATIC),
    "migrate sprockets": Verb(may=_STATIC),
    "migrate static-digest": Verb(may=_STATIC),
    "migrate vite": Verb(may=_STATIC),
    "migrate webassets": Verb(
        may=Row(python="the modules with bundles, which it names first", writes="with `--write`, `buildassets.toml`")
    ),
    "migrate whitenoise": Verb(may=_STATIC, with_option={"--settings": _SETTINGS}),
    "pack": Verb(
        sentence="write the release as one archive, the same bytes everywhere",
        pages=("release.md#pack", "release.md#signatures"),
        may=Row(writes="the archive; with `--sign` its signature"),
        examples=(
            ("pack", "`build/` as `build.tar`"),
            ("pack -o release.tar.gz", "another name and form"),
            ("pack -o release.tar.gz --sign release.key", "signed, in `release.tar.gz.sig`"),
        ),
    ),
    "publish": Verb(
        sentence="upload the release: its files first, its manifest last",
        pages=("publish.md",),
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
    "report": Verb(
        sentence="show what the release is made of: one page in HTML, JSON or Markdown",
        pages=("report.md#report",),
        may=Row(network=_BY_URL, writes="with `-o`, that file"),
        examples=(
            ("report -o report.html", "a page about the release"),
            ("report -o report.html --since old", "with what has changed since another one"),
            ("report --markdown --since old", "a summary for a pull request"),
        ),
    ),
    "schema": Verb(
        sentence="print the JSON Schema of the configuration, for editors",
        pages=("editors.md#the-schema",),
        may=Row(),
        examples=(("schema > buildassets.schema.json", "the JSON Schema of the configuration, for an editor"),),
    ),
    "tools": Verb(
        sentence="pin and install compilers that are programs",
        pages=("tools.md",),
        examples=(
            ("tools install esbuild@0.28", "pin and fetch a compiler"),
            ("tools install", "fetch exactly what the lock has"),
        ),
    ),
    "tools install": Verb(
        may=_TOOLS,
        examples=(
            ("tools install esbuild@0.28 dart-sass", "pin two compilers and fetch them"),
            ("tools install", "fetch exactly what the lock has"),
        ),
    ),
    "tools list": Verb(
        may=Row(tools="tools for their versions"),
        examples=(("tools list", "the compilers in use, and where they come from"),),
    ),
    "tools outdated": Verb(
        may=Row(tools="`npm config get registry`", network=_REGISTRY),
        examples=(("tools outdated", "which of them have newer versions"),),
    ),
    "tools remove": Verb(
        may=Row(writes="the lock", deletes="the lock, when it becomes empty"),
        examples=(("tools remove esbuild", "take one out of the lock"),),
    ),
    "tools update": Verb(
        may=_TOOLS,
        examples=(
            ("tools update", "the newest versions within the ranges asked for"),
            ("tools update esbuild", "of one compiler"),
        ),
    ),
    "tools verify": Verb(may=Row(), examples=(("tools verify", "whether the files are those of the lock"),)),
    "unpack": Verb(
        sentence="unpack a release from an archive after checking every byte",
        pages=("release.md#unpack", "release.md#signatures"),
        may=Row(writes="a new folder"),
        with_option={"--replace": Row(writes="the folder", deletes="the release in that folder")},
        examples=(
            ("unpack release.tar.gz -o build", "check an archive, and unpack it"),
            ("unpack release.tar.gz -o build --replace", "in place of a release"),
            ("unpack release.tar.gz -o build --key release.pub", "one that has to be signed"),
        ),
    ),
    "vendor": Verb(
        sentence="put packages for browsers into a source root, with their licences",
        pages=("vendoring.md",),
        examples=(
            ("vendor add htmx.org@2 alpinejs", "put packages into `vendor/`"),
            ("vendor outdated", "which of them have newer versions"),
        ),
    ),
    "vendor add": Verb(may=_VENDOR, examples=(("vendor add htmx.org@2 alpinejs", "put packages into `vendor/`"),)),
    "vendor audit": Verb(
        may=Row(tools="`npm config get registry`", network=_REGISTRY),
        examples=(("vendor audit", "which packages have known faults"),),
    ),
    "vendor outdated": Verb(
        may=Row(tools="`npm config get registry`", network=_REGISTRY),
        examples=(("vendor outdated", "which packages have newer versions"),),
    ),
    "vendor remove": Verb(
        may=Row(
            writes="the lock, the import map in the configuration", deletes="files in `vendor/` that the lock lists"
        ),
        examples=(("vendor remove alpinejs", "take a package out, with its files"),),
    ),
    "vendor update": Verb(
        may=_VENDOR, examples=(("vendor update htmx.org", "the newest version within the range asked for"),)
    ),
    "vendor verify": Verb(may=Row(), examples=(("vendor verify", "whether the files are those of the lock"),)),
    "verify": Verb(
        sentence="check every byte of a release, or of an archive of one, against its manifest",
        pages=("release.md",),
        may=Row(),
        with_option={
            "--rebuild": Row(tools=_COMPILERS, programs=_OWN_PROGRAMS, python=_OWN_PYTHON, writes="a temporary folder")
        },
        examples=(
            ("verify", "the configured release"),
            ("verify release.tar.gz", "an archive of one"),
            ("verify release.tar.gz --key release.pub", "one that has to be signed"),
            ("verify --rebuild", "build it again, and compare"),
        ),
    ),
    "watch": Verb(
        sentence="build, and build again whenever something changes",
        pages=("watch.md", "workspaces.md#watching"),
        may=Row(
            tools=_COMPILERS,
            programs=f"{_OWN_PROGRAMS}, `run`, the command after `--`, the plan's `renew`",
            python=_OWN_PYTHON,
            network="the remote cache",
            writes="the release, the cache",
            deletes="files that no retained release names, old results of the cache",
            listens="live reload, on this machine unless `--origin` names another",
        ),
        examples=(
            ("watch", "build again whenever a source changes"),
            ("watch -- flask --app app --debug run", "beside a web server"),
        ),
    ),
}
