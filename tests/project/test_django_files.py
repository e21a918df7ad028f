from pathlib import Path

import pytest

from buildassets.project.django_files import DjangoSettings, django_settings
from buildassets.project.files import ProjectFiles
from buildassets.project.python import UNKNOWN
from tests.conftest import Tree, watchdog, write_tree

MANAGE = "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site1.settings')\n"


@pytest.fixture(autouse=True)
def no_settings_of_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)


def settings(folder: Path, files: Tree) -> DjangoSettings | None:
    return django_settings(ProjectFiles(str(write_tree(folder, {"manage.py": MANAGE, **files}))))


@pytest.mark.parametrize(
    ("text", "applications"),
    [
        ("INSTALLED_APPS = ['a', 'b']", ["a", "b"]),
        ("OURS = ['a']\nINSTALLED_APPS = OURS + ['b']", ["a", "b"]),
        ("OURS = ('a',)\nINSTALLED_APPS = [*OURS, 'b']", ["a", "b"]),
        ("INSTALLED_APPS = ['a']\nINSTALLED_APPS += ['b']", ["a", "b"]),
        ("INSTALLED_APPS = ['a']\nINSTALLED_APPS = INSTALLED_APPS + ['b']", ["a", "b"]),
        ("INSTALLED_APPS = ['a']\nINSTALLED_APPS = ['b']", ["b"]),
        ("INSTALLED_APPS = ['a']\nif DEBUG:\n    INSTALLED_APPS = ['b']", None),
        ("INSTALLED_APPS = ['b']\nINSTALLED_APPS = ['a', *INSTALLED_APPS, 'c']", ["a", "b", "c"]),
        ("INSTALLED_APPS = ['a']\nINSTALLED_APPS.append('b')\nINSTALLED_APPS.extend(('c',))", ["a", "b", "c"]),
        ("INSTALLED_APPS = env.list('APPS')\nINSTALLED_APPS += ['a']", None),
        ("INSTALLED_APPS = ['a']\nINSTALLED_APPS += env.list('APPS')", None),
        ("def names():\n    NAMES = ['b']\nINSTALLED_APPS = ['a']", ["a"]),
        ("INSTALLED_APPS = ['a']" + "\nINSTALLED_APPS += INSTALLED_APPS" * 60, None),
        ("INSTALLED_APPS = ['a'] + more()", None),
        ("INSTALLED_APPS = [*UNKNOWN, 'a']", None),
        ("A = B\nB = A\nINSTALLED_APPS = [*A]", None),
        ("DEBUG = True", None),
    ],
)
def test_a_list_is_read_through_names_and_sums(text: str, applications: list[str] | None, tmp_path: Path) -> None:
    found = settings(tmp_path, {"site1/settings.py": text})
    assert found is not None
    assert found.texts("INSTALLED_APPS") == applications


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("BASE_DIR / 'a' / 'b'", "a/b"),
        ("BASE_DIR / 'a/b'", "a/b"),
        ("os.path.join(BASE_DIR, 'a', 'b')", "a/b"),
        ("str(BASE_DIR / 'a')", "a"),
        ("'/srv/a'", "/srv/a"),
        ("Path(__file__).resolve().parent.parent / 'a'", "a"),
        ("Path(__file__).resolve().parents[0] / 'a'", "site1/a"),
        ("os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'a')", "a"),
        ("f'{BASE_DIR}/a'", "a"),
        ("Path(__file__).parent.parent.parent / 'a'", None),
        ("'a'" + " + 'a'" * 3000, None),
        ("config.folder / 'a'", None),
        ("env('X', default='a')", None),
    ],
)
def test_a_path_is_read_in_its_usual_forms(value: str, path: str | None, tmp_path: Path) -> None:
    found = settings(tmp_path, {"site1/settings.py": f"STATIC_ROOT = {value}"})
    assert found is not None
    assert found.text("STATIC_ROOT") == path


