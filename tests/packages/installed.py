"""Tools as an install leaves them, put there by hand: a lock, and a folder of tools with what it states."""

from hashlib import sha256, sha512
from pathlib import Path

from buildassets.foundation.digest import sha512_text
from buildassets.foundation.permission import BUILDING
from buildassets.packages.lock import Lock, LockedPlatform, LockedTool, read_lock, write_lock
from buildassets.packages.tools.kinds import TOOLS, platform_of
from buildassets.packages.tools.located import program_files
from tests.conftest import write_tree


def put_tool(project: Path, tools: Path, name: str, version: str, text: str = "") -> list[Path]:
    """Lock the tool `name` of `project` and put programs of that `text` into the folder `tools`; gives their paths."""
    kind = TOOLS[name]
    platform = platform_of(kind)
    files = {file: sha256(text.encode()).hexdigest() for file in kind.files_for(platform)}
    locked = LockedPlatform(kind.package_for(platform), sha512_text(sha512(text.encode()).digest()), files)
    tool = LockedTool(version, "MIT", {platform: locked})
    write_lock(str(project), Lock({**read_lock(str(project)).tools, name: tool}), permission=BUILDING)
    paths = [Path(path) for path, _ in program_files(str(tools), name, tool)]
    for path in paths:
        write_tree(path.parent, {path.name: text})
        path.chmod(0o755)
    return paths
