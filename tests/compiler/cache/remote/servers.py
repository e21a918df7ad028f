"""Servers for a remote cache, for real: nginx with WebDAV and Redis. Each on a free port, ended with the test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import PATIENCE_SECONDS, find_tool
from tests.example.servers import free_port, redis_command, running

_NGINX = """worker_processes 1;
events {{ worker_connections 64; }}
http {{
  client_body_temp_path {folder}/client_body;
  proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  access_log {folder}/access.log;
  server {{
    listen 127.0.0.1:{port};
    client_max_body_size 64m;
    location /cache/ {{
      root {folder};
      dav_methods PUT;
      create_full_put_path on;
      {further}
    }}
  }}
}}
"""


@contextmanager
def nginx(folder: Path, further: str = "") -> Iterator[str]:
    """The URL of a cache in nginx, with its files in `folder` and `further` settings for their location."""
    port = free_port()
    (folder / "cache").mkdir(parents=True)
    (folder / "cache").chmod(0o777)
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, port=port, further=further))
    options = [
        "-p",
        str(folder),
        "-c",
        str(config),
        "-e",
        "stderr",
        "-g",
        f"daemon off; user root; pid {folder}/nginx.pid;",
    ]
    with running([find_tool("nginx", "/usr/sbin/nginx"), *options], port, folder / "nginx.log") as process:
        try:
            yield f"http://127.0.0.1:{port}/cache"
        finally:
            process.terminate()  # a killed master would leave its worker behind
            process.wait(timeout=PATIENCE_SECONDS)


@contextmanager
def redis(folder: Path, *options: str) -> Iterator[str]:
    """The URL of a cache in Redis."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    with running([*redis_command(port, folder), *options], port, folder / "redis.log"):
        yield f"redis://127.0.0.1:{port}/0"