@pytest.mark.parametrize(
    "line",
    [
        *("A = f'{A}{A}'", "A = os.path.join(A, A)", "A = Path(A) / A", "A = BASE_DIR.joinpath(A, A)", "A = A + A"),
        *("A = [A, A]", "A = [*A, *A]", "A = {'a': A, 'b': A}", "A = (A, {'a': A})"),
    ],
)
@pytest.mark.parametrize("first", ["A = 'xxxxxxxxxx'", "A = ['x']", "A = {'x': 'x'}"])
def test_values_that_double_with_each_line_are_not_followed(first: str, line: str, tmp_path: Path) -> None:
    text = f"{first}\n" + f"{line}\n" * 27
    with watchdog():
        found = settings(tmp_path, {"site1/settings.py": text})
        assert found is not None
        assert len(repr(found.value("A"))) < 1_000_000


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"A{number} = " for number in range(8000)) + "[" + "1," * 8000 + "]",
        "A = Path('/srv').parents[999_999_999]\n",
        "A = [1]\n"
        + "".join(f"A{one} = A\n" for one in range(900))
        + "".join(f"if Q: A{one}.append(2)\n" for one in range(900)),
        ("A" + "['a']" * 190 + " = 1\n") * 20,
        "A = {}\n" + "".join(f"A['k{one}'] = {{}}\n" for one in range(900)) + "A['k1']['x'] = 1\n" * 500,
    ],
    ids=["names", "parents", "aliases", "items", "tables"],
)
def test_settings_are_read_in_time_that_grows_with_them(text: str, tmp_path: Path) -> None:
    with watchdog():
        assert settings(tmp_path, {"site1/settings.py": text}) is not None


def test_setting_with_ten_thousand_keys_is_not_followed(tmp_path: Path) -> None:
    found = settings(tmp_path, {"site1/settings.py": "".join(f'A["k{number}"] = 1\n' for number in range(10_001))})
    assert found is not None
    assert found.value("A") is UNKNOWN


def test_imports_from_another_file_are_counted(tmp_path: Path) -> None:
    files: Tree = {
        "site1/settings/__init__.py": "from .base import *\nDEBUG = False\n",
        "site1/settings/base.py": "from site1.common import *\nSTATIC_URL = '/s/'\nDEBUG = True\n",
        "site1/common.py": "from .settings import *\nINSTALLED_APPS = ['a']\n",
    }
    found = settings(tmp_path, files)
    assert found is not None
    assert found.files == ("site1/settings/__init__.py", "site1/settings/base.py", "site1/common.py")
    assert (found.text("STATIC_URL"), found.texts("INSTALLED_APPS"), found.value("DEBUG")) == ("/s/", ["a"], False)


def test_a_project_whose_settings_are_elsewhere_has_none(tmp_path: Path) -> None:
    assert settings(tmp_path, {}) is None


COMPUTED = "os.environ.setdefault('DJANGO_SETTINGS_MODULE', '%s.settings' % name_of_project())\n"


@pytest.mark.parametrize(("folders", "module"), [(["site1"], "site1.settings"), (["site1", "site2"], None), ([], None)])
def test_a_module_that_manage_computes_is_the_only_one_there(
    folders: list[str], module: str | None, tmp_path: Path
) -> None:
    found = settings(tmp_path, {"manage.py": COMPUTED, **{f"{name}/settings.py": "A = 1\n" for name in folders}})
    assert (found and found.module) == module


def test_settings_that_django_split_settings_includes_are_read(tmp_path: Path) -> None:
    files: Tree = {
        "site1/settings/__init__.py": "from split_settings.tools import include, optional\n"
        "include('components/*.py', optional('local.py'))\nINSTALLED_APPS += ['c']\n",
        "site1/settings/components/a.py": "INSTALLED_APPS = ['a']\n",
        "site1/settings/components/b.py": "INSTALLED_APPS += ['b']\nSTATIC_URL = '/s/'\n",
    }
    found = settings(tmp_path, files)
    assert found is not None
    assert (found.texts("INSTALLED_APPS"), found.text("STATIC_URL")) == (["a", "b", "c"], "/s/")


def test_names_that_settings_import_one_by_one_are_read(tmp_path: Path) -> None:
    files: Tree = {
        "site1/settings.py": "from .apps import INSTALLED_APPS\nINSTALLED_APPS += ['b']\n",
        "site1/apps.py": "INSTALLED_APPS = ['a']\nSTATIC_URL = '/no/'\n",
    }
    found = settings(tmp_path, files)
    assert found is not None
    assert (found.texts("INSTALLED_APPS"), found.text("STATIC_URL")) == (["a", "b"], None)


