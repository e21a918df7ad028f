"""`buildassets init`: shows what a project needs from us as a diff, and writes it."""

import os
import stat
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import chain, count
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING, Any, Final

import click

from buildassets.cli.packages import registry_for
from buildassets.cli.parse.options import configured_for_packages, init_options
from buildassets.cli.parse.permissions import permitted
from buildassets.cli.show.output import Output, count_text, print_diff
from buildassets.compiler.config.file import relative_to, working_directory
from buildassets.compiler.config.load import load_config
from buildassets.disk.files import bytes_at, write_whole
from buildassets.disk.folders import temporary_folder
from buildassets.disk.tools_folder import tools_folder
from buildassets.errors import BuildAssetsError, ConfigError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, warning
from buildassets.foundation.frozen import replace
from buildassets.foundation.permission import NOTHING
from buildassets.packages.lock import NAME, lock_text
from buildassets.programs.start import run, typed_command, with_project_python
from buildassets.release.report.savings import SMALLEST, savings_text
from buildassets.start.edits import FileEdit, write
from buildassets.start.proposal import Answers, InitProposal, Question, propose

if TYPE_CHECKING:
    _Proposed = tuple[InitProposal, list[Diagnostic]]

_YES: Final = ("y", "yes")
_SMALLEST: Final = ("s", "smallest")
_NEEDED: Final = "deployment then needs `buildassets tools install` and the extra `lightningcss`"
_MANAGE: Final = "manage.py"
_PATCHES: Final = ".buildassets/init{}.patch"


