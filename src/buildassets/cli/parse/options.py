"""Defines the options that several verbs share, and makes a configuration of them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click

from buildassets.cli.parse.compile_options import CompileOptions
from buildassets.compiler.config.load import Overrides, load_config
from buildassets.compiler.config.values import Config
from buildassets.foundation.frozen import frozen, names_of_fields
from buildassets.foundation.permission import Permission


@frozen
class Shard:
    """The part with this `number`, from 1, of `count`."""

    number: int
    count: int


_Command = TypeVar("_Command", bound=Callable[..., Any])

_SOURCES = click.argument("sources", nargs=-1, metavar="[SOURCE]...")
_ALSO = click.option(
    "--also",
    multiple=True,
    metavar="ROOT",
    help="Add a source root with the lowest precedence: a folder, or a table such as "
    "{path = 'lib', prefix = 'vendor/lib'}.",
)
_TEMPLATES = click.option(
    "--templates",
    multiple=True,
    metavar="DIR",
    help="Add a folder of templates, or a table such as {path = 'mails', engine = 'django'}.",
)
_ONLY_ALSO = click.option("--only-also", is_flag=True, hidden=True, help="Leave out the default source root.")
_CONFIG = click.option("--config", "config_file", metavar="FILE", help="Use this configuration file.")
_PLAN = click.option(
    "--plan", metavar="FILE", hidden=True, help="The file that lists the blocks in templates of another system."
)
_COLLECTED = click.option(
    "--collected", metavar="FILE", hidden=True, help="The file that lists what Django's collectstatic collects."
)
_OUTPUT = click.option("-o", "--output", metavar="DIR", help="The release directory.")


_URL = click.option("--url", metavar="URL", help="Use this URL prefix instead of the configured one.")


def _mode(default: str) -> Callable[[_Command], _Command]:
    return click.option(
        "--mode",
        type=click.Choice(["production", "development"]),
        default=default,
        show_default=True,
        help="development neither minifies nor compresses.",
    )


class _Count(click.IntRange):
    """A whole number from 1 up."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"`{value}` is not a whole number from 1 up", param, ctx)


_JOBS = click.option(
    "--jobs",
    type=_Count(min=1),
    metavar="N",
    help="Run at most N jobs in parallel. Default: the number of cores.",
)
_UPLOADS = click.option(
    "--jobs",
    type=_Count(min=1),
    default=16,
    metavar="N",
    show_default=True,
    help="Upload at most N files in parallel.",
)
_NO_CACHE = click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
_CACHE_DIR = click.option(
    "--cache-dir",
    metavar="DIR",
    help="Use this cache folder. Default: $BUILDASSETS_CACHE_DIR, or .buildassets.",
)
_CACHE_WRITE = click.option("--cache-write", is_flag=True, help="Also write to the configured remote cache.")
_EXECUTOR = click.option(
    "--executor",
    metavar="NAME",
    help="Compile and compress on a Dask cluster, dask://HOST:PORT or tls://HOST:PORT, or with the executor that the "
    "function MODULE:FACTORY returns.",
)
_POLL = click.option(
    "--poll",
    type=click.FloatRange(min=0.01, max=3600),
    metavar="[SECONDS]",
    help="Poll for changes every SECONDS (0.5) instead of waiting for file events.",
)
_PORT = click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Use this port for live reload. Default: 8470, or a free port if 8470 is taken.",
)


def _as_browsers_write(_context: click.Context, _option: click.Parameter, origins: tuple[str, ...]) -> tuple[str, ...]:
    """`origins`, each in the form of an `Origin` header (RFC 6454, section 6.2)."""
    if not origins:
        return ()

    written = []
    for origin in origins:
        try:
            parts = urlsplit(origin)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or "@" in parts.netloc:
            raise click.BadParameter(f"`{origin}` is not an origin; one is `http://my.test:8000`")
        host = parts.netloc.lower().removesuffix(":80" if parts.scheme == "http" else ":443")
        written.append(f"{parts.scheme}://{host}")
    return tuple(written)


_ORIGIN = click.option(
    "--origin",
    "origins",
    multiple=True,
    callback=_as_browsers_write,
    metavar="ORIGIN",
    help="Allow live reload for pages of this origin, such as http://my.test:8000. Pages of this machine always work.",
)
_KEYS = click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="KEY",
    help="Also check that ARCHIVE.sig is a signature by this public Ed25519 key, or by another --key. "
    "KEY is a file, env:NAME or ed25519:BASE64.",
)
_SINCE = click.option(
    "--since", metavar="OLD_MANIFEST", help="Explain what changed since this earlier manifest or release directory."
)


class _ShardType(click.ParamType):  # type: ignore[type-arg]  # click 8.1 has it without arguments
    """One of so many parts of the projects, as in `2/8`."""

    name = "shard"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Shard:
        number, slash, count = str(value).partition("/")
        if not (slash and number.isascii() and number.isdigit() and count.isascii() and count.isdigit()):
            self.fail(f"`{value}` is not a shard; one is `2/8`", param, ctx)
        if not 1 <= int(number) <= int(count):
            self.fail(f"`{value}` is out of range: the first of 8 is `1/8`, the last `8/8`", param, ctx)
        return Shard(int(number), int(count))


