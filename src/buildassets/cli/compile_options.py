"""The values of the options of verbs that compile, and the configuration that they make. Without click."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from buildassets.frozen import frozen

if TYPE_CHECKING:
    from buildassets.compiler.config.values import Config, Mode
    from buildassets.programs.permission import Permission


@frozen
class CompileOptions:
    """The options that all verbs share that compile.

    `sources`, `output` and `url` override the configuration; `also` are additional source roots, `templates` additional
    folders of templates, `plan` is the file with the blocks of templates.
    """

    sources: tuple[str, ...]
    config_file: str | None
    also: tuple[str, ...]
    output: str | None
    url: str | None
    mode: "Mode"
    jobs: int | None
    as_json: bool
    verbose: bool
    quiet: bool
    templates: tuple[str, ...] = ()
    plan: str | None = None

    def config(self, *, permission: "Permission") -> "Config":
        """The configuration with these options applied; raises ConfigError."""
        more = self.also, self.url, self.templates, self.plan
        return configured(self.config_file, self.sources, self.output, *more, self.mode, permission=permission)


@frozen
class BuildOptions:
    """The options of a build of one project, each by the name that the command line has for it."""

    given: CompileOptions
    carry_from: tuple[str, ...] = ()
    carry_url: str | None = None
    carry_if_any: bool = False
    companions: tuple[str, ...] = ()
    provenance: bool = False
    no_cache: bool = False
    cache_dir: str | None = None
    cache_write: bool = False
    executor: str | None = None


def configured(
    config_file: str | None,
    sources: Sequence[str] = (),
    output: str | None = None,
    also: Sequence[str] = (),
    url: str | None = None,
    templates: Sequence[str] = (),
    plan: str | None = None,
    mode: "Mode" = "production",
    *,
    permission: "Permission",
) -> "Config":
    """The configuration with the options of the command line applied; raises ConfigError."""
    from buildassets.compiler.config.load import load_config

    return load_config(
        config_file,
        sources=sources,
        also=also,
        templates=templates,
        output=output,
        url=url,
        plan=plan,
        mode=mode,
        permission=permission,
    )
