"""An S3 server of this machine, and a connection to it that dies."""

import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from email.message import Message
from itertools import count
from threading import Thread

import pytest

from tests.conftest import NOT_SHOWN

BUCKET = "releases"


class S3:
    """A bucket on a server at `url`, which a process of its own serves."""

    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables by which clients find the server and are let in."""
        keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}
        return {**keys, "AWS_ENDPOINT_URL": self.url}

    def names(self, prefix: str) -> set[str]:
        """The names of what lies below `prefix`."""
        listed, _ = self._answer("GET", f"?list-type=2&prefix={prefix}/")
        return {name.removeprefix(f"{prefix}/") for name in re.findall("<Key>(.*?)</Key>", listed.decode())}

    def get(self, name: str) -> tuple[bytes, Message]:
        """A file as it is served, and its headers."""
        return self._answer("GET", f"/{name}")

    def put(self, name: str, content: bytes) -> None:
        """Store a file, or with no `name` make the bucket."""
        self._answer("PUT", name and f"/{name}", content)

    def _answer(self, method: str, what: str, content: bytes | None = None) -> tuple[bytes, Message]:
        signed = {"Authorization": "AWS key:which-the-server-does-not-look-at"}
        request = urllib.request.Request(f"{self.url}/{BUCKET}{what}", content, signed, method=method)
        with urllib.request.urlopen(request) as answer:
            return answer.read(), answer.headers


@contextmanager
def s3_server() -> Iterator[S3]:
    """Starts a server with an empty bucket."""
    pytest.importorskip("moto", reason=f"{NOT_SHOWN}: moto, which stands in for S3, is not installed")
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        url = next(found[0] for line in process.stderr if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
        reader = Thread(target=process.stderr.read, daemon=True)
        reader.start()
        server = S3(url)
        server.put("", b"")
        try:
            yield server
        finally:
            process.kill()
            reader.join()


class Line:
    """A way to a server on which each third connection is cut in the middle of its request.

    After `most_connections` the way is dead. It begins at `url`.
    """

    def __init__(self, server: str, most_connections: int = 10_000) -> None:
        self._server = ("127.0.0.1", int(server.rpartition(":")[2]))
        self._most_connections = most_connections
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cuts = 0
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Let nobody connect any more."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            for number in count(1):
                client, _ = self._listener.accept()
                if number > self._most_connections:
                    client.close()
                    continue
                self.cuts += number % 3 == 0
                most_bytes = 300 if number % 3 == 0 else 1_000_000
                Thread(target=self._carry, args=(client, most_bytes), daemon=True).start()

    def _carry(self, client: socket.socket, most_bytes: int) -> None:
        with suppress(OSError), closing(client), socket.create_connection(self._server) as server:
            Thread(target=self._answer, args=(server, client), daemon=True).start()
            while most_bytes > 0 and (sent := client.recv(min(most_bytes, 65536))):
                most_bytes -= len(sent)
                server.sendall(sent)
            client.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def _answer(server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while received := server.recv(65536):
                client.sendall(received)
            client.shutdown(socket.SHUT_WR)
