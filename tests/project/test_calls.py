import pytest

from buildassets.project.calls import read_module
from tests.conftest import watchdog


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("from flask import Flask\napp = Flask(__name__)", "flask", "app"),
        ("from flask import Flask as F\nit: F = F(__name__)", "flask", "it"),
        ("import flask\napp = flask.Flask(__name__)", "flask", "app"),
        ("import flask as f\nself.app = f.Flask(__name__)", "flask", "self.app"),
        ("from fastapi import FastAPI\nif x:\n    app = FastAPI()", "fastapi", "app"),
        ("import starlette.templating\nt = starlette.templating.Jinja2Templates('t')", "templates", "t"),
        ("import flask\nclass App:\n    def __new__(cls):\n        app = flask.Flask(__name__)", "flask", "app"),
        ("from jinja2 import Environment\nreturned = wrap(Environment())", "jinja", ""),
    ],
)
def test_call_is_found_by_its_import(text: str, kind: str, name: str) -> None:
    (made,) = read_module(text).made
    assert (made.kind, made.name) == (kind, name)


@pytest.mark.parametrize(
    "text", ["app = Flask(__name__)", "from own import Flask\napp = Flask()", "def (", "x = '" + "\0'"]
)
def test_call_of_another_package_is_ignored(text: str) -> None:
    assert read_module(text).made == ()


def test_calls_are_followed_in_time_that_grows_with_them() -> None:
    text = "".join(f"import m{number}\n" for number in range(15_000)) + "f()\n" * 15_000
    with watchdog():
        assert read_module(text).made == ()


def test_long_chain_of_names_is_followed() -> None:
    assert read_module("from flask import Flask\napp = Flask" + ".a" * 980 + "(static_folder='x')").made == ()
