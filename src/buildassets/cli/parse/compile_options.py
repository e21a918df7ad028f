"""The values of the options of verbs that compile, and the configuration that they make."""

from collections.abc import Sequence

from buildassets.compiler.config.load import Overrides, load_config
from buildassets.compiler.config.values import Config, Mode, SourceRoot
from buildassets.foundation.frozen import frozen, frozen_by_name
from buildassets.foundation.permission import Permission


@frozen
class CompileOptions:
    """The options that all verbs share that compile.

    `sources`, `output` and `url` override the configuration; `also` are additional source roots, `templates` additional
    folders of templates. With `only_also` there is no default root. `plan` is the file with the blocks of templates,
    `collected` the one that lists what Django collects.
    """

    sources: tuple[str, ...]
    config_file: str | None
    also: tuple[str, ...]
    output: str | None
    url: str | None
    mode: Mode
    jobs: int | None
    as_json: bool
    verbose: bool
    quiet: bool
    templates: tuple[str, ...] = ()
    plan: str | None = None
    collected: str | None = None
    only_also: bool = False

    def config(self, *, permission: Permission, roots: Sequence[SourceRoot] = ()) -> Config:
        """The configuration with these options applied, and with the `roots` of what Django collects.

        Raises ConfigError.
        """
        overrides = Overrides(
            sources=self.sources,
            also=self.also,
            only_also=self.only_also,
            collected=roots,
            templates=self.templates,
            output=self.output,
            url=self.url,
            plan=self.plan,
        )
        return load_config(self.config_file, overrides, mode=self.mode, permission=permission)


@frozen_by_name
class BuildOptions:
    """The options of a build, each by the name that the command line has for it."""

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
