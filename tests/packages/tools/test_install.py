"""Tools from a registry that works, and from one that does not: never anything that is half there."""

import errno
import json
import os
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from buildassets.cli.parse.permissions import permission_of
from buildassets.errors import BuildAssetsError, ConfigError
from buildassets.foundation.permission import BUILDING
from buildassets.packages.lock import Lock, LockedTool, read_lock, write_lock
from buildassets.packages.registry.registry import Registry as Client
from buildassets.packages.registry.settings import registry_settings
from buildassets.packages.tools.install import (
    RequestedTool,
    Workshop,
    asked_for,
    install,
    outdated,
    remove,
    update,
    verify,
)
from buildassets.packages.tools.kinds import TOOLS, platform_of
from buildassets.packages.tools.located import locked_command
from tests.conftest import read_tree, write_tree
from tests.packages.server import Registry, answering, archive, cut_off, integrity_of, member, respond, serving, tarball

pytestmark = pytest.mark.usefixtures("impatient")

KIND = TOOLS["esbuild"]
HERE = platform_of(KIND)
PACKAGE = KIND.package_for(HERE)
ESBUILD = RequestedTool("esbuild")
DAY_SECONDS = 86_400


def publish(registry: Registry, *versions: str, platforms: tuple[str, ...] = KIND.platforms) -> None:
    """Releases of esbuild, whose programs are scripts."""
    for version in versions:
        for platform in platforms:
            (program,) = KIND.files_for(platform)
            content = tarball({program: f"#!/bin/sh\necho {version}\n", "package.json": "{}"}, 0o755)
            registry.publish(KIND.package_for(platform), version, content)


def shop_of(project: Path, registry: Registry, *, now: float = 2e9, min_age_days: float = 0) -> Workshop:
    settings = registry_settings(str(project), registry.url, permission=permission_of("tools install"))
    client = Client(settings)
    return Workshop(str(project), str(project.parent / "tools"), lambda: client, now, BUILDING, min_age_days)


def nothing_is_there(project: Path) -> bool:
    return not read_tree(project) and not read_tree(project.parent / "tools")


def refused(shop: Workshop, *asked: RequestedTool) -> str:
    """The code of what is wrong, after which nothing is there."""
    with pytest.raises(BuildAssetsError) as caught:
        install(shop, asked or (ESBUILD,))
    assert nothing_is_there(Path(shop.folder))
    return caught.value.diagnostics[0].code


def test_the_newest_release_is_locked_for_every_platform(bare: Path, registry: Registry) -> None:
    publish(registry, "0.27.0", "0.28.1")
    done = install(shop_of(bare, registry), [ESBUILD])
    tool = read_lock(str(bare)).tools["esbuild"]
    assert (tool.version, tool.license, set(tool.platforms)) == ("0.28.1", "MIT", set(KIND.platforms))
    assert done.fetched == ("esbuild",)
    assert all(len(one.files) == 1 for one in tool.platforms.values())
    command = locked_command(str(bare), "esbuild")
    assert command is not None
    assert (command.version, Path(command.command[0]).read_text()) == ("0.28.1", "#!/bin/sh\necho 0.28.1\n")


def test_a_range_is_its_newest_version_and_is_kept(bare: Path, registry: Registry) -> None:
    publish(registry, "0.27.0", "0.27.3", "0.28.1")
    install(shop_of(bare, registry), [asked_for("esbuild@0.27")])
    tool = read_lock(str(bare)).tools["esbuild"]
    assert (tool.version, tool.range) == ("0.27.3", "0.27")


def test_an_update_stays_in_the_range(bare: Path, registry: Registry) -> None:
    publish(registry, "0.27.0")
    install(shop_of(bare, registry), [asked_for("esbuild@0.27")])
    publish(registry, "0.27.4", "0.28.1")
    assert [(one.wanted, one.newest) for one in outdated(shop_of(bare, registry)).found] == [("0.27.4", "0.28.1")]
    update(shop_of(bare, registry), [])
    assert read_lock(str(bare)).tools["esbuild"].version == "0.27.4"


