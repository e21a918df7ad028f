"""The application as Django's registry knows it: under django-compressor's label, so that both cannot be installed."""

from django.apps import AppConfig
from django.conf import settings
from django.core.signals import setting_changed

from buildassets.compat.compressor.run.defaults import complete_settings
from buildassets.compat.compressor.run.settings import forget_options
from buildassets.compat.compressor.run.stand_ins.modules import install

install()  # before finders, storages and extensions are looked for by their names
if settings.configured:  # always where Django loads applications
    complete_settings()


class CompressorConfig(AppConfig):
    """Brings the tag library `compress` and the command of that name, and the blocks of templates to every build."""

    name = "buildassets.compat.compressor"
    label = "compressor"
    verbose_name = "Compressor"

    def ready(self) -> None:
        """Let tests override settings."""
        setting_changed.connect(forget_options, dispatch_uid="buildassets.compat.compressor")

    def compiler_arguments(self, verb: str) -> list[str]:
        """The further arguments of the compiler for `verb`, so that it also builds the blocks of templates."""
        if verb not in ("build", "watch", "check"):
            return []
        from buildassets.compat.compressor.compile.collect import planned  # of which a web process knows nothing

        return planned()
