"""The use of the remote cache by a build. Imports next to nothing: a build with nothing to do has that, too."""

from buildassets.foundation.frozen import frozen


@frozen
class RemoteUse:
    """The steps whose results came from the remote cache, and those that it was asked for in vain.

    `size_bytes` is the plain size of the results that came over the line; `seconds_saved` is the time that it took to
    make these elsewhere. After it `failed`, the server was asked no more. `kept_back` are the assets and files
    that are not written to it because they show a folder of this machine or a secret.
    """

    hits: int = 0
    misses: int = 0
    size_bytes: int = 0
    seconds_saved: float = 0.0
    failed: bool = False
    kept_back: tuple[str, ...] = ()