@click.command("init")
@click.option("-y", "--yes", "is_agreed", is_flag=True, help="Write the changes without asking.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Show the changes and write nothing.")
@click.option(
    "--smallest",
    "is_smallest",
    is_flag=True,
    help="Use the engines with the smallest results: lightningcss, and esbuild at a locked version.",
)
@click.option("--plain", "is_plain", is_flag=True, help="Keep the default engines, and offer no others.")
@click.option(
    "--check",
    "is_checked",
    is_flag=True,
    help="Then run `manage.py check` of Django, which loads the settings and all applications.",
)
@click.option("--pages", "edits_pages", is_flag=True, help="Edit templates with URLs that are written out, too.")
@click.option("--source", "sources", metavar="DIR", multiple=True, help="A folder of assets, where there are several.")
@click.option("--settings", "settings", metavar="MODULE", help="The settings of Django, where there are several.")
@init_options
def command(
    *,
    is_agreed: bool,
    is_dry: bool,
    is_smallest: bool,
    is_plain: bool,
    is_checked: bool,
    edits_pages: bool,
    sources: tuple[str, ...],
    settings: str | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Set up the project in this folder: one line for its framework, configuration, .gitignore.

    Shows each change as a diff and asks before writing. Edits no template without `--pages`, and no file of a
    deployment.
    """
    if is_smallest and is_plain:
        raise click.UsageError("`--smallest` and `--plain` exclude each other")
    show = Output(as_json, quiet=quiet)
    can_ask = sys.stdin.isatty() and not as_json
    if not (is_agreed or is_dry or can_ask):
        raise _nobody_to_ask()
    answers = Answers(sources=tuple(one.rstrip("/") for one in sources), settings=settings, pages=edits_pages)
    asking = _Asking(answers, show=show, is_dry=is_dry, can_ask=can_ask and not (is_agreed or is_dry))
    proposed = asking.proposed(working_directory(), is_smallest=is_smallest)
    if is_agreed and not is_plain and proposed[0].has_smallest:
        is_smallest = True
        proposed = asking.proposed(working_directory(), is_smallest=True)
    offers_smallest = not (is_smallest or is_plain)
    _show(proposed[0], show, is_agreed=is_agreed)
    is_written = bool(proposed[0].edits) and not is_dry
    if is_written and not is_agreed:
        proposed, is_written = _after_asking(proposed, asking, offers_smallest=offers_smallest)
    proposal, faults = proposed
    patch = _write(proposal) if is_written else ""
    stopped = [*_other_systems(proposal), *proposal.faults, *_unanswered(proposal), *_blocked(proposal)]
    is_declined = bool(proposal.edits) and not (is_written or is_dry)
    code = show.finish(
        ok=not (stopped or is_declined),
        diagnostics=[*stopped, *faults],
        document=_document(proposal, is_written=is_written),
    )
    if is_declined:
        show.report("wrote nothing")
    else:
        _report(proposal, show, patch=patch, offers_smallest=offers_smallest)
    can_check = is_written and os.path.exists(os.path.join(proposal.folder, _MANAGE))
    if can_check and (is_checked or (not is_agreed and _is_to_be_checked())):
        return max(code, _check(proposal, show))
    return code


def _is_to_be_checked() -> bool:
    asked = "Run `manage.py check`, which loads the settings and all applications? [y/N]"
    return click.prompt(asked, default="n", show_default=False, err=True).strip().lower() in _YES


def _check(proposal: InitProposal, show: Output) -> int:
    """Run `manage.py check` in the project, and return its exit code, 1 for any that is not 0."""
    program = with_project_python([_MANAGE, "check", "--no-color"], permission=permitted("init", check=True))
    try:
        done = run(program, cwd=proposal.folder, capture_output=True, encoding="utf-8", errors="replace", timeout=120)
    except (OSError, TimeoutExpired) as fault:
        show.report(f"cannot run `manage.py check`: {fault}")
        return 1
    lines = (done.stderr.strip() or done.stdout.strip()).split("\n")
    show.report(
        "`manage.py check` finds nothing wrong" if not done.returncode else f"`manage.py check` fails: {lines[-1]}"
    )
    return int(done.returncode != 0)


def _write(proposal: InitProposal) -> str:
    """Write the edits, and return the name of a new patch that takes them back.

    Raises ConfigError, with all files as they were.
    """
    numbered = chain([""], (f"-{number}" for number in count(2)))
    names = (_PATCHES.format(one) for one in numbered)
    patch = next(one for one in names if not os.path.lexists(os.path.join(proposal.folder, *one.split("/"))))
    link = os.path.join(proposal.folder, os.path.dirname(patch))
    if os.path.islink(link):
        shown = relative_to(proposal.folder, link)
        message = f"`{shown}` is a link, and the patch would be written behind it"
        raise ConfigError([error("init/write", message, Location(shown), hint="remove it, and run this again")])
    needs_sources = proposal.framework != "django"  # whose finders know some
    check = lambda: load_config(start=proposal.folder, needs_sources=needs_sources, permission=NOTHING)  # noqa: E731
    write(proposal.folder, proposal.edits, patch, check)
    return patch


def _after_asking(proposed: "_Proposed", asking: "_Asking", *, offers_smallest: bool) -> "tuple[_Proposed, bool]":
    """The user's choice, and whether to write it."""
    show = asking.show
    if offers_smallest and (gain := savings_text(proposed[0].savings)):
        show.report(f"{gain}; {_NEEDED}")
    answer = _answer(proposed[0], can_be_smaller=offers_smallest)
    if answer in _SMALLEST:
        proposed = asking.proposed(proposed[0].folder, is_smallest=True)
        _show(proposed[0], show, is_agreed=False)
        answer = _answer(proposed[0], can_be_smaller=False)
    return proposed, answer in _YES


class _Asking:
    """Makes proposals by what a person answers; each question is asked once."""

    def __init__(self, answers: Answers, *, show: Output, is_dry: bool, can_ask: bool) -> None:
        self._answers = answers
        self._is_dry = is_dry
        self._can_ask = can_ask
        self.show = show

    def proposed(self, folder: str, *, is_smallest: bool) -> "_Proposed":
        """The proposal with its lock, and warnings about that."""
        engines = SMALLEST if is_smallest else {}
        proposal = propose(folder, engines, self._answers)
        while self._can_ask and (asked := proposal.question):
            self._answer(asked)
            proposal = propose(folder, engines, self._answers)
        if not (proposal.tools and proposal.edits):
            return proposal, []
        if self._is_dry:
            tools = " ".join(proposal.tools)
            note = f"the lock is not shown, as the registry is not asked: `init` also does `tools install {tools}`"
            return replace(proposal, notes=(*proposal.notes, note)), []
        return _with_lock(proposal, self.show)

    def _answer(self, asked: Question) -> None:
        chosen: str = click.prompt(asked.text[0].upper() + asked.text[1:], type=click.Choice(asked.choices), err=True)
        if asked.option == "--source":
            self._answers = replace(self._answers, sources=(chosen,))
        elif asked.option == "--settings":
            self._answers = replace(self._answers, settings=chosen)
        else:
            self._answers = replace(self._answers, folder=chosen)


def _unanswered(proposal: InitProposal) -> list[Diagnostic]:
    asked = proposal.question
    if asked is None:
        return []
    choices = " or ".join(f"`{one}`" for one in asked.choices)
    hint = f"`{asked.option} {asked.choices[0]}` answers this" if asked.choices else f"name one by `{asked.option}`"
    if not asked.option:
        hint = f"run this in one of them, such as `{asked.choices[0]}`"
    message = f"{asked.text} {choices}: nothing is written" if choices else f"{asked.text} none is found here"
    return [error("init/question", message, hint=hint)]


def _nobody_to_ask() -> ConfigError:
    hint = "`--dry-run` shows what it would write, `--yes` writes it"
    return ConfigError([error("init/terminal", "nobody can be asked: standard input is not a terminal", hint=hint)])


def _answer(proposal: InitProposal, *, can_be_smaller: bool) -> str:
    """The answer of the user; `s` asks for engines that need more than what is installed with us."""
    can_be_smaller = can_be_smaller and any(edit.file.endswith(".toml") for edit in proposal.edits)
    smallest = "/s, s: minify with lightningcss and esbuild, which give the smallest results"
    choices = f"y/N{smallest if can_be_smaller else ''}"
    asked = f"Write {count_text(len(proposal.edits), 'file')}? [{choices}]"
    answer: str = click.prompt(asked, default="n", show_default=False, err=True)
    return answer.strip().lower()


def _other_systems(proposal: InitProposal) -> list[Diagnostic]:
    return [
        error(
            "init/other",
            f"this project has `{one.name}`, which works: nothing is changed",
            hint=f"run `buildassets migrate {one.name}`, which lists what becomes of each line",
            notes=[f"seen in `{one.file}`"],
        )
        for one in proposal.systems
    ]


def _blocked(proposal: InitProposal) -> list[Diagnostic]:
    if not proposal.blocked:
        return []
    if "." in proposal.blocked and " " not in proposal.blocked:  # a file
        message = f"cannot edit `{proposal.blocked}` safely: nothing is written"
    else:
        message = f"nothing is written, as a line is needed {proposal.blocked}, and `init` does not know the place"
    return [error("init/by-hand", message, hint="write the lines below by hand, and run this again")]


def _with_lock(proposal: InitProposal, show: Output) -> tuple[InitProposal, list[Diagnostic]]:
    """The proposal with an edit of the lock; without it, and a warning, where the registry does not answer."""
    try:
        edit = _lock_edit(proposal, show)
    except BuildAssetsError as failure:
        first = failure.diagnostics[0]
        name = proposal.tools[0]
        hint = f"run `buildassets tools install {name}` later, or put `{name}` on PATH"
        return proposal, [warning("init/tool", f"cannot lock `{name}`: {first.message}", hint=hint, notes=first.notes)]
    return replace(proposal, edits=(*proposal.edits, edit)) if edit else proposal, []


def _lock_edit(proposal: InitProposal, show: Output) -> FileEdit | None:
    """Install the tools for this user, and give the change of the lock."""
    from buildassets.packages.tools.install import RequestedTool, Workshop, install

    before = bytes_at(os.path.join(proposal.folder, NAME))
    config = configured_for_packages(None, permission=permitted("init"))
    with temporary_folder() as folder:
        if before is not None:
            write_whole(os.path.join(folder, NAME), before)
        shop = Workshop(
            folder,
            tools_folder(),
            registry=registry_for(config),
            now_seconds=time.time(),
            permission=config.permission,
            min_age_days=config.packages.min_age_days,
            report=show.report,
        )
        after = lock_text(install(shop, [RequestedTool(name) for name in proposal.tools]).lock)
    text = None if before is None else before.decode("utf-8")
    return FileEdit(NAME, text, after) if after != text else None


def _show(proposal: InitProposal, show: Output, *, is_agreed: bool) -> None:
    """Print the diff as data."""
    if show.as_json:
        return
    if proposal.found:
        show.report(f"found {', '.join(proposal.found)}")
    lines = [line for edit in proposal.edits for line in [*edit.diff(), ""]]
    if lines and not (show.quiet and is_agreed):
        print_diff(lines[:-1])


def _report(proposal: InitProposal, show: Output, *, patch: str, offers_smallest: bool) -> None:
    """Print what was written, with the `patch` that takes it back, and what comes next."""
    for one in proposal.by_hand:
        where = f"`{one.file}`, {one.place}" if one.file else one.place
        for line in (f"write by hand, {where}:", *(f"    {line}" for line in one.lines)):
            show.report(line)
    for note in proposal.notes:
        show.report(f"note: {note}")
    if patch:
        _report_written(proposal, show, patch)
    elif proposal.edits:
        show.report("wrote nothing")
    elif not _is_stopped(proposal):
        show.report("nothing else to do" if proposal.by_hand else "nothing to do: everything is there")
    if offers_smallest and any(edit.file.endswith(".toml") for edit in proposal.edits):
        gain = savings_text(proposal.savings)
        more = f"; {gain}" if gain else ""
        show.report(f"`--smallest` takes the engines with the smallest results: lightningcss and esbuild{more}")
    if not _is_stopped(proposal):
        for line in proposal.next:
            show.report(f"next: {line}")


def _is_stopped(proposal: InitProposal) -> bool:
    return bool(proposal.systems or proposal.blocked or proposal.faults or proposal.question)


def _report_written(proposal: InitProposal, show: Output, patch: str) -> None:
    """Print what was written, the command that takes it back, and the one that checks it."""
    folder = relative_to(working_directory(), proposal.folder)
    show.report(f"wrote {', '.join(f'`{edit.file}`' for edit in proposal.edits)}")
    undo = typed_command(("git", *(() if folder == "." else ("-C", folder)), "apply", "-R", patch))
    show.report(f"undo: {' && '.join([undo, *_modes(proposal, patch)])}")
    if proposal.framework == "django":
        show.report("check it: python manage.py check")
    for line in proposal.deploys:
        show.report(f"deploy: {line}, before the application starts")


def _modes(proposal: InitProposal, patch: str) -> Iterator[str]:
    """The commands that restore permissions: git gives those that the umask gives to any new file, as `patch` has."""
    plain = _mode(proposal, patch)
    usual = (plain, plain | (plain & 0o444) >> 2)
    for edit in proposal.edits:
        if edit.before is not None and (mode := _mode(proposal, edit.file)) != usual[bool(mode & stat.S_IXUSR)]:
            path = os.path.join(proposal.folder, edit.file)
            yield typed_command(("chmod", f"{mode:o}", relative_to(working_directory(), path)))


def _mode(proposal: InitProposal, file: str) -> int:
    return stat.S_IMODE(os.stat(os.path.join(proposal.folder, *file.split("/"))).st_mode)


def _document(proposal: InitProposal, *, is_written: bool) -> dict[str, Any]:
    return {
        "framework": proposal.framework,
        "found": list(proposal.found),
        "edits": [_edit_document(edit) for edit in proposal.edits],
        "by_hand": [{"file": one.file, "place": one.place, "lines": list(one.lines)} for one in proposal.by_hand],
        "blocked": proposal.blocked or None,
        "migrate": [one.name for one in proposal.systems],
        "question": asdict(proposal.question) if proposal.question else None,
        "notes": list(proposal.notes),
        "next": list(proposal.next),
        "deploy": list(proposal.deploys),
        "savings": [asdict(one) for one in proposal.savings],
        "written": is_written,
    }


def _edit_document(edit: FileEdit) -> dict[str, Any]:
    diff: Sequence[str] = edit.diff()
    return {"file": edit.file, "is_new": edit.before is None, "diff": "\n".join(diff)}