def test_a_key_that_is_added_to_a_table_is_one_of_its_keys(tmp_path: Path) -> None:
    lines = (
        "STORAGES = {'default': {}}",
        "STORAGES['staticfiles'] = {'BACKEND': 'a'}",
        "STORAGES.update(x=1)",
        "STORAGES['staticfiles']['BACKEND'] = 'b'",
    )
    text = "\n".join(lines)
    found = settings(tmp_path, {"site1/settings.py": text})
    assert found is not None
    assert found.table("STORAGES") == {"default": {}, "staticfiles": {"BACKEND": "b"}, "x": 1}


@pytest.mark.parametrize(
    ("value", "folders"),
    [
        ("['a', BASE_DIR / 'b', ('p', os.path.join(BASE_DIR, 'c'))]", [("", "a"), ("", "b"), ("p", "c")]),
        ("['a', env('B')]", None),
        ("'a'", None),
    ],
)
def test_static_folders_are_read_with_their_prefixes(
    value: str, folders: list[tuple[str, str]] | None, tmp_path: Path
) -> None:
    found = settings(tmp_path, {"site1/settings.py": f"STATICFILES_DIRS = {value}"})
    assert found is not None
    assert found.folders() == folders


def folders_of(text: str, folder: Path, **others: str) -> list[str] | None:
    """The folders of `STATICFILES_DIRS` in settings with that text, beside the modules `others`."""
    modules: Tree = {f"site1/{name}.py": other for name, other in others.items()}
    found = settings(folder, {**modules, "site1/__init__.py": "", "site1/settings.py": text})
    assert found is not None
    known = found.folders()
    return known if known is None else [path for _, path in known]


@pytest.mark.parametrize(
    ("statement", "folders"),
    [
        ("STATICFILES_DIRS.insert(0, 'c')", ["c", "a", "b"]),
        ("STATICFILES_DIRS.append('c')", ["a", "b", "c"]),
        ("STATICFILES_DIRS.extend(('c',))", ["a", "b", "c"]),
        ("STATICFILES_DIRS, OTHER = ['c'], 1", ["c"]),
        ("print(len(STATICFILES_DIRS), sorted(STATICFILES_DIRS))", ["a", "b"]),
        ("NAME = STATICFILES_DIRS.index('b')", ["a", "b"]),
        ("STATICFILES_DIRS: list", ["a", "b"]),
        ("STATICFILES_DIRS.insert(1, 'c')", None),
        ("STATICFILES_DIRS.remove('a')", None),
        ("STATICFILES_DIRS.reverse()", None),
        ("LAST = STATICFILES_DIRS.pop()", None),
        ("STATICFILES_DIRS[0] = 'c'", None),
        ("STATICFILES_DIRS[:] = ['c']", None),
        ("STATICFILES_DIRS *= 1", None),
        ("del STATICFILES_DIRS[0]", None),
        ("del STATICFILES_DIRS", None),
        ("arrange(STATICFILES_DIRS)", None),
        ("if arrange(STATICFILES_DIRS): pass", None),
        ("OTHER = STATICFILES_DIRS\nOTHER += ['c']", None),
        ("OTHER = STATICFILES_DIRS\nSTATICFILES_DIRS += ['c']", None),
        ("OTHER = STATICFILES_DIRS", ["a", "b"]),
        ("OTHER = STATICFILES_DIRS = ('c',)\nOTHER += ('d',)", None),
        ("OTHER = list(STATICFILES_DIRS)\nOTHER.append('c')", ["a", "b"]),
        ("OTHER = STATICFILES_DIRS\narrange(OTHER)", None),
        ("if X:\n    OTHER = STATICFILES_DIRS\nOTHER.append('c')", None),
        ("OTHER = STATICFILES_DIRS\nif X:\n    OTHER = ['a', 'b']\nOTHER.append('c')", None),
        ("STATICFILES_DIRS = OTHER = ['c']\nOTHER.append('d')", None),
        ("for STATICFILES_DIRS in (): pass", None),
        ("print(STATICFILES_DIRS := ['c'])", None),
        ("from package import STATICFILES_DIRS", None),
        ("def arrange():\n    global STATICFILES_DIRS\n    STATICFILES_DIRS = []", None),
        ("globals()['STATICFILES_DIRS'] = ['c']", None),
        ("package.configure(locals())", None),
        ("exec(text)", None),
        ("from package.settings import *", None),
        ("from pathlib import *", ["a", "b"]),
    ],
)
def test_a_list_is_known_only_as_far_as_statements_show_what_they_do_to_it(
    statement: str, folders: list[str] | None, tmp_path: Path
) -> None:
    assert folders_of(f"STATICFILES_DIRS = ['a', 'b']\n{statement}\n", tmp_path) == folders


