"""Front ends that Vite builds and serves, at the version in `tests/corpus/package-lock.json`."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from buildassets.runtime.vite import answers
from tests.conftest import Tree, wait_for, write_tree
from tests.corpus.packages import node_modules, run_tool
from tests.example.servers import free_port

LOGO: Final = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><circle cx="4" cy="4" r="4"/></svg>'
FRONT: Final[Tree] = {
    "front/package.json": '{"type": "module"}',
    "front/src/main.ts": """
    import { tide } from "./shared";
    import "./main.css";
    import logo from "./logo.svg";
    const app: Element = document.querySelector("#app")!;
    app.innerHTML = `<img src="${logo}"><p>${tide}</p>`;
    import("./lazy").then((lazy) => lazy.show(app));
    """,
    "front/src/admin.ts": 'import "./admin.css"; import { tide } from "./shared"; document.title = tide;',
    "front/src/shared.ts": 'import "./shared.css"; export const tide: string = "high";',
    "front/src/lazy.ts": """
    import "./lazy.css";
    import { tide } from "./shared";
    export const show = (app: Element) => app.insertAdjacentHTML("beforeend", `<i>lazy ${tide}</i>`);
    """,
    "front/src/main.css": "p { color: rgb(1, 2, 3); background: url(./logo.svg) }",
    "front/src/admin.css": "b { color: red }",
    "front/src/shared.css": "p { color: rgb(9, 9, 9); margin-left: 7px }",
    "front/src/lazy.css": "i { color: rgb(4, 5, 6) }",
    "front/src/logo.svg": LOGO,
}


SERVER: Final = "server: { origin: process.env.FRONT_ORIGIN },"


def config(base: str = "./", build: str = "") -> Tree:
    """Vite's configuration, with `base`, and more for `build`."""
    keys = f'manifest: true, assetsInlineLimit: 0, rollupOptions: {{ input: ["src/main.ts", "src/admin.ts"] }}, {build}'
    return {"front/vite.config.js": f"export default {{ base: {json.dumps(base)}, {SERVER} build: {{ {keys} }} }}"}


def settings(port: int | None = None, more: str = "") -> str:
    """Our configuration for what Vite built in `front`; its server has that port."""
    dev = f', dev = "http://localhost:{port}"' if port else ""
    return f'sources = ["assets", {{ path = "front/dist", manifest = ".vite/manifest.json"{dev} }}]\n{more}'


def vite_build(folder: Path, files: Tree = FRONT, vite: Tree | None = None, project: str = ".") -> Any:
    """Have Vite build `files` in `folder/front`, and return its manifest."""
    write_tree(folder, {"assets/app.css": "a { color: red }\n", **files, **(config() if vite is None else vite)})
    run_tool(folder / "front", "vite", "build", project=project)
    return json.loads((folder / "front/dist/.vite/manifest.json").read_text())


@contextmanager
def vite_server(front: Path, project: str = ".") -> Iterator[int]:
    """Vite's server for the folder `front`, by its port."""
    packages = front / "node_modules"
    if not packages.exists():
        packages.symlink_to(node_modules(project))
    port = free_port()
    command = [str(packages / ".bin/vite"), "--port", str(port), "--strictPort"]
    around = {**os.environ, "FRONT_ORIGIN": f"http://localhost:{port}"}
    quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=front, env=around, **quiet) as server:
        try:
            wait_for(lambda: answers(f"http://localhost:{port}", 5))
            yield port
        finally:
            server.terminate()
