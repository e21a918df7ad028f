"""Real servers that behave badly: they take a connection and answer late, slowly or never."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

Behaviour = Callable[[socket.socket, Event], None]


def silent(_connection: socket.socket, is_over: Event) -> None:
    """Answer nothing."""
    is_over.wait()


def dripping(start: bytes) -> Behaviour:
    """Answer `start`, and then a byte at a time without end."""

    def drip(connection: socket.socket, is_over: Event) -> None:
        connection.sendall(start)
        while not is_over.wait(0.02):
            connection.sendall(b"x")

    return drip


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n"
BEHAVIOURS = {
    "silent": silent,
    "dripping its status": dripping(b"HTTP/1.1 200 "),
    "dripping a header": dripping(HEAD + b"A: "),
    "dripping its content": dripping(HEAD + b"\r\n"),
}


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[str]:
    """The URL of a server that behaves like that."""
    is_over = Event()

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(100_000)
            behaviour(connection, is_over)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threads.append(Thread(target=serve, args=(listener.accept()[0],)))
                threads[-1].start()

    threads: list[Thread] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepting = Thread(target=accept)
        accepting.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        is_over.set()
        with suppress(OSError):  # Windows accepts until the listener is closed
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
    for thread in threads:
        thread.join()