_WORKSPACE = click.option(
    "--workspace",
    "is_workspace",
    is_flag=True,
    help="Include all projects of the workspace in this folder or a parent folder.",
)
_SINCE_COMMIT = click.option(
    "--since", metavar="REF", help="With --workspace: only projects that changes since this commit affect."
)
_SHARD = click.option(
    "--shard", type=_ShardType(), metavar="I/N", help="With --workspace: only every Nth project, starting with the Ith."
)
_MARKDOWN = click.option("--markdown", is_flag=True, help="Print a table for a pull request.")
_EXIT_CODE = click.option("--exit-code", is_flag=True, help="Exit with 1 if anything differs.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
_VERBOSE = click.option("-v", "--verbose", is_flag=True, help="Print more details.")
_QUIET = click.option("-q", "--quiet", is_flag=True, help="Print no messages except errors.")


_CARRY_FROM = click.option(
    "--carry-from",
    "carry_from",
    multiple=True,
    metavar="PREVIOUS",
    help="Carry over files of an earlier release: its directory, its archive, or the path or URL of its manifest.",
)
_CARRY_URL = click.option(
    "--carry-url",
    "carry_url",
    metavar="URL",
    help="The URL of the files of PREVIOUS. Default: next to its manifest.",
)
_CARRY_IF_ANY = click.option(
    "--carry-if-any", is_flag=True, help="Build even if PREVIOUS does not exist, as before the first deployment."
)


_SPROCKETS = click.option(
    "--sprockets-manifest", "sprockets", is_flag=True, help="Also write the manifest that Sprockets reads."
)
_PROPSHAFT = click.option(
    "--propshaft-manifest",
    "propshaft",
    type=click.Choice(["1.1", "1.3"]),
    help="Also write the manifest that this version of Propshaft reads.",
)
_STATICFILES = click.option(
    "--staticfiles-json",
    "staticfiles",
    is_flag=True,
    help="Also write the manifest of Django's ManifestStaticFilesStorage.",
)


_NO_RUN = click.option(
    "--no-run",
    is_flag=True,
    help="Run no code of the project: no commands, no modules that its configuration names.",
)
_PROVENANCE = click.option(
    "--provenance",
    is_flag=True,
    help="Also document the origin of the release, in DIR.intoto.json and DIR.cdx.json next to it.",
)


def provenance_option(command: _Command) -> _Command:
    """Add the option of the verb that documents where a release comes from."""
    return _with(command, _PROVENANCE)


@frozen
class WorkspaceOptions:
    """The projects of a workspace to build: those that changes `since` a commit reach, and of these one `shard`."""

    since: str | None = None
    shard: Shard | None = None


def workspace_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options of the verb that builds many projects; it receives them as `workspace`, None for one project."""

    @wraps(command)
    def run(*first: Any, is_workspace: bool, since: str | None, shard: Shard | None, **given: Any) -> int:
        if not is_workspace and (since is not None or shard is not None):
            raise click.UsageError("`--since` and `--shard` go with `--workspace`")
        return command(*first, workspace=WorkspaceOptions(since, shard) if is_workspace else None, **given)

    return _with(run, _SHARD, _SINCE_COMMIT, _WORKSPACE)


def workspace_option(command: _Command) -> _Command:
    """Add the option of the verb that watches many projects; it receives it as `is_workspace`."""
    return _with(command, _WORKSPACE)


def executor_option(command: _Command) -> _Command:
    """Add the option of the verb whose work may be done elsewhere."""
    return _with(command, _EXECUTOR)


def collected_option(command: _Command) -> _Command:
    """Add the option of the verb that builds what Django collects."""
    return _with(command, _COLLECTED)


def carry_options(command: _Command) -> _Command:
    """Add the options of the verb that carries over files of earlier releases."""
    return _with(command, _CARRY_IF_ANY, _CARRY_URL, _CARRY_FROM)


def companion_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options of the verb that writes manifests for other systems; it receives them as `companions`."""

    @wraps(command)
    def run(*first: Any, sprockets: bool, propshaft: str | None, staticfiles: bool, **given: Any) -> int:
        forms = {"sprockets": sprockets, f"propshaft-{propshaft}": propshaft, "staticfiles": staticfiles}
        return command(*first, companions=tuple(form for form, is_given in forms.items() if is_given), **given)

    return _with(run, _STATICFILES, _PROPSHAFT, _SPROCKETS)


def refuse_options_of_one(given: CompileOptions) -> None:
    """Raise UsageError for options that name folders or files of one project, where there are many."""
    named = {
        "SOURCE": given.sources,
        "-o": given.output,
        "--config": given.config_file,
        "--also": given.also,
        "--only-also": given.only_also,
        "--templates": given.templates,
        "--plan": given.plan,
    }
    if wrong := [name for name, value in named.items() if value]:
        raise click.UsageError(f"`{wrong[0]}` is for one project: with `--workspace` each has its configuration")


def gathered(kind: type, name: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Has a verb receive those of its options that are fields of `kind` as one value, as the argument `name`."""

    def of_verb(command: Callable[..., int]) -> Callable[..., int]:
        @wraps(command)
        def run(*first: Any, **given: Any) -> int:
            own = {field: given.pop(field) for field in names_of_fields(kind) if field in given}
            return command(*first, **{name: kind(**own)}, **given)

        return run

    return of_verb


_as_compile_options = gathered(CompileOptions, "given")


def compile_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options of every verb that compiles; it receives them as CompileOptions."""
    return _with(
        _as_compile_options(command),
        *(
            _QUIET,
            _VERBOSE,
            _JSON,
            _JOBS,
            _mode("production"),
            _URL,
            _OUTPUT,
            _TEMPLATES,
            _PLAN,
            _ONLY_ALSO,
            _ALSO,
            _CONFIG,
            _SOURCES,
        ),
    )


def check_options(command: Callable[..., int]) -> Callable[..., int]:
    """Like `compile_options`, for the verb that makes no release."""
    return _with(compile_options(command), _NO_RUN)


def watch_options(command: Callable[..., int]) -> Callable[..., int]:
    """Like `check_options`, for the verb that rebuilds on changes."""
    return _with(
        _as_compile_options(command),
        *(_QUIET, _VERBOSE, _JSON, _ORIGIN, _PORT, _POLL, _JOBS, _mode("development")),
        *(_URL, _OUTPUT, _TEMPLATES, _PLAN, _ONLY_ALSO, _ALSO, _CONFIG, _SOURCES),
    )


def cache_options(command: _Command) -> _Command:
    """Add the options of a verb that writes a cache."""
    return _with(command, _CACHE_WRITE, _CACHE_DIR, _NO_CACHE)


def clean_options(command: _Command) -> _Command:
    """Add the options of the verb that removes what builds wrote."""
    return _with(command, _QUIET, _VERBOSE, _JSON, _CACHE_DIR, _OUTPUT, _CONFIG)


def diff_options(command: _Command) -> _Command:
    """Add the options of the verb that compares releases."""
    return _with(command, _EXIT_CODE, _MARKDOWN, _JSON)


def since_option(command: _Command) -> _Command:
    """Add the option of a verb that compares with an earlier release."""
    return _with(command, _SINCE)


def report_options(command: _Command) -> _Command:
    """Add the options of the verb that reports on a release."""
    return _with(command, _QUIET, _CACHE_DIR, _MARKDOWN, _JSON, _SINCE, _CONFIG)


def publish_options(command: _Command) -> _Command:
    """Add the options of the verb that uploads a release."""
    return _with(command, _QUIET, _VERBOSE, _JSON, _UPLOADS, _OUTPUT, _CONFIG)


def cache_dir_option(command: _Command) -> _Command:
    """Add the option of a verb that reads a cache."""
    return _with(command, _CACHE_DIR)


def read_options(command: _Command) -> _Command:
    """Add the options of every verb that reads a release directory."""
    return _with(command, _JSON, _OUTPUT, _CONFIG)


def release_options(command: _Command) -> _Command:
    """Add the options of every verb that works on a finished release."""
    return _with(command, _QUIET, _JSON, _CONFIG)


def signature_options(command: _Command) -> _Command:
    """Add the options of every verb that checks the signature of an archive."""
    return _with(command, _KEYS)


def package_options(command: _Command) -> _Command:
    """Add the options of every verb about tools and packages."""
    return _with(command, _QUIET, _JSON, _CONFIG)


def migrate_options(command: _Command) -> _Command:
    """Add the options of the verb that reads the projects of other systems."""
    return _with(command, _QUIET, _JSON)


def init_options(command: _Command) -> _Command:
    """Add the options of the verb that sets up a project."""
    return _with(command, _QUIET, _JSON)


def doctor_options(command: _Command) -> _Command:
    """Add the options of the verb that examines a project."""
    return _with(command, _QUIET, _JSON, _CACHE_DIR, _CONFIG)


def _with(command: _Command, *options: Callable[[_Command], _Command]) -> _Command:
    """`command` with `options`; the help lists the last one first."""
    for option in options:
        command = option(command)
    return command


def release_config(config_file: str | None, output: str | None = None, *, permission: Permission) -> Config:
    """The configuration for a verb that works on a finished release, and so needs no sources."""
    return load_config(config_file, Overrides(output=output), needs_sources=False, permission=permission)


def configured_for_packages(config_file: str | None, *, permission: Permission) -> Config:
    """The configuration for verbs about tools and packages, whose sources need not exist."""
    return load_config(config_file, needs_sources=False, permission=permission)
