"""`buildassets tools`: installs compilers that are programs, at the versions in the lock."""

import time
from dataclasses import asdict
from typing import Any

import click

from buildassets.cli.packages import kept_line, ranges_of, registry_for, show_newer
from buildassets.cli.parse.options import configured_for_packages, package_options
from buildassets.cli.parse.permissions import permitted
from buildassets.cli.show.output import Output, print_data
from buildassets.compiler.config.values import Config
from buildassets.compiler.engines.tools import tools_in_use
from buildassets.disk.tools_folder import tools_folder
from buildassets.packages.lock import LockedTool, read_lock
from buildassets.packages.tools.install import (
    Installed,
    RequestedTool,
    Workshop,
    asked_for,
    install,
    outdated,
    remove,
    update,
    verify,
)


@click.group("tools", no_args_is_help=False)
def command() -> None:
    """Install compilers at locked versions: esbuild, Dart Sass."""


@command.command("install")
@click.argument("names", nargs=-1, metavar="[NAME[@RANGE]]...")
@package_options
def install_verb(names: tuple[str, ...], config_file: str | None, *, as_json: bool, quiet: bool) -> int:
    """Lock tools in `buildassets.lock` and download them. Without NAME, download the tools in the lock."""
    config = configured_for_packages(config_file, permission=permitted("tools install"))
    show = Output(as_json, quiet=quiet)
    return _finish(show, install(workshop(config, show), _asked(names)))


@command.command("update")
@click.argument("names", nargs=-1, metavar="[NAME[@RANGE]]...")
@package_options
def update_verb(names: tuple[str, ...], config_file: str | None, *, as_json: bool, quiet: bool) -> int:
    """Update tools to the newest versions in their ranges. Without NAME, update all tools."""
    config = configured_for_packages(config_file, permission=permitted("tools update"))
    show = Output(as_json, quiet=quiet)
    return _finish(show, update(workshop(config, show), _asked(names)))


@command.command("list")
@package_options
def list_verb(config_file: str | None, *, as_json: bool, quiet: bool) -> int:
    """List tools: version, licence, origin, settings that use them."""
    config = configured_for_packages(config_file, permission=permitted("tools list"))
    show = Output(as_json, quiet=quiet)
    lock = read_lock(config.folder)
    found = {
        name: {
            **asdict(tool),
            "license": lock.tools[name].license if name in lock.tools else "",
            "uses": _uses(config, name),
        }
        for name, tool in tools_in_use(config.folder, permission=config.permission).items()
    }
    code = show.finish(ok=True, diagnostics=(), document={"tools": found})
    if not as_json:
        print_data(_line(name, tool) for name, tool in found.items())
    return code


def _line(name: str, tool: dict[str, Any]) -> str:
    """A tool as `list` prints it: `esbuild 0.28.2, MIT, lock, for engines.js`."""
    version = tool["version"] or ("of a version not known without running it" if tool["origin"] else "is not here")
    parts = [f"{name} {version}", tool["license"], tool["origin"]]
    uses = f"for {', '.join(tool['uses'])}" if tool["uses"] else ""
    return ", ".join(filter(None, (*parts, uses, tool["version"] and tool["fault"])))


@command.command("outdated")
@package_options
def outdated_verb(config_file: str | None, *, as_json: bool, quiet: bool) -> int:
    """List tools with newer versions in the registry. Exit with 1 if there are any."""
    show = Output(as_json, quiet=quiet)
    return show_newer(
        show, outdated(workshop(configured_for_packages(config_file, permission=permitted("tools outdated")), show))
    )


@command.command("remove")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@package_options
def remove_verb(names: tuple[str, ...], config_file: str | None, *, as_json: bool, quiet: bool) -> int:
    """Remove tools from `buildassets.lock`."""
    config = configured_for_packages(config_file, permission=permitted("tools remove"))
    lock = remove(config.folder, names, permission=config.permission)
    show = Output(as_json, quiet=quiet)
    show.report(f"removed {', '.join(names)} from the lock")
    return show.finish(ok=True, diagnostics=(), document={"tools": _documents(lock.tools)})


@command.command("verify")
@package_options
def verify_verb(config_file: str | None, *, as_json: bool, quiet: bool) -> int:
    """Compare the tools' files with the lock. Exit with 1 if one is missing or changed."""
    config = configured_for_packages(config_file, permission=permitted("tools verify"))
    show = Output(as_json, quiet=quiet)
    found = verify(workshop(config, show))
    tools = read_lock(config.folder).tools
    if not found:
        show.report(f"verified {', '.join(tools) or 'nothing: the lock has no tools'}")
    return show.finish(ok=not found, diagnostics=found, document={"tools": _documents(tools)})


def workshop(config: Config, show: Output) -> Workshop:
    """The Workshop for the tools of `config`."""
    days = config.packages.min_age_days
    return Workshop(
        config.folder,
        tools_folder(),
        registry=registry_for(config),
        now_seconds=time.time(),
        permission=config.permission,
        min_age_days=days,
        report=show.report,
    )


def _asked(names: tuple[str, ...]) -> list[RequestedTool]:
    """The tools in `NAME` or `NAME@RANGE`, each once. Raises ConfigError and UsageError."""
    asked = map(asked_for, names)
    return [RequestedTool(name, wanted) for name, wanted in ranges_of((one.name, one.range) for one in asked).items()]


def _finish(show: Output, done: Installed) -> int:
    tools = {name: tool.version for name, tool in done.lock.tools.items()}
    for name in done.fetched:
        show.report(f"installed {name} {tools[name]}")
    for name in done.kept:
        show.report(kept_line(name, done.lock.tools[name]))
    if not (done.fetched or done.kept):
        show.report("nothing to install" if tools else "nothing to install: the lock has no tools")
    return show.finish(
        ok=True,
        diagnostics=done.diagnostics,
        document={"tools": _documents(done.lock.tools), "installed": list(done.fetched)},
    )


def _documents(tools: "Any") -> dict[str, Any]:
    return {name: _document(tool) for name, tool in tools.items()}


def _document(tool: LockedTool) -> dict[str, Any]:
    platforms = sorted(tool.platforms)
    return {"version": tool.version, "license": tool.license, "range": tool.range, "platforms": platforms}


def _uses(config: Config, name: str) -> list[str]:
    """The settings that use the tool."""
    engines = {"engines.scss": config.engines.scss, "engines.js": config.engines.js, "engines.css": config.engines.css}
    uses = [setting for setting, engine in engines.items() if engine == name]
    return uses + ([f'bundles."{one}"' for one in sorted(config.module_bundles)] if name == "esbuild" else [])
