"""The listener that sends the builds of a watch to open pages."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from buildassets.compiler.watch.livereload import PORT, LiveReload
from buildassets.compiler.watch.livereload_server import ADDRESS
from buildassets.foundation.diagnostics import Diagnostic, reason_text, warning

if TYPE_CHECKING:
    from buildassets.compiler.config.values import Config
    from buildassets.compiler.watch.listener import Rebuilt, TemplatesChanged


class OpenPages:
    """Sends the builds of a watch to open pages, by a live reload server.

    `started` gets the URL whenever the server starts: with the watch, and when the configuration names another release
    directory. `warn` gets a warning if it cannot start, or not at the `port` asked for; without one, the server takes
    the usual port or any other.
    """

    def __init__(
        self,
        started: Callable[[str], None],
        warn: Callable[[Diagnostic], None],
        *,
        port: int | None = None,
        origins: Iterable[str] = (),
    ) -> None:
        self._started = started
        self._warn = warn
        self._port = port
        self._origins = tuple(origins)
        self._output = ""
        self._templates = ""
        self._live_reload: LiveReload | None = None

    def start(self, config: "Config") -> None:
        """See Listener."""
        self.stop()
        self._output = config.output
        port = PORT if self._port is None else self._port
        live_reload = LiveReload(config.output, port=port, origins=self._origins, permission=config.permission)
        live_reload.publish_templates(self._templates)
        try:
            url = live_reload.start()
        except OSError as fault:
            self._warn(_no_port(fault))
            return
        self._live_reload = live_reload
        if self._port and not url.endswith(f":{port}/"):
            self._warn(_other_port(port, url))
        self._started(url)

    def rebuilt(self, rebuilt: "Rebuilt") -> None:
        """See Listener."""
        if rebuilt.config.output != self._output:
            self.start(rebuilt.config)
        if self._live_reload is not None and not rebuilt.is_same:
            self._live_reload.publish(rebuilt.result)

    def templates_changed(self, pages: "TemplatesChanged") -> None:
        """See Listener."""
        self._templates = pages.state
        if self._live_reload is not None:
            self._live_reload.publish_templates(pages.state)

    def stop(self) -> None:
        """See Listener."""
        if self._live_reload is not None:
            self._live_reload.stop()
            self._live_reload = None


def _other_port(port: int, url: str) -> Diagnostic:
    message = f"port {port} at `{ADDRESS}` is taken: open pages listen at `{url}`"
    hint = "end the program that has it, or name another `--port`; 0 is any that is free"
    return warning("watch/port", message, hint=hint)


def _no_port(fault: OSError) -> Diagnostic:
    message = f"no page can listen: {reason_text(fault)} at `{ADDRESS}`"
    notes = ["the watch goes on without live reload"]
    return warning("watch/livereload", message, notes=notes, hint="start the watch where programs may listen there")