def test_an_update_never_goes_back_to_a_version_that_is_older(bare: Path, registry: Registry) -> None:
    publish(registry, "0.25.11", "0.28.2")
    install(shop_of(bare, registry), [ESBUILD])
    for platform in KIND.platforms:
        registry.packages[KIND.package_for(platform)]["time"]["0.28.2"] = "2033-05-17T00:00:00.000Z"
    patient = shop_of(bare, registry, min_age_days=7)
    assert outdated(patient).found == ()
    update(patient, [])
    assert read_lock(str(bare)).tools["esbuild"].version == "0.28.2"
    install(patient, [asked_for("esbuild@0.25")])
    assert read_lock(str(bare)).tools["esbuild"].version == "0.25.11"


def test_a_locked_tool_without_a_range_stays_and_keeps_its_own(bare: Path, registry: Registry) -> None:
    publish(registry, "0.27.0")
    install(shop_of(bare, registry), [asked_for("esbuild@0.27")])
    publish(registry, "0.27.4", "0.28.1")
    done = install(shop_of(bare, registry), [ESBUILD])
    tool = read_lock(str(bare)).tools["esbuild"]
    assert (done.kept, done.fetched, tool.version, tool.range) == (("esbuild",), (), "0.27.0", "0.27")
    install(shop_of(bare, registry), [asked_for("esbuild@*")])
    assert read_lock(str(bare)).tools["esbuild"].version == "0.28.1"


def test_a_locked_tool_without_a_range_is_fetched_where_it_is_not_here(bare: Path, registry: Registry) -> None:
    publish(registry, "0.27.0")
    install(shop_of(bare, registry), [asked_for("esbuild@0.27")])
    (home,) = (path for path in (bare.parent / "tools").iterdir() if path.is_dir())
    home.rename(bare.parent / "away")
    assert install(shop_of(bare, registry), [ESBUILD]).fetched == ("esbuild",)
    assert verify(shop_of(bare, registry)) == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [("esbild", "did you mean `esbuild`?"), ("dart-sass", "run `buildassets tools install dart-sass`")],
)
def test_a_mistyped_name_has_the_tool_that_is_meant(bare: Path, registry: Registry, name: str, hint: str) -> None:
    publish(registry, "0.27.0")
    install(shop_of(bare, registry), [ESBUILD])
    with pytest.raises(ConfigError) as caught:
        remove(str(bare), [name], permission=BUILDING)
    assert caught.value.diagnostics[0].hint == hint


def test_an_update_passes_over_a_tool_that_a_newer_version_has_locked(bare: Path, registry: Registry) -> None:
    publish(registry, "0.27.0", "0.27.4")
    write_lock(str(bare), Lock({"rolldown": LockedTool("1.0.0", "MIT", {})}), permission=BUILDING)
    install(shop_of(bare, registry), [asked_for("esbuild@0.27.0")])
    update(shop_of(bare, registry), [])
    update(shop_of(bare, registry), [asked_for("esbuild@0.27")])
    assert {name: tool.version for name, tool in read_lock(str(bare)).tools.items()} == {
        "esbuild": "0.27.4",
        "rolldown": "1.0.0",
    }


def test_without_names_exactly_the_lock_is_installed(bare: Path, registry: Registry) -> None:
    publish(registry, "0.28.1")
    install(shop_of(bare, registry), [ESBUILD])
    publish(registry, "0.28.2")
    text = (bare / "buildassets.lock").read_text()
    before = read_tree(bare.parent / "tools")
    for path in (bare.parent / "tools").rglob("*"):
        if path.is_file():
            path.unlink()
    assert install(shop_of(bare, registry), []).fetched == ("esbuild",)
    assert read_tree(bare.parent / "tools") == before
    assert (bare / "buildassets.lock").read_text() == text


def test_an_installed_tool_needs_no_network(bare: Path, registry: Registry) -> None:
    publish(registry, "0.28.1")
    install(shop_of(bare, registry), [ESBUILD])
    registry.asked.clear()
    assert install(shop_of(bare, registry), []).fetched == ()
    assert verify(shop_of(bare, registry)) == []
    assert registry.asked == []


def test_a_locked_tool_is_not_fetched_again(bare: Path, registry: Registry) -> None:
    publish(registry, "0.28.1")
    install(shop_of(bare, registry), [ESBUILD])
    registry.asked.clear()
    assert install(shop_of(bare, registry), [ESBUILD]).fetched == ()
    assert not [path for path in registry.paths if path.endswith(".tgz")]


