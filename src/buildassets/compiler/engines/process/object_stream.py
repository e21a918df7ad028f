"""Exchanges Python objects over a socket with a process that this one started from its own modules.

Only values of the classes in `EXCHANGED` pass. `multiprocessing.Pipe` does the same for any object in twice the time,
and takes 12 ms to import.
"""

import pickle
import socket
from io import BytesIO
from struct import Struct
from time import monotonic
from typing import Any, Final

from buildassets.compiler.engines.process.channel import Channel

# Every class that a request or an answer may contain. Names that a module merely imports (`os.system`) are excluded.
_CLASSES: Final = {
    "buildassets.compiler.body": ("OnDisk",),
    "buildassets.compiler.config.values": (
        *(
            "BlockPlan",
            "ConfiguredCommand",
            "Config",
            "DataUrls",
            "EngineNames",
            "FontRule",
            "IconFolder",
            "ImageVariants",
            "ModuleBundle",
            "CacheSettings",
            "PackageRules",
            "Retain",
            "SourceRoot",
            "TemplateFolder",
            "Templates",
        ),
    ),
    "buildassets.compiler.engines.protocol": ("Compiled", "Templating"),
    "buildassets.compiler.fonts.subset": ("FontMetrics", "Subset"),
    "buildassets.compiler.images.size": ("Size",),
    "buildassets.compiler.images.variant": ("Icon", "Sprite", "Variant"),
    "buildassets.compiler.languages.reference": ("Directive", "Reference", "ReferenceKind"),
    "buildassets.compiler.languages.source_map.values": ("Origin", "SourceMap"),
    "buildassets.compiler.model": ("Draft", "Source"),
    "buildassets.compiler.transform.jobs": ("Drafted",),
    "buildassets.disk.file_sets": ("FileSet",),
    "buildassets.foundation.diagnostics": ("Diagnostic", "Location", "Severity"),
    "buildassets.foundation.permission": ("Permission",),
    "buildassets.manifest.model": ("Packages",),
    "buildassets.wheels.contents": ("ReleasedFile",),
}
EXCHANGED: Final = frozenset((module, name) for module, names in _CLASSES.items() for name in names)
_SIZE: Final = Struct("!Q")  # precedes each object: its length in bytes


class ForeignError(Exception):
    """The received bytes are not a value of an exchanged class; the text describes them."""


class ObjectStream:
    """One end of the exchange, which never blocks the other: see Channel."""

    def __init__(self, end: socket.socket) -> None:
        self._channel = Channel(end)

    def send(self, value: object) -> None:
        """Send `value`; raises ConnectionError if the other end is closed."""
        pickled = pickle.dumps(value)
        self._channel.send(_SIZE.pack(len(pickled)) + pickled)

    def receive(self, limit_seconds: float | None = None) -> Any:
        """Wait for the next value; raises EOFError if the other end is closed, TimeoutError after the limit.

        After TimeoutError, and after ForeignError, the stream cannot be used any more.
        """
        deadline = None if limit_seconds is None else monotonic() + limit_seconds
        try:
            (size,) = _SIZE.unpack(self._taken(_SIZE.size, deadline))
            pickled = self._taken(size, deadline)
        except ConnectionError:
            raise EOFError from None
        return value_of(pickled)

    def close(self) -> None:
        """Close the socket."""
        self._channel.close()

    def _taken(self, size: int, deadline: float | None) -> bytes:
        while len(self._channel.received) < size:
            self._channel.receive(deadline)
        return self._channel.taken(0, size)


class _Values(pickle.Unpickler):
    """Loads values of the classes in EXCHANGED.

    Each has a `__setstate__`, so that no pickle sets attributes of the class itself or of an enumeration's member.
    """

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in EXCHANGED:
            raise ForeignError(f"it holds a `{module}.{name}`")
        return super().find_class(module, name)


def value_of(pickled: bytes) -> Any:
    """The value that another process made these bytes of; raises ForeignError if its class is not among EXCHANGED."""
    try:
        return _Values(BytesIO(pickled)).load()
    except ForeignError:
        raise
    except Exception as fault:  # unpickling other bytes can raise any exception
        raise ForeignError(f"it cannot be read: {type(fault).__name__}") from None