@pytest.mark.parametrize(
    "change",
    [
        "D = STATICFILES_DIRS\nD[0] = 'c'",
        "D = STATICFILES_DIRS\ndel D[0]",
        "D = STATICFILES_DIRS\nD[:] = ['c']",
        "D = STATICFILES_DIRS\nD += ['c']",
        "D = [STATICFILES_DIRS]\nD[0].append('c')",
        "D = {'d': STATICFILES_DIRS}\nD['d'].append('c')",
        "D = STATICFILES_DIRS if X else []\nD.append('c')",
        "D = X or STATICFILES_DIRS\nD.append('c')",
        "D, E = STATICFILES_DIRS, 1\nD.append('c')",
        "for D in (STATICFILES_DIRS,): D.append('c')",
        "[D.append('c') for D in (STATICFILES_DIRS,)]",
        "with context(STATICFILES_DIRS) as D: D.append('c')",
        "if D := STATICFILES_DIRS: D.append('c')",
        "add = STATICFILES_DIRS.append\nadd('c')",
        "getattr(STATICFILES_DIRS, 'append')('c')",
        "configure([STATICFILES_DIRS])",
        "configure(*STATICFILES_DIRS, dirs=STATICFILES_DIRS)",
        "def add(): STATICFILES_DIRS.append('c')\nadd()",
        "def change(): STATICFILES_DIRS[0] = 'c'\nchange()",
        "add = lambda: STATICFILES_DIRS.append('c')\nadd()",
        "class Add:\n    def __init__(self): STATICFILES_DIRS.append('c')\nAdd()",
        "def update(x): x.append('c')\nupdate(STATICFILES_DIRS)",
        "def change(): globals()['STATICFILES_DIRS'] = ['c']\nSTATICFILES_DIRS = ['a']\nchange()",
        "def change():\n    global STATICFILES_DIRS\n    STATICFILES_DIRS = ['c']\nSTATICFILES_DIRS = ['a']\nchange()",
        "this = sys.modules[__name__]\nthis.STATICFILES_DIRS = ['c']",
    ],
)
def test_a_list_that_is_changed_by_another_name_or_a_function_is_not_known(change: str, tmp_path: Path) -> None:
    assert folders_of(f"STATICFILES_DIRS = ['a', 'b']\n{change}\n", tmp_path) is None


