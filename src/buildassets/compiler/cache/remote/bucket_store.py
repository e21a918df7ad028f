"""A remote cache in an object store, by fsspec: `s3://`, `gs://`, `az://`. Credentials are those of its library."""

from contextlib import suppress
from threading import Lock, Thread
from typing import Any

from buildassets.compiler.cache.remote.store import StoreError, too_large
from buildassets.foundation.credentials import masked

_PACKAGES = {"s3": "s3fs", "gs": "gcsfs", "az": "adlfs"}
_NO_BUCKET = "bucket does not exist"  # in what s3fs and gcsfs raise, as the services word it


class BucketStore:
    """The cache below `url`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = Lock()
        self._made: tuple[Any, str] | None = None
        with suppress(
            StoreError, RuntimeError
        ):  # threads meet it again, or none can be started; loading the library takes a second, in which nobody waits
            files, _ = self._files()
            Thread(target=self._connect, args=(files,), daemon=True).start()

    @staticmethod
    def _connect(files: Any) -> None:
        """Begin to connect while sources are looked for, where the library can: making a client takes half a second."""
        with suppress(Exception):
            files.connect()

    def get(self, name: str, most_bytes: int) -> bytes | None:
        """See Store."""
        files, folder = self._files()
        try:
            content = bytes(files.cat_file(f"{folder}/{name}", start=0, end=most_bytes + 1))
        except FileNotFoundError as fault:
            if _NO_BUCKET in str(fault):  # else a name that is wrong would be a miss at each build, in silence
                raise StoreError("the bucket does not exist", is_final=True) from None
            return None
        except Exception as fault:
            raise _fault(fault) from None
        if len(content) > most_bytes:
            raise too_large()
        return content

    def holds(self, name: str) -> bool:
        """See Store."""
        files, folder = self._files()
        try:
            files.info(f"{folder}/{name}", refresh=True)
        except FileNotFoundError:
            return False
        except Exception as fault:
            raise _fault(fault) from None
        return True

    def put(self, name: str, content: bytes, *, replace: bool) -> None:
        """See Store."""
        files, folder = self._files()
        try:
            if replace:
                files.pipe_file(f"{folder}/{name}", content)
            else:
                files.pipe_file(f"{folder}/{name}", content, mode="create")
        except FileExistsError:
            return
        except Exception as fault:
            raise _fault(fault) from None

    def leave(self) -> None:
        """See Store."""

    def close(self) -> None:
        """See Store."""

    def _files(self) -> tuple[Any, str]:
        """The file system of fsspec, and the folder in it; made by the first thread that needs it."""
        with self._lock:
            if self._made is None:
                self._made = self._opened()
            return self._made

    def _opened(self) -> tuple[Any, str]:
        package = _PACKAGES[self._url.partition(":")[0]]
        try:
            from fsspec.core import url_to_fs

            files, folder = url_to_fs(self._url, skip_instance_cache=True, use_listings_cache=False)
        except ImportError:
            reason = f"the package `{package}` is not installed"
            raise StoreError(reason, is_final=True) from None
        except Exception as fault:
            raise _fault(fault, is_final=True) from None
        return files, str(folder).rstrip("/")


def _fault(fault: Exception, *, is_final: bool = False) -> StoreError:
    """The error of whatever a library of an object store raises."""
    text = " ".join(masked(str(fault)).split())[:200]
    return StoreError(text or type(fault).__name__, is_final=is_final or isinstance(fault, PermissionError))
