"""`check --format`: what CI systems collect."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.command import BROKEN, SITE, run
from tests.conftest import Tree, write_tree

TWO_FAULTS: Tree = {**BROKEN, "assets/css/other.css": "\na { background: url(c.svg) }\nb { background: url(c.svg) }\n"}


def sarif(folder: Path, *arguments: str, code: int = 1) -> dict[str, Any]:
    done = run(folder, "check", "--format", "sarif", *arguments)
    assert done.returncode == code, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_sarif_is_a_log_of_version_2_1_0(tmp_path: Path) -> None:
    document = sarif(write_tree(tmp_path, BROKEN))
    (log,) = document["runs"]
    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("sarif-2.1.0.json")
    assert log["tool"]["driver"]["name"] == "buildassets"
    assert log["columnKind"] == "unicodeCodePoints"


def test_sarif_has_each_finding_at_its_place(tmp_path: Path) -> None:
    ((result,), rules) = (
        (log := sarif(write_tree(tmp_path, BROKEN))["runs"][0])["results"],
        log["tool"]["driver"]["rules"],
    )
    assert (result["level"], result["ruleId"]) == ("error", "reference/missing")
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert result["message"]["text"].startswith("cannot find `css/b.svg`\n")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "assets/css/broken.css", "uriBaseId": "%SRCROOT%"}
    assert {name: place["region"][name] for name in ("startLine", "startColumn", "endColumn")} == {
        "startLine": 1,
        "startColumn": 21,
        "endColumn": 26,
    }


def test_sarif_keeps_to_the_constraints_of_the_schema(tmp_path: Path) -> None:
    log = sarif(write_tree(tmp_path, TWO_FAULTS))["runs"][0]
    assert len(log["results"]) == 3
    for result in log["results"]:
        assert result["level"] in ("none", "note", "warning", "error")
        assert 0 <= result["ruleIndex"] < len(log["tool"]["driver"]["rules"])
        for location in result["locations"]:
            region = location["physicalLocation"]["region"]
            assert min(region["startLine"], region["startColumn"]) >= 1
            assert region["endColumn"] > region["startColumn"]


def test_a_rule_has_the_section_of_its_code(tmp_path: Path) -> None:
    (rule,) = sarif(write_tree(tmp_path, BROKEN))["runs"][0]["tool"]["driver"]["rules"]
    assert rule["fullDescription"]["text"].startswith("A reference names no asset")
    assert "error[reference/missing]" in rule["help"]["markdown"]
    assert "reference/missing-map" not in rule["help"]["markdown"]
    assert rule["defaultConfiguration"] == {"level": "error"}


def test_fingerprints_differ_and_stay_when_lines_move(tmp_path: Path) -> None:
    def prints() -> list[str]:
        results = sarif(tmp_path)["runs"][0]["results"]
        return [one["partialFingerprints"]["buildassets/v1"] for one in results]

    before = (write_tree(tmp_path, TWO_FAULTS), prints())[1]
    write_tree(tmp_path, {"assets/css/other.css": "\n\n\n" + str(TWO_FAULTS["assets/css/other.css"])})
    assert len(set(before)) == 3
    assert prints() == before


def test_paths_are_those_of_the_repository(tmp_path: Path) -> None:
    write_tree(tmp_path, {".git/HEAD": "", **{f"web site/{name}": text for name, text in BROKEN.items()}})
    (result,) = sarif(tmp_path / "web site")["runs"][0]["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact["uri"] == "web%20site/assets/css/broken.css"
    (issue,) = json.loads(run(tmp_path / "web site", "check", "--format", "gitlab").stdout)
    assert issue["location"]["path"] == unquote(artifact["uri"])


def test_gitlab_gets_its_list_of_issues(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, TWO_FAULTS), "check", "--format", "gitlab")
    issues = json.loads(done.stdout)
    assert done.returncode == 1
    assert len({issue.pop("fingerprint") for issue in issues}) == 3
    assert issues[0] == {
        "check_name": "reference/missing",
        "description": "cannot find `css/b.svg`\nnote: looked in `assets/`",
        "severity": "major",
        "location": {"path": "assets/css/broken.css", "lines": {"begin": 1}},
    }


def test_a_warning_is_minor_and_exits_with_0(tmp_path: Path) -> None:
    write_tree(tmp_path, {**BROKEN, "buildassets.toml": 'missing = "warn"\n'})
    done = run(tmp_path, "check", "--format", "gitlab")
    assert done.returncode == 0
    assert [issue["severity"] for issue in json.loads(done.stdout)] == ["minor"]
    assert sarif(tmp_path, code=0)["runs"][0]["results"][0]["level"] == "warning"


def test_nothing_wrong_is_an_empty_report(tmp_path: Path) -> None:
    write_tree(tmp_path, SITE)
    assert sarif(tmp_path, code=0)["runs"][0]["results"] == []
    assert json.loads(run(tmp_path, "check", "--format", "gitlab").stdout) == []


@pytest.mark.parametrize("form", ["sarif", "gitlab"])
def test_a_wrong_configuration_is_in_the_report_too(tmp_path: Path, form: str) -> None:
    done = run(write_tree(tmp_path, {**SITE, "buildassets.toml": "minfy = true\n"}), "check", "--format", form)
    assert done.returncode == 2
    assert "config/unknown-key" in json.dumps(json.loads(done.stdout))
    assert '"buildassets.toml"' in done.stdout


def test_finding_without_a_place_has_one_for_gitlab(tmp_path: Path) -> None:
    done = run(tmp_path, "check", "--format", "gitlab")
    (issue,) = json.loads(done.stdout)
    assert issue["location"]["lines"] == {"begin": 1}


def test_report_is_printed_with_no_other_text_than_the_count(tmp_path: Path) -> None:
    assert run(write_tree(tmp_path, BROKEN), "check", "--format", "sarif").stderr == "1 error, 0 warnings\n"
    assert run(tmp_path, "check", "--format", "sarif", "-q").stderr == ""


def test_annotations_are_printed_under_ci_too(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, BROKEN), "check", "--format", "sarif", CI="true")
    assert "::error col=21" in done.stderr


def test_json_and_text_are_formats_as_well(tmp_path: Path) -> None:
    write_tree(tmp_path, BROKEN)
    assert run(tmp_path, "check", "--format", "json").stdout == run(tmp_path, "check", "--json").stdout
    assert run(tmp_path, "check", "--format", "text").stderr == run(tmp_path, "check").stderr


def test_two_formats_exclude_each_other(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "check", "--json", "--format", "sarif")
    assert done.returncode == 2
    assert "`--json` and `--format sarif` exclude each other" in done.stderr
