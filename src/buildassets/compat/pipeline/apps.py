"""The application as Django's registry knows it: under django-pipeline's label, so that both cannot be installed."""

from django.apps import AppConfig

from buildassets.compat import stand_in_modules
from buildassets.compat.pipeline.run.stand_in_names import MODULES

stand_in_modules.install(MODULES)  # before finders, storages and extensions are looked for by their names


class PipelineConfig(AppConfig):
    """Brings the tag library `pipeline`, and the packages of `PIPELINE` to every build."""

    name = "buildassets.compat.pipeline"
    label = "pipeline"

    def compiler_arguments(self, verb: str) -> list[str]:
        """The further arguments of the compiler for `verb`, so that it also makes the packages."""
        if verb not in ("build", "watch", "check"):
            return []
        from buildassets.compat.pipeline.compile.plan import planned  # of which a web process knows nothing

        return planned()
