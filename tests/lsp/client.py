"""An editor: speaks the Language Server Protocol with a server in this process, or with the command of users."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Thread, Timer
from types import TracebackType
from typing import IO, Any, BinaryIO, Protocol, Self

from buildassets.lsp.server import make_server
from tests.conftest import PATIENCE_SECONDS


class _Server(Protocol):
    """A running server. It reads messages from `stdin` and writes them to `stdout`."""

    stdin: IO[bytes]
    stdout: IO[bytes]

    def exit_code(self) -> int: ...

    def end(self) -> None: ...


class _Thread:
    """A server in a thread of this process."""

    def __init__(self) -> None:
        (read, write), (self._read, self._write) = os.pipe(), os.pipe()
        self.stdin: IO[bytes] = os.fdopen(write, "wb")
        self.stdout: IO[bytes] = os.fdopen(self._read, "rb")
        self._exit_code = -1
        self._thread = Thread(target=self._serve, args=(os.fdopen(read, "rb"),), daemon=True)
        self._thread.start()
        self._timer = Timer(PATIENCE_SECONDS, self.stdin.close)
        self._timer.start()

    def _serve(self, stdin: BinaryIO) -> None:
        with stdin, os.fdopen(self._write, "wb") as stdout:
            make_server().start_io(stdin, stdout)
            self._exit_code = 0

    def exit_code(self) -> int:
        """The exit code, once the server has ended."""
        self._thread.join(PATIENCE_SECONDS)
        return self._exit_code

    def end(self) -> None:
        """Close the streams, at whose end the server ends."""
        self._timer.cancel()
        self.stdin.close()
        self._thread.join(1)  # it has ended already, unless the test fails
        self.stdout.close()


class _Process:
    """The command `buildassets lsp` in `folder`."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        command = [sys.executable, "-m", "buildassets", "lsp", "--stdio"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.stdin: IO[bytes] = self._process.stdin
        self.stdout: IO[bytes] = self._process.stdout
        self._timer = Timer(PATIENCE_SECONDS, self._process.kill)
        self._timer.start()

    def exit_code(self) -> int:
        """The exit code, once the process has ended."""
        return self._process.wait(PATIENCE_SECONDS)

    def end(self) -> None:
        """Kill the process."""
        self._timer.cancel()
        self._process.kill()
        self._process.communicate()


class Editor:
    """A server whose workspace is `folder`: the command with an `environment` if one is given, or else a thread."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self._server: _Server = _Thread() if environment is None else _Process(folder, environment)
        self._number = 0
        self.folder = folder
        self.diagnostics: dict[str, list[Any]] = {}
        self.messages: list[str] = []
        folders = [{"uri": folder.as_uri(), "name": "project"}]
        self.capabilities = self.request(
            "initialize",
            {"processId": None, "rootUri": folder.as_uri(), "capabilities": {}, "workspaceFolders": folders},
        )["capabilities"]
        self.notify("initialized", {})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.request("shutdown", None)
            self.notify("exit", None)
            assert self._server.exit_code() == 0
        self._server.end()

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str | None = None) -> list[Any]:
        """Open a file, with its own text if none is given; returns its diagnostics."""
        content = (self.folder / name).read_text(encoding="utf-8") if text is None else text
        document = {"uri": self.uri(name), "languageId": "plaintext", "version": 1, "text": content}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return self.reported(name)

    def change(self, name: str, text: str) -> list[Any]:
        """Replace the text of an open file, without saving it; returns its diagnostics."""
        self.diagnostics.pop(self.uri(name), None)
        document = {"uri": self.uri(name), "version": 2}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
        return self.reported(name)

    def save(self, name: str) -> None:
        self.notify("textDocument/didSave", {"textDocument": {"uri": self.uri(name)}})

    def reported(self, name: str) -> list[Any]:
        """The diagnostics of a file, once there are some, or none."""
        while self.uri(name) not in self.diagnostics:
            self._receive()
        return self.diagnostics[self.uri(name)]

    def at(self, method: str, name: str, text: str, before: str) -> Any:
        """The answer for the place in the file `name`, whose text is `text`, behind the first `before`."""
        offset = text.index(before) + len(before)
        line = text[:offset].count("\n")
        character = len(text[text.rfind("\n", 0, offset) + 1 : offset].encode("utf-16-le")) // 2
        place = {"textDocument": {"uri": self.uri(name)}, "position": {"line": line, "character": character}}
        return self.request(f"textDocument/{method}", place)

    def labels(self, name: str, text: str, before: str) -> list[str]:
        """Return the labels of the proposals there."""
        return [item["label"] for item in self.at("completion", name, text, before)]

    def request(self, method: str, params: object) -> Any:
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self._number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def notify(self, method: str, params: object) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, object]) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self._server.stdin.flush()

    def _receive(self) -> Any:
        length = 0
        while line := self._server.stdout.readline().strip():
            name, _, value = line.partition(b": ")
            length = int(value) if name == b"Content-Length" else length
        assert length, "the server has ended"
        message = json.loads(self._server.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        if message.get("method") == "window/showMessage":
            self.messages.append(message["params"]["message"])
        return message