@pytest.mark.parametrize(
    ("statements", "more"),
    [
        ("from .base import *\nfrom . import more", "from .base import *\nSTATICFILES_DIRS.append('c')"),
        (
            "from .base import *\nfrom .more import EXTRA",
            "from .base import *\nSTATICFILES_DIRS.append('c')\nEXTRA = 1",
        ),
        ("from .base import *\nfrom .more import add\nadd(STATICFILES_DIRS)", "def add(x): x.append('c')"),
        ("from . import base\nbase.STATICFILES_DIRS = ['c']\nfrom .base import *", ""),
        ("from . import base\nbase.STATICFILES_DIRS.append('c')\nfrom .base import *", ""),
        ("import site1.base as base\nD = base.STATICFILES_DIRS\nD.append('c')\nfrom .base import *", ""),
        (
            "from .base import *\ntry:\n    from .more import *\nexcept ImportError: pass",
            "STATICFILES_DIRS = ['c']\nimport lost",
        ),
        ("from .base import *\nfrom .more import *", "STATICFILES_DIRS = ['c']\n__all__ = compute()"),
    ],
)
def test_a_list_that_another_module_changes_is_not_known(statements: str, more: str, tmp_path: Path) -> None:
    modules = {"site1/settings.py": statements, "site1/more.py": more, "site1/base.py": "STATICFILES_DIRS = ['a', 'b']"}
    found = settings(tmp_path, modules)
    assert found is not None
    assert found.folders() is None


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("c = {'u': '/s/'}\nc['u'] = '/b/'\nSTATIC_URL = c['u']", None),
        ("STATIC_URL = '/s/'\nos.environ['STATIC_URL'] = 'https://c'", "/s/"),
        ("STATIC_URL = '/s/'\nctx = {}\nctx.update(STATIC_URL='/v2' + STATIC_URL)", "/s/"),
        ("A = '/a/'\nSTATIC_URL = '/b/'\nA, STATIC_URL = STATIC_URL, A", "/a/"),
        ("C = {'u': '/s/', **load()}\nSTATIC_URL = C['u']", None),
        ("K = 'u'\nC = {'u': '/s/', K: '/b/'}\nSTATIC_URL = C['u']", None),
        ("V = '1.2.3'\nSTATIC_URL = f'/s/{V:.3}/'", None),
        ("V = '1.2.3'\nSTATIC_URL = f'/s/{V!r}/'", None),
        ("STATIC_URL = '/'.join('abc')", None),
        ("def str(x): return '/b/'\nSTATIC_URL = str('/a/')", None),
        ("os.environ['A'] = '1'\nsys.path.insert(0, 'x')\nSTATIC_URL = '/s/'", "/s/"),
        ("env = environ.Env()\nenv.prefix = 'X'\nSTATIC_URL = '/s/'", "/s/"),
    ],
)
def test_a_text_is_known_only_where_the_statements_show_it(text: str, url: str | None, tmp_path: Path) -> None:
    found = settings(tmp_path, {"site1/settings.py": f"import os, sys, environ\n{text}\n"})
    assert found is not None
    assert found.text("STATIC_URL") == url


def test_a_folder_that_is_called_as_usual_and_computed_is_not_known(tmp_path: Path) -> None:
    assert folders_of("BASE_DIR = compute()\nSTATICFILES_DIRS = [BASE_DIR / 'a']\n", tmp_path) is None
    text = "BASE_DIR = os.path.dirname(os.path.abspath(os.path.join(__file__, '..')))\n"
    assert folders_of(f"{text}STATICFILES_DIRS = [os.path.join(BASE_DIR, 'a')]\n", tmp_path) == ["a"]


def test_a_list_that_is_assigned_again_after_an_unknown_change_is_known(tmp_path: Path) -> None:
    text = "STATICFILES_DIRS = ['a']\nSTATICFILES_DIRS.pop()\nSTATICFILES_DIRS = ['b']\n"
    assert folders_of(text, tmp_path) == ["b"]


@pytest.mark.parametrize(
    ("text", "folders"),
    [
        ("if X:\n    STATICFILES_DIRS = ['a']", None),
        ("if X:\n    STATICFILES_DIRS = ['a']\nelse:\n    STATICFILES_DIRS = ['b']", None),
        ("if X:\n    STATICFILES_DIRS = ['a']\nelse:\n    STATICFILES_DIRS = ['a']", ["a"]),
        ("STATICFILES_DIRS = ['a']\nif X:\n    STATICFILES_DIRS += ['b']", None),
        ("STATICFILES_DIRS = ['a']\nif X:\n    OTHER = 1", ["a"]),
        ("STATICFILES_DIRS = ['a']\nif X:\n    exec(text)", None),
        ("D = False\nif D:\n    STATICFILES_DIRS = ['a']\nelse:\n    STATICFILES_DIRS = ['b']", ["b"]),
        ("D = True\nif not D or D and D:\n    STATICFILES_DIRS = ['a']", ["a"]),
        ("D = True\nif D and X:\n    STATICFILES_DIRS = ['a']", None),
        (
            "match X:\n    case 1:\n        STATICFILES_DIRS = ['a']\n    case _:\n        STATICFILES_DIRS = ['b']",
            None,
        ),
        ("STATICFILES_DIRS = ['a']\nwhile X:\n    STATICFILES_DIRS = ['b']", None),
        ("STATICFILES_DIRS = []\nfor name in ('a', 'b'):\n    STATICFILES_DIRS.append(name)", None),
        ("try:\n    import package\n    STATICFILES_DIRS = ['a']\nexcept ImportError:\n    pass", None),
        ("try:\n    from .other import *\nexcept ImportError:\n    STATICFILES_DIRS = ['a']", None),
        ("try:\n    from .no import *\nexcept ImportError:\n    STATICFILES_DIRS = ['a']", None),
        ("STATICFILES_DIRS = ['a']\ntry:\n    from .no import *\nexcept ImportError:\n    pass", ["a"]),
        ("with suppress(ImportError):\n    import package\n    STATICFILES_DIRS = ['a']", None),
        ("with suppress(ImportError):\n    STATICFILES_DIRS = ['a']", None),
        ("class Development(Configuration):\n    STATICFILES_DIRS = ['a']", None),
        ("class A:\n    STATICFILES_DIRS = ['b']\nSTATICFILES_DIRS = ['a']", ["a"]),
        ("def names():\n    STATICFILES_DIRS = ['b']\nSTATICFILES_DIRS = ['a']", ["a"]),
    ],
)
def test_a_value_that_depends_on_an_unknown_condition_is_not_known(
    text: str, folders: list[str] | None, tmp_path: Path
) -> None:
    assert folders_of(text, tmp_path, other="STATICFILES_DIRS = ['o']\n") == folders