def test_a_changed_program_is_reported_and_replaced(bare: Path, registry: Registry) -> None:
    publish(registry, "0.28.1")
    install(shop_of(bare, registry), [ESBUILD])
    (program,) = (path for path in (bare.parent / "tools").rglob("esbuild") if path.is_file())
    program.write_text("#!/bin/sh\nrm -rf ~\n")
    assert [one.code for one in verify(shop_of(bare, registry))] == ["tools/changed"]
    with pytest.raises(BuildAssetsError, match="is not what `buildassets"):
        locked_command(str(bare), "esbuild")
    assert install(shop_of(bare, registry), []).fetched == ("esbuild",)
    assert verify(shop_of(bare, registry)) == []


@pytest.mark.skipif(os.name == "nt", reason="modes do not decide what runs")
def test_a_program_without_permission_to_run_is_reported_and_replaced(bare: Path, registry: Registry) -> None:
    publish(registry, "0.28.1")
    install(shop_of(bare, registry), [ESBUILD])
    (program,) = (path for path in (bare.parent / "tools").rglob("esbuild") if path.is_file())
    program.chmod(0o644)
    (found,) = verify(shop_of(bare, registry))
    assert (found.code, found.message) == ("tools/changed", f"`{program}` cannot be run: its mode is 644")
    with pytest.raises(BuildAssetsError, match="cannot be run"):
        locked_command(str(bare), "esbuild")
    assert install(shop_of(bare, registry), []).fetched == ("esbuild",)
    assert verify(shop_of(bare, registry)) == []


def test_a_platform_without_the_release_is_named_with_the_newest_complete_one(bare: Path, registry: Registry) -> None:
    publish(registry, "0.27.0")
    publish(registry, "0.28.1", platforms=(HERE,))
    done = install(shop_of(bare, registry), [ESBUILD])
    tool = read_lock(str(bare)).tools["esbuild"]
    assert (tool.version, list(tool.platforms), tool.complete) == ("0.28.1", [HERE], "0.27.0")
    (found,) = done.diagnostics
    assert (found.code, found.is_error) == ("tools/platform", False)
    assert "`esbuild@0.27.0`" in (found.hint or "")


