"""What one machine has built is found by another: in nginx, Redis, S3 and a folder, and only with the right keys."""

import json
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.compiler.cache.remote.servers import nginx, redis
from tests.compiler.cache.remote.sites import STEPS, Built, built, key_pair, site
from tests.release.s3 import BUCKET, s3_server

SECRET, PUBLIC = key_pair()
MAIN = {"main": [PUBLIC]}


@pytest.fixture(params=["nginx", "redis", "folder", "s3"])
def remote(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an empty remote cache, of each kind."""
    if request.param == "nginx":
        with nginx(tmp_path / "served") as url:
            yield url
    elif request.param == "redis":
        with redis(tmp_path / "redis") as url:
            yield url
    elif request.param == "s3":
        with s3_server() as server:
            for name, value in server.environment.items():
                monkeypatch.setenv(name, value)
            yield f"s3://{BUCKET}/cache"
    else:
        yield (tmp_path / "shared").as_uri()


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return (tmp_path / "shared").as_uri()


def written(place: Path, remote: str, key: str = SECRET, **variables: str) -> Built:
    """A first build, which writes to the remote cache."""
    return built(site(place, remote, MAIN), "--cache-write", **{"KEY": key, **variables})


def test_what_one_machine_wrote_another_reads(remote: str, tmp_path: Path) -> None:
    first = written(tmp_path / "first", remote)
    for attempt in range(9):  # on a busy machine that of S3 is too slow at first
        if first.codes == []:
            break
        first = written(tmp_path / f"again{attempt}", remote)
    second = built(site(tmp_path / "elsewhere/second", remote, MAIN))
    assert second.codes == []
    assert second.remote["hits"] == STEPS, second.text
    assert second.remote["misses"] == 0
    assert second.remote["bytes"] > 0
    assert second.document["anew"] == {}
    assert second.files == first.files


def test_a_build_reads_only_unless_it_is_asked_to_write(folder: str, tmp_path: Path) -> None:
    built(site(tmp_path / "first", folder, MAIN), KEY=SECRET)
    assert not (tmp_path / "shared").exists()


def test_after_an_edit_the_chain_leads_to_no_result(folder: str, tmp_path: Path) -> None:
    written(tmp_path / "first", folder)
    place = site(tmp_path / "second", folder, MAIN)
    (place / "assets/css/_own.scss").write_text(".own { width: 2px }\n")
    second = built(place)
    assert list(second.document["anew"]) == ["css/app.css"]
    assert b"2px" in b"".join(second.files.values())


def test_a_record_of_a_key_that_is_not_listed_is_a_miss(folder: str, tmp_path: Path) -> None:
    stranger, _ = key_pair()
    written(tmp_path / "first", folder, key=stranger)
    second = built(site(tmp_path / "second", folder, MAIN))
    assert second.remote["hits"] == 0
    assert second.codes == ["cache/remote"]
    assert "not signed by a key of its scope" in second.text


def test_a_writer_with_a_key_that_is_not_listed_is_warned(folder: str, tmp_path: Path) -> None:
    stranger, public = key_pair()
    first = written(tmp_path / "first", folder, key=stranger)
    assert first.codes == ["cache/trust"]
    assert f"list its public key, `{public}`" in first.document["diagnostics"][0]["hint"]


@pytest.mark.parametrize("key", [SECRET, f"hmac:{'ab' * 32}"], ids=["listed", "shared"])
def test_a_writer_whose_key_is_listed_or_shared_is_not_warned(folder: str, tmp_path: Path, key: str) -> None:
    assert written(tmp_path / "first", folder, key=key).codes == []


def test_a_scope_of_its_own_needs_no_listed_key(folder: str, tmp_path: Path) -> None:
    stranger, _ = key_pair()
    assert written(tmp_path / "first", folder, key=stranger, SCOPE="pull", READ="main").codes == []


def test_a_signed_record_is_a_miss_where_no_key_is_listed(folder: str, tmp_path: Path) -> None:
    written(tmp_path / "first", folder)
    assert built(site(tmp_path / "second", folder)).remote["hits"] == 0


def test_a_writer_replaces_records_that_do_not_verify(folder: str, tmp_path: Path) -> None:
    stranger, _ = key_pair()
    written(tmp_path / "first", folder, key=stranger)
    assert written(tmp_path / "second", folder).remote["hits"] == 0
    assert built(site(tmp_path / "third", folder, MAIN)).remote["hits"] == STEPS


def test_a_folder_without_keys_is_as_the_local_cache(folder: str, tmp_path: Path) -> None:
    built(site(tmp_path / "first", folder), "--cache-write")
    assert built(site(tmp_path / "second", folder)).remote["hits"] == STEPS


def test_unsigned_records_are_misses_where_a_key_is_listed(folder: str, tmp_path: Path) -> None:
    built(site(tmp_path / "first", folder), "--cache-write")
    assert built(site(tmp_path / "second", folder, MAIN)).remote["hits"] == 0


def test_without_a_key_nothing_is_written_over_http(tmp_path: Path) -> None:
    with nginx(tmp_path / "served") as url:
        first = built(site(tmp_path / "first", url), "--cache-write")
        assert first.codes == ["cache/trust"]
        second = built(site(tmp_path / "second", url, MAIN), "--cache-write")
        assert "`$BUILDASSETS_CACHE_KEY` is not set" in second.text
        assert not list((tmp_path / "served/cache").iterdir())


def test_scopes_do_not_see_one_another(folder: str, tmp_path: Path) -> None:
    written(tmp_path / "first", folder, SCOPE="branch")
    assert built(site(tmp_path / "second", folder, MAIN)).remote["hits"] == 0


def test_a_branch_reads_what_main_wrote_and_main_nothing_of_the_branch(folder: str, tmp_path: Path) -> None:
    written(tmp_path / "first", folder)
    branch, public = key_pair()
    trust = {**MAIN, "branch": [public]}
    place = site(tmp_path / "second", folder, trust)
    (place / "assets/b.js").write_text("changed( 1 );\n" * 99)
    second = built(place, "--cache-write", KEY=branch, SCOPE="branch", READ="main")
    assert second.remote["hits"] == 5
    shutil.rmtree(place / ".buildassets")
    shutil.rmtree(place / "build")
    assert built(place).remote["hits"] == 5
    shutil.rmtree(place / ".buildassets")
    shutil.rmtree(place / "build")
    assert built(place, SCOPE="branch", READ="main").remote["hits"] == STEPS


def test_with_hmac_whoever_has_the_key_reads(folder: str, tmp_path: Path) -> None:
    key = f"hmac:{'ab' * 32}"
    built(site(tmp_path / "first", folder), "--cache-write", KEY=key)
    assert built(site(tmp_path / "second", folder), KEY=key).remote["hits"] == STEPS
    assert built(site(tmp_path / "third", folder), KEY=f"hmac:{'cd' * 32}").remote["hits"] == 0


def test_another_scope_is_not_read_by_hmac(folder: str, tmp_path: Path) -> None:
    key = f"hmac:{'ab' * 32}"
    built(site(tmp_path / "first", folder), "--cache-write", KEY=key)
    second = built(site(tmp_path / "second", folder), KEY=key, SCOPE="branch", READ="main")
    assert second.remote["hits"] == 0
    assert second.codes == ["cache/trust"]


def test_of_several_keys_the_first_signs_and_all_verify(folder: str, tmp_path: Path) -> None:
    new, public = key_pair()
    written(tmp_path / "first", folder)
    assert built(site(tmp_path / "second", folder), KEY=f"{new} {SECRET}").remote["hits"] == STEPS
    shutil.rmtree(tmp_path / "shared")
    written(tmp_path / "third", folder, key=f"{new} {SECRET}")
    assert built(site(tmp_path / "fourth", folder, {"main": [public]})).remote["hits"] == STEPS


def test_moved_records_are_misses(folder: str, tmp_path: Path) -> None:
    written(tmp_path / "first", folder)
    records = sorted((tmp_path / "shared/ac").iterdir())
    contents = [path.read_bytes() for path in records]
    for path, content in zip(records, contents[1:] + contents[:1], strict=True):
        path.write_bytes(content)
    assert built(site(tmp_path / "second", folder, MAIN)).remote["hits"] == 0


def test_each_change_of_a_record_makes_it_a_miss(folder: str, tmp_path: Path) -> None:
    first = written(tmp_path / "first", folder)
    for path in (tmp_path / "shared/ac").iterdir():
        record = json.loads(path.read_bytes())
        record |= {"milliseconds": record["milliseconds"] + 1} if "milliseconds" in record else {"names": ["x"]}
        path.write_text(json.dumps(record))
    second = built(site(tmp_path / "second", folder, MAIN))
    assert second.remote["hits"] == 0
    assert second.files == first.files


def test_changed_bytes_are_misses_and_are_written_again(folder: str, tmp_path: Path) -> None:
    first = written(tmp_path / "first", folder)
    for path in (tmp_path / "shared/cas").iterdir():
        path.write_bytes(path.read_bytes()[:-1])
    second = written(tmp_path / "second", folder)
    assert second.remote["hits"] == 2  # copies that are not worthwhile: there are no bytes
    assert second.codes == ["cache/remote"]
    assert second.files == first.files
    assert built(site(tmp_path / "third", folder, MAIN)).remote["hits"] == STEPS


def test_nothing_of_the_machine_is_written(folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_TOKEN", "a-secret-of-this-machine")
    files = {"assets/a.js": f'shown( "a-secret-of-this-machine", "{tmp_path}" );\n', "assets/b.js": "shown( 1 );\n"}
    built(site(tmp_path / "first", folder, MAIN, files), "--cache-write", KEY=SECRET)
    stored = [path.read_bytes() for path in (tmp_path / "shared").rglob("*") if path.is_file()]
    sent = b"".join(zlib.decompress(content) if content[:1] == b"x" else content for content in stored)
    assert b"shown(1)" in sent
    assert b"a-secret-of-this-machine" not in sent
    assert str(tmp_path).encode() not in sent


def test_explain_shows_what_came_from_the_remote_cache(folder: str, tmp_path: Path) -> None:
    written(tmp_path / "first", folder)
    place = site(tmp_path / "second", folder, MAIN)
    built(place)
    command = [sys.executable, "-m", "buildassets", "explain", "b.js"]
    shown = subprocess.run(command, cwd=place, capture_output=True, text=True, check=True)
    assert "b.js: up to date, from the remote cache" in shown.stdout


def test_no_cache_leaves_the_remote_one_alone_too(folder: str, tmp_path: Path) -> None:
    built(site(tmp_path / "first", folder, MAIN), "--cache-write", "--no-cache", KEY=SECRET)
    assert not (tmp_path / "shared").exists()


def test_verbose_counts(folder: str, tmp_path: Path) -> None:
    written(tmp_path / "first", folder)
    command = [sys.executable, "-m", "buildassets", "build", "-v"]
    place = site(tmp_path / "second", folder, MAIN)
    shown = subprocess.run(command, cwd=place, capture_output=True, text=True, check=True)
    assert f"remote cache: {STEPS} hits, 0 misses, " in shown.stderr


def test_copies_of_what_shows_the_environment_stay_here(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_URL", "https://internal.example")
    files = {"assets/a.js": "".join(f"call( import.meta.env.API_URL, {number} );\n" for number in range(99))}
    place = site(tmp_path / "first", folder, MAIN, files)
    settings = (place / "buildassets.toml").read_text()
    (place / "buildassets.toml").write_text(f'env = ["API_URL"]\n{settings}')
    first = built(place, "--cache-write", KEY=SECRET)
    assert any(b"internal.example" in content for content in first.files.values())
    assert not (tmp_path / "shared/cas").exists()


def test_deltas_come_from_the_remote_cache_too(folder: str, tmp_path: Path) -> None:
    made = []
    for name, options in (("first", ["--cache-write"]), ("second", [])):
        place = site(tmp_path / name, folder, MAIN)
        settings = (place / "buildassets.toml").read_text()
        (place / "buildassets.toml").write_text(f'compress = ["zstd", "dcz"]\n{settings}[retain]\n')
        built(place, *options, KEY=SECRET)
        (place / "assets/b.js").write_text((place / "assets/b.js").read_text() + "more( 1 );\n")
        made.append(built(place, *options, KEY=SECRET))
    assert [name for name in made[0].files if ".dcz" in name]
    assert set(made[1].files) == set(made[0].files)
    assert (made[1].remote["misses"], made[1].document["anew"]) == (0, {})


def test_a_bucket_that_does_not_exist_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with s3_server() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        reader = built(site(tmp_path / "first", "s3://no-such-bucket/cache", MAIN))
    assert "the bucket does not exist" in reader.text
