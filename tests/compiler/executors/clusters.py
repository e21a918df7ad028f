"""Dask clusters, for real: a scheduler and workers, each a process of its own, ended with the test."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.command import environment
from tests.conftest import PATIENCE_SECONDS, wait_for
from tests.example.servers import free_port, running

Process = subprocess.Popen[bytes]


class DaskProcesses(NamedTuple):
    """The processes of a cluster. `folder` is where each worker has its log."""

    port: int
    scheduler: Process
    workers: list[Process]
    folder: Path
    scheme: str = "dask"

    @property
    def name(self) -> str:
        """Its name for `--executor`."""
        return f"{self.scheme}://127.0.0.1:{self.port}"


@contextmanager
def dask_cluster(
    folder: Path, workers: int = 4, options: Sequence[str] = (), protocol: str = "tcp", **variables: str
) -> Iterator[DaskProcesses]:
    """A cluster with so many workers of one thread each; `options` are for all its processes."""
    port = free_port()
    scheduler = _dask("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show", *options)
    if protocol != "tcp":
        scheduler += ["--protocol", protocol]
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            first = stack.enter_context(running(scheduler, port, folder / "scheduler.log"))
        started = [
            stack.enter_context(_worker(folder, number, f"{protocol}://127.0.0.1:{port}", options, variables))
            for number in range(workers)
        ]
        wait_for(lambda: all(_is_registered(folder, number) for number in range(workers)))
        yield DaskProcesses(port, first, started, folder, "tls" if protocol == "tls" else "dask")


def _dask(role: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "dask", role, *arguments]


@contextmanager
def _worker(
    folder: Path, number: int, address: str, options: Sequence[str], variables: dict[str, str]
) -> Iterator[Process]:
    local = str(folder / f"worker{number}")
    command = _dask("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", local)
    with (folder / f"worker{number}.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *options], stdout=log, stderr=log, cwd=folder, env=environment(**variables)
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=PATIENCE_SECONDS)


def _is_registered(folder: Path, number: int) -> bool:
    return "Starting established connection" in (folder / f"worker{number}.log").read_text()


def certificate(folder: Path) -> dict[str, str]:
    """A certificate for all of a cluster, and Dask's settings that name it, as variables of the environment."""
    from datetime import datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cluster")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=2)).not_valid_after(now + timedelta(days=2))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    made = builder.sign(key, hashes.SHA256())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *private))
    settings = {"CA_FILE": "cert.pem"}
    for role in ("CLIENT", "SCHEDULER", "WORKER"):
        settings |= {f"{role}__CERT": "cert.pem", f"{role}__KEY": "key.pem"}
    return {f"DASK_DISTRIBUTED__COMM__TLS__{key}": str(folder / file) for key, file in settings.items()}