def test_a_machine_that_the_lock_lacks_is_offered_the_newest_complete_version(
    bare: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(registry, "0.27.0")
    publish(registry, "0.28.1", platforms=(HERE,))
    install(shop_of(bare, registry), [ESBUILD])
    monkeypatch.setattr("sys.platform", "darwin" if HERE.startswith("linux") else "linux")
    with pytest.raises(BuildAssetsError) as caught:
        locked_command(str(bare), "esbuild")
    (found,) = caught.value.diagnostics
    assert found.code == "tools/platform"
    assert "install esbuild@0.27.0" in (found.hint or "")


def test_young_releases_are_passed_over(bare: Path, registry: Registry) -> None:
    publish(registry, "0.28.0", "0.28.1")
    for platform in KIND.platforms:
        registry.packages[KIND.package_for(platform)]["time"]["0.28.1"] = "2033-05-17T00:00:00.000Z"
    shop = shop_of(bare, registry, now=2e9, min_age_days=7)  # 2033-05-18
    assert [one.code for one in install(shop, [ESBUILD]).diagnostics] == ["packages/young"]
    assert read_lock(str(bare)).tools["esbuild"].version == "0.28.0"
    checked = outdated(shop)
    assert (checked.found, [one.code for one in checked.diagnostics]) == ((), ["packages/young"])
    with pytest.raises(BuildAssetsError, match=r"esbuild/.*@0\.28\.1` that is old enough"):
        install(shop, [asked_for("esbuild@0.28.1")])
    assert read_lock(str(bare)).tools["esbuild"].version == "0.28.0"


def test_when_all_releases_are_too_young_the_setting_is_named(bare: Path, registry: Registry) -> None:
    publish(registry, "0.28.0")
    with pytest.raises(BuildAssetsError) as caught:
        install(shop_of(bare, registry, now=1_577_836_800 + DAY_SECONDS, min_age_days=3), [ESBUILD])
    assert "`min_age_days`" in (caught.value.diagnostics[0].hint or "")


def test_a_removed_tool_is_in_the_lock_no_more(bare: Path, registry: Registry) -> None:
    publish(registry, "0.28.1")
    install(shop_of(bare, registry), [ESBUILD])
    remove(str(bare), ["esbuild"], permission=BUILDING)
    assert locked_command(str(bare), "esbuild") is None
    with pytest.raises(ConfigError):
        remove(str(bare), ["esbuild"], permission=BUILDING)


@pytest.mark.parametrize("name", ["esbild", "../x", ""])
def test_an_unknown_tool_is_wrong_usage(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        asked_for(name)
    assert caught.value.diagnostics[0].code == "tools/unknown"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("tailwindcss", 'run `pip install "buildassets[tailwind]"`: it is a package of Python'),
        ("@tailwindcss/cli@4", 'run `pip install "buildassets[tailwind]"`: it is a package of Python'),
        ("lightningcss@1", 'run `pip install "buildassets[lightningcss]"`: it is a package of Python'),
        ("sass", "did you mean `dart-sass`?"),
        ("esbild", "did you mean `esbuild`?"),
        ("less", "use one of `esbuild`, `dart-sass`"),
    ],
)
def test_the_hint_for_an_unknown_tool_leads_to_what_was_meant(name: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        asked_for(name)
    assert caught.value.diagnostics[0].hint == hint


def test_scripts_of_a_package_never_run(bare: Path, registry: Registry) -> None:
    script = json.dumps({"scripts": {"preinstall": f"touch {bare}/ran", "postinstall": f"touch {bare}/ran"}})
    for platform in KIND.platforms:
        (program,) = KIND.files_for(platform)
        registry.publish(KIND.package_for(platform), "0.28.1", {program: "#!/bin/sh\n", "package.json": script})
    install(shop_of(bare, registry), [ESBUILD])
    assert not (bare / "ran").exists()


# A registry that is wrong: each takes one that works, and the path of the archive for this machine.


def _tarball_path(registry: Registry) -> str:
    return next(path for path in registry.archives if path.startswith(f"/{PACKAGE}/"))


def _replaced(content: bytes) -> Callable[[Registry], None]:
    """Another archive, with the digest that belongs to it."""

    def spoil(registry: Registry) -> None:
        registry.archives[_tarball_path(registry)] = content
        registry.release(PACKAGE, "0.28.1")["dist"]["integrity"] = integrity_of(content)

    return spoil


def _described(key: str, value: object) -> Callable[[Registry], None]:
    return lambda registry: registry.release(PACKAGE, "0.28.1")["dist"].update({key: value})


def _answered(*arguments: object, of: str = "package", **headers: str) -> Callable[[Registry], None]:
    def spoil(registry: Registry) -> None:
        path = f"/{PACKAGE}" if of == "package" else _tarball_path(registry)
        registry.answers[path] = answering(*arguments, **headers)  # type: ignore[arg-type]  # status, content

    return spoil


def _cut(registry: Registry) -> None:
    path = _tarball_path(registry)
    registry.answers[path] = cut_off(registry.archives[path])


def _cut_document(registry: Registry) -> None:
    registry.answers[f"/{PACKAGE}"] = cut_off(json.dumps(registry.packages[PACKAGE]).encode())


def _truncated(registry: Registry) -> None:
    path = _tarball_path(registry)
    registry.archives[path] = registry.archives[path][:-20]


def _changed(registry: Registry) -> None:
    path = _tarball_path(registry)
    registry.archives[path] = registry.archives[path][:-1] + b"x"


def _dropped(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.connection.close()


def _elsewhere(registry: Registry) -> None:
    registry.packages[PACKAGE]["name"] = "@esbuild/other"


def _hostile(*hostile: object) -> Callable[[Registry], None]:
    (program,) = KIND.files_for(HERE)
    return _replaced(archive([member(f"package/{program}", "x", mode=0o755), hostile]))  # type: ignore[list-item]


BAD = {
    "wrong hash": (_changed, "package/damaged"),
    "truncated": (_truncated, "package/damaged"),
    "connection ends early": (_cut, "registry/failed"),
    "document ends early": (_cut_document, "registry/failed"),
    "no hash": (_described("integrity", None), "package/damaged"),
    "sha1 only": (_described("integrity", "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="), "package/damaged"),
    "hash is no base64": (_described("integrity", "sha512-%%%"), "package/damaged"),
    "hash of another length": (_described("integrity", "sha512-AAAA"), "package/damaged"),
    "no tarball": (_described("tarball", None), "registry/missing"),
    "tarball is a file URL": (_described("tarball", "file:///etc/passwd"), "registry/missing"),
    "tarball is not there": (_answered(404, of="archive"), "registry/failed"),
    "tarball is a page": (_answered(200, b"<html>", of="archive"), "package/damaged"),
    "tarball is forbidden": (_answered(403, of="archive"), "registry/failed"),
    "tarball redirects for ever": (_answered(302, of="archive", Location="/x"), "registry/failed"),
    "tarball redirects to a file": (_answered(302, of="archive", Location="file:///etc/passwd"), "registry/failed"),
    "package is not there": (_answered(404), "registry/missing"),
    "package is a page": (_answered(200, b"<html>Sign in</html>"), "registry/failed"),
    "package is empty": (_answered(200, b""), "registry/failed"),
    "package is a list": (_answered(200, b"[]"), "registry/failed"),
    "package is nested without end": (_answered(200, b"[" * 100_000), "registry/failed"),
    "package is another one": (_elsewhere, "registry/failed"),
    "package without versions": (_answered(200, json.dumps({"name": PACKAGE}).encode()), "registry/missing"),
    "credentials are missing": (_answered(401), "registry/failed"),
    "too many requests": (_answered(429), "registry/failed"),
    "server error": (_answered(500), "registry/failed"),
    "bad gateway": (_answered(502), "registry/failed"),
    "connection dropped": (lambda registry: registry.answers.update({f"/{PACKAGE}": _dropped}), "registry/failed"),
    "no archive": (_replaced(b"no gzip"), "package/damaged"),
    "archive is half of one": (_replaced(tarball({"bin/esbuild": "x" * 9999})[:90]), "package/damaged"),
    "climbing": (_hostile(*member("package/../../../x", "x")), "package/member"),
    "absolute": (_hostile(*member("/tmp/x", "x")), "package/member"),
    "symbolic link": (_hostile(*member("package/x", kind=b"2", target="/etc")), "package/member"),
    "hard link": (_hostile(*member("package/x", kind=b"1", target="package/bin/esbuild")), "package/member"),
    "device": (_hostile(*member("package/x", kind=b"3")), "package/member"),
    "setuid": (_hostile(*member("package/x", "x", mode=0o4755)), "package/member"),
    "no program in it": (_replaced(tarball({"package.json": "{}"})), "package/member"),
}


@pytest.mark.parametrize(("spoil", "code"), BAD.values(), ids=BAD.keys())
def test_a_bad_registry_leaves_no_files(
    bare: Path, registry: Registry, spoil: Callable[[Registry], None], code: str
) -> None:
    publish(registry, "0.28.1")
    spoil(registry)
    assert refused(shop_of(bare, registry)) == code


def test_a_failed_update_leaves_the_lock_and_the_tool(bare: Path, registry: Registry) -> None:
    publish(registry, "0.28.0")
    install(shop_of(bare, registry), [ESBUILD])
    before = read_tree(bare), read_tree(bare.parent / "tools")
    publish(registry, "0.28.1")
    registry.archives[f"/{PACKAGE}/-/{HERE}-0.28.1.tgz"] += b"x"
    with pytest.raises(BuildAssetsError):
        update(shop_of(bare, registry), [])
    assert (read_tree(bare), read_tree(bare.parent / "tools")) == before


def test_another_archive_than_the_locked_one_is_refused(bare: Path, registry: Registry) -> None:
    publish(registry, "0.28.1")
    install(shop_of(bare, registry), [ESBUILD])
    for path in sorted((bare.parent / "tools").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    _replaced(tarball({KIND.files_for(HERE)[0]: "evil"}, 0o755))(registry)
    with pytest.raises(BuildAssetsError) as caught:
        install(shop_of(bare, registry), [])
    assert caught.value.diagnostics[0].code == "package/damaged"
    assert read_tree(bare.parent / "tools") == {}


@pytest.mark.parametrize("work", [install, update])
def test_registry_that_replaces_a_locked_version_changes_nothing(
    bare: Path, registry: Registry, work: Callable[..., object]
) -> None:
    publish(registry, "0.28.1")
    install(shop_of(bare, registry), [ESBUILD])
    platforms, tools = read_lock(str(bare)).tools["esbuild"].platforms, read_tree(bare.parent / "tools")
    _replaced(tarball({KIND.files_for(HERE)[0]: "evil"}, 0o755))(registry)
    work(shop_of(bare, registry), [RequestedTool("esbuild", "0.28.1")])
    assert (read_lock(str(bare)).tools["esbuild"].platforms, read_tree(bare.parent / "tools")) == (platforms, tools)


@pytest.mark.parametrize("work", [install, update])
def test_replaced_archive_of_a_locked_version_is_refused_where_the_tool_is_absent(
    bare: Path, registry: Registry, work: Callable[..., object]
) -> None:
    publish(registry, "0.28.1")
    install(shop_of(bare, registry), [ESBUILD])
    before = read_tree(bare)
    command = locked_command(str(bare), "esbuild")
    assert command is not None
    Path(command.command[0]).unlink()
    _replaced(tarball({KIND.files_for(HERE)[0]: "evil"}, 0o755))(registry)
    with pytest.raises(BuildAssetsError) as caught:
        work(shop_of(bare, registry), [RequestedTool("esbuild", "0.28.1")])
    assert (caught.value.diagnostics[0].code, read_tree(bare)) == ("package/damaged", before)


def test_platform_that_a_registry_adds_to_a_locked_version_changes_no_locked_digest(
    bare: Path, registry: Registry
) -> None:
    publish(registry, "0.28.1", platforms=(HERE,))
    install(shop_of(bare, registry), [ESBUILD])
    publish(registry, "0.28.1")
    _replaced(tarball({KIND.files_for(HERE)[0]: "evil"}, 0o755))(registry)
    before = (bare / "buildassets.lock").read_bytes()
    with pytest.raises(BuildAssetsError) as caught:
        update(shop_of(bare, registry), [])
    assert (caught.value.diagnostics[0].code, (bare / "buildassets.lock").read_bytes()) == ("package/damaged", before)


def test_no_network_is_reported_with_the_address(bare: Path, registry: Registry) -> None:
    shop = shop_of(bare, registry)
    registry.server_close()
    registry.shutdown()
    with pytest.raises(BuildAssetsError) as caught:
        install(shop, [ESBUILD])
    (found,) = caught.value.diagnostics
    assert (found.code, registry.url in found.message) == ("registry/failed", True)


def test_a_server_that_fails_once_is_asked_again(bare: Path, registry: Registry) -> None:
    publish(registry, "0.28.1")

    def once(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        del registry.answers[f"/{PACKAGE}"]
        respond(handler, 503, b"")

    registry.answers[f"/{PACKAGE}"] = once
    assert install(shop_of(bare, registry), [ESBUILD]).fetched == ("esbuild",)


def test_a_disk_that_is_full_leaves_nothing(bare: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(registry, "0.28.1")

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("buildassets.packages.archive.write_chunks", full)
    assert refused(shop_of(bare, registry)) == "packages/unwritable"


def test_a_folder_of_tools_that_is_a_file_is_reported(bare: Path, registry: Registry) -> None:
    publish(registry, "0.28.1")
    write_tree(bare.parent, {"tools": ""})
    with pytest.raises(BuildAssetsError) as caught:
        install(shop_of(bare, registry), [ESBUILD])
    assert caught.value.diagnostics[0].code == "packages/unwritable"


def test_two_at_once_install_one(bare: Path, registry: Registry) -> None:
    publish(registry, "0.28.1")
    outcomes: list[object] = []

    def work() -> None:
        try:
            outcomes.append(install(shop_of(bare, registry), [ESBUILD]).fetched)
        except BaseException as fault:
            outcomes.append(fault)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["('esbuild',)", "()", "()"]
    assert verify(shop_of(bare, registry)) == []


def test_leftovers_of_a_killed_install_are_removed(bare: Path, registry: Registry) -> None:
    publish(registry, "0.28.1")
    write_tree(bare.parent / "tools", {".new-0123456789abcdef/unpacked/bin/esbuild": "half"})
    install(shop_of(bare, registry), [ESBUILD])
    assert not [name for name in read_tree(bare.parent / "tools") if name.startswith(".new-")]


def test_credentials_go_to_the_registry_and_along_no_redirect(bare: Path, registry: Registry) -> None:
    publish(registry, "0.28.1")
    registry.expected = "Bearer s3cret"
    with serving() as other:
        path = _tarball_path(registry)
        other.archives[path] = registry.archives[path]
        there = other.url.rstrip("/") + path
        registry.answers[path] = answering(302, Location=there)
        host = registry.url.removeprefix("http:")
        write_tree(bare, {".npmrc": f"{host}:_authToken=s3cret\n"})
        install(shop_of(bare, registry), [ESBUILD])
        assert other.asked == [(path, None)]
    assert {authorization for _, authorization in registry.asked} == {"Bearer s3cret"}


def test_a_redirect_to_the_same_host_gets_no_credentials_either(bare: Path, registry: Registry) -> None:
    publish(registry, "0.28.1")
    path = _tarball_path(registry)
    registry.archives["/moved"] = registry.archives[path]
    registry.answers[path] = answering(302, Location="/moved")
    host = registry.url.removeprefix("http:")
    write_tree(bare, {".npmrc": f"{host}:_authToken=s3cret\n"})
    install(shop_of(bare, registry), [ESBUILD])
    assert dict(registry.asked)["/moved"] is None


def test_an_archive_on_another_host_gets_no_credentials(bare: Path, registry: Registry) -> None:
    publish(registry, "0.28.1")
    with serving() as other:
        path = _tarball_path(registry)
        other.archives[path] = registry.archives[path]
        _described("tarball", other.url.rstrip("/") + path)(registry)
        host = registry.url.removeprefix("http:")
        write_tree(bare, {".npmrc": f"{host}:_authToken=s3cret\n"})
        install(shop_of(bare, registry), [ESBUILD])
        assert other.asked == [(path, None)]


def test_no_message_has_a_credential(bare: Path, registry: Registry) -> None:
    registry.expected = "nobody"
    url = registry.url.replace("//", "//ada:s3cret@")
    client = Client(registry_settings(str(bare), url, permission=permission_of("tools install")))
    with pytest.raises(BuildAssetsError) as caught:
        install(Workshop(str(bare), str(bare.parent / "tools"), lambda: client, 2e9, BUILDING), [ESBUILD])
    assert "s3cret" not in repr(caught.value.diagnostics)


def test_a_proxy_is_asked_in_place_of_the_registry(bare: Path, registry: Registry) -> None:
    publish(registry, "0.28.1")
    write_tree(bare, {".npmrc": f"proxy={registry.url}\n"})
    client = Client(registry_settings(str(bare), "http://packages.invalid/", permission=permission_of("tools install")))
    for platform in KIND.platforms:
        name = KIND.package_for(platform)
        registry.answers[f"http://packages.invalid/{name}"] = answering(
            200, json.dumps(registry.packages[name]).encode()
        )
    for path, content in registry.archives.items():
        registry.answers[registry.url.rstrip("/") + path] = answering(200, content)
    install(Workshop(str(bare), str(bare.parent / "tools"), lambda: client, 2e9, BUILDING), [ESBUILD])
    assert f"http://packages.invalid/{PACKAGE}" in registry.paths


def test_a_lock_that_cannot_be_written_is_named(
    bare: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(registry, "0.28.0", "0.28.1")
    install(shop_of(bare, registry), [asked_for("esbuild@0.28.0")])
    before = read_tree(bare)

    def full(path: str, _: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)

    monkeypatch.setattr("buildassets.packages.lock.rewrite", full)
    with pytest.raises(BuildAssetsError) as caught:
        install(shop_of(bare, registry), [asked_for("esbuild@0.28")])
    assert caught.value.diagnostics[0].message.startswith("cannot write `buildassets.lock`")
    assert read_tree(bare) == before
