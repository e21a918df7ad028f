"""Values in the place of `import.meta.env`."""

import pytest

from buildassets.compiler.languages.edits import edited
from buildassets.compiler.languages.javascript.meta_env import meta_env_edits

VALUES: dict[str, str | bool] = {"API": 'a"b', "DEV": False, "MODE": "production"}
ALL = 'Object({"API": "a\\"b", "DEV": false, "MODE": "production"})'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p(import.meta.env.MODE)", 'p("production")'),
        ("p(import . meta\n.env . DEV)", "p(false)"),
        ("p(import.meta.env?.API)", 'p("a\\"b")'),
        ("p(import.meta.env.NOPE?.x)", "p(undefined?.x)"),
        ("p(`${import.meta.env.MODE}`)", 'p(`${"production"}`)'),
        ("p(import.meta.env)", f"p({ALL})"),
        ("const { MODE } = import.meta.env;", f"const {{ MODE }} = {ALL};"),
        ("a\nimport.meta.env[k]", f"a\n{ALL}[k]"),
        ("import.meta.env.MODE = 1", f"{ALL}.MODE = 1"),
        ("import.meta.env.MODE === 1", '"production" === 1'),
        ("delete import.meta.env.MODE", f"delete {ALL}.MODE"),
        ("import.meta.env.MODE++", f"{ALL}.MODE++"),
    ],
)
def test_names_become_values(text: str, expected: str) -> None:
    assert edited(text, meta_env_edits(text, VALUES)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "p('import.meta.env.MODE')",
        "// import.meta.env.MODE",
        "p(`import.meta.env.MODE`)",
        "p(/import.meta.env.MODE/)",
        "p(x.import.meta.env.MODE)",
        "p(meta.env.MODE)",
        "p(import.meta.environment)",
        "p(import.meta.url)",
    ],
)
def test_similar_text_stays(text: str) -> None:
    assert meta_env_edits(text, VALUES) == ()