def test_keys_that_a_condition_decides_are_not_known(tmp_path: Path) -> None:
    text = "STORAGES = {'a': 1, 'b': 2}\nif X:\n    STORAGES['b'] = 3\n    STORAGES['c'] = 4\n"
    found = settings(tmp_path, {"site1/settings.py": text})
    assert found is not None
    assert found.table("STORAGES") == {"a": 1, "b": UNKNOWN, "c": UNKNOWN}


def test_applications_on_a_condition_are_among_those_that_may_be_installed(tmp_path: Path) -> None:
    text = "INSTALLED_APPS = ['a']\nif X:\n    INSTALLED_APPS = ['b', *INSTALLED_APPS]\n"
    found = settings(tmp_path, {"site1/settings.py": text})
    assert found is not None
    assert (found.texts("INSTALLED_APPS"), found.applications()) == (None, ["b", "a"])


def test_a_module_that_lists_its_public_names_gives_no_others(tmp_path: Path) -> None:
    other = "__all__ = ['OTHER']\nSTATICFILES_DIRS = ['o']\n"
    assert folders_of("STATICFILES_DIRS = ['a']\nfrom .other import *\n", tmp_path, other=other) == ["a"]


def test_a_module_sees_no_names_of_the_one_that_imports_it(tmp_path: Path) -> None:
    text = "FOLDER = 'a'\nfrom .other import *\n"
    assert folders_of(text, tmp_path, other="STATICFILES_DIRS = [FOLDER]\n") is None


def test_more_conditions_in_each_other_than_can_be_followed_leave_all_unknown(tmp_path: Path) -> None:
    chain = "".join(f"elif X == {number}:\n    STATICFILES_DIRS = ['b']\n" for number in range(2000))
    assert folders_of(f"STATICFILES_DIRS = ['a']\nif X:\n    pass\n{chain}", tmp_path) is None


@pytest.mark.parametrize(
    ("lines", "folders"),
    [
        ("_files = ('parts/a.py', optional('local.py'))\ninclude(*_files)", ["a"]),
        ("NAME = 'a'\ninclude(f'parts/{NAME}.py')", ["a"]),
        ("include('*/*.py')", ["a"]),
        ("include('*.py')", []),
        ("include('parts/a.py', f'parts/{ENVIRONMENT}.py')", None),
        ("include('parts/%s.py' % ENVIRONMENT)", None),
        ("include(*names())", None),
    ],
)
def test_files_that_split_settings_include_by_computed_names_leave_all_unknown(
    lines: str, folders: list[str] | None, tmp_path: Path
) -> None:
    files = {"parts/a": "STATICFILES_DIRS = ['a']\n", "parts/deep/b": "STATICFILES_DIRS = ['b']\n"}
    text = f"from split_settings.tools import include, optional\n{lines}\n"
    assert folders_of(text, tmp_path, **files) == folders


def test_file_in_included_settings_is_that_of_the_module_that_includes_them(tmp_path: Path) -> None:
    part = "from pathlib import Path\nSTATICFILES_DIRS = [Path(__file__).parent / 'a']\n"
    text = "from split_settings.tools import include\ninclude('parts/*.py')\n"
    assert folders_of(text, tmp_path, **{"parts/a": part}) == ["site1/a"]
