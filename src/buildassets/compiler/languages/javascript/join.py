"""Joining classic scripts: run as one, they do what they do when they are run one after the other. Pure.

Between two of them stands a line end, and a semicolon where the line end alone could be read over (ECMA-262, section
12.10). Strictness belongs to a script and neither leaks nor is lost: where only some are strict, these run inside of a
function. What is fine in two scripts and not in one is refused: a name declared by both, brackets left open.

Joining cannot keep that a later script's declarations are unknown to the functions of earlier ones, nor that an error
ends one script only.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from buildassets.compiler.languages.edits import Cause, Edit, JoinFault, Joints, Member, span
from buildassets.compiler.languages.javascript.lexer import Kind, begins_anew
from buildassets.compiler.languages.javascript.scopes import (
    Declaration,
    DeclarationKind,
    Script,
    Word,
    assigned_names,
    read_script,
)
from buildassets.foundation.lazy_pattern import lazy_pattern

_WRAPPER_START: Final = "(function(){\n"
_WRAPPER_END: Final = "\n}).call(this);\n"
_LINE_ENDS: Final = ("\n", "\r", "\u2028", "\u2029")
# A word that `=`, `in`, `of` or a comment follows. Few texts have such a word among the names of others, and reading
# one for its assignments takes a hundred times as long.
_MAY_ASSIGN: Final = lazy_pattern(
    r"[^\s\ufeff\x00-#%-/:-@\[-\^`{-\x7f]++(?=[\s\ufeff]*+(?:=(?![=>])|(?:in|of)(?![\w$])|/[/*]))"
)


def join(members: Sequence[Member]) -> Joints:
    """How these scripts are joined.

    The codes of faults are `bundle/module`, `bundle/order`, `bundle/redeclared`, `bundle/strict`, `bundle/unclosed`.
    """
    scripts = [read_script(member.text) for member in members]
    is_mixed = len({script.is_strict for script in scripts if script.first}) > 1
    faults = [*_own_faults(members, scripts)] or [*_redeclared(members, scripts), *_named_early(members, scripts)]
    if is_mixed and not faults:
        faults = [*_strict_faults(members, scripts)]
    edits: list[tuple[Edit, ...]] = []
    follower: Word | None = None  # with which the code after the member begins
    for number in reversed(range(len(members))):
        script, text = scripts[number], members[number].text
        if is_mixed and script.is_strict:
            edits.append(_wrapping(text, script))
            follower = Kind.PUNCTUATOR, "("
        else:
            edits.append(_separating(text, script, follower, keeps_hashbang=number == 0))
            follower = script.first or follower
    return Joints(tuple(reversed(edits)), tuple(faults))


def _wrapping(text: str, script: Script) -> tuple[Edit, ...]:
    """The script as the body of a function that is called at once: strict, and nothing around it is."""
    end = len(text)
    cuts = [*script.cuts, *([script.hashbang] if script.hashbang else [])]
    return (Edit(0, 0, _WRAPPER_START), *(Edit(*cut) for cut in sorted(cuts)), Edit(end, end, _WRAPPER_END))


def _separating(text: str, script: Script, follower: Word | None, *, keeps_hashbang: bool) -> tuple[Edit, ...]:
    """The script with its own end, whatever follows."""
    edits = [Edit(*cut) for cut in script.cuts]
    if script.hashbang and not keeps_hashbang:
        edits.append(Edit(*script.hashbang))
    if script.last and follower and _runs_on(script.last, follower):
        edits.append(Edit(script.code_end, script.code_end, ";"))
    if not text.endswith(_LINE_ENDS):
        edits.append(Edit(len(text), len(text), "\n"))
    return tuple(sorted(edits, key=span))


def _runs_on(last: Word, follower: Word) -> bool:
    """Whether a statement that ends with `last` might go on with `follower` in the next line."""
    _, last_word = last
    # After the name `let` a line end does not keep a declaration from beginning.
    return last_word != ";" and (last_word == "let" or not begins_anew(*follower))


def _own_faults(members: Sequence[Member], scripts: Sequence[Script]) -> Iterator[JoinFault]:
    """The faults that keep a member from being joined."""
    for number, (member, script) in enumerate(zip(members, scripts, strict=True)):
        if script.module:
            message = f"`{member.shown}` is a module, and a bundle is a classic script"
            hint = 'leave it out of the bundle and load it with `type="module"`'
            yield JoinFault(number, *script.module, code="bundle/module", message=message, hint=hint)
        elif script.unclosed:
            place, what = script.unclosed
            message = f"{what} in `{member.shown}`, and would take in what follows"
            yield JoinFault(number, *place, code="bundle/unclosed", message=message)


def _redeclared(members: Sequence[Member], scripts: Sequence[Script]) -> Iterator[JoinFault]:
    """Names that two members declare, where one script cannot do so or does something else.

    `var` in both is one variable anyhow. Of functions the last would hold from the start, unless they are the same.
    """
    known: dict[str, tuple[Declaration, str]] = {}
    for number, (member, script) in enumerate(zip(members, scripts, strict=True)):
        for declared in script.declarations:
            earlier, shown = known.get(declared.name, (None, ""))
            if earlier and shown != member.shown and _clash(earlier, declared):
                message = f"`{declared.name}` is declared in `{shown}` and in `{member.shown}`"
                hint = "rename one of them, or wrap the file in a function"
                yield JoinFault(number, *declared.span, code="bundle/redeclared", message=message, hint=hint)
        known |= {
            declared.name: (declared, member.shown)
            for declared in script.declarations
            if declared.sort is not DeclarationKind.VAR or declared.name not in known
        }


def _named_early(members: Sequence[Member], scripts: Sequence[Script]) -> Iterator[JoinFault]:
    """Names that a script finds undeclared, and that a later one would have declared by then.

    `typeof` gives another answer, and an assignment throws before the `let`, `const` or `class`. Apart, it makes a
    global variable, but throws, too, where the script is strict.
    """
    later: dict[str, tuple[int, Declaration]] = {}
    for number in reversed(range(len(members))):
        text, script = members[number].text, scripts[number]
        lexical = {name for name, (_, one) in later.items() if one.sort is DeclarationKind.LEXICAL}
        named = lexical and not script.is_strict and lexical.intersection(_MAY_ASSIGN.findall(text))
        assigned = assigned_names(text, named) if named else {}
        for verb, places in ("assigns", assigned), ("asks for", script.asked):
            for name in (name for name in places if name in later):
                declarer, declared = later[name]
                message = f"`{members[number].shown}` {verb} `{name}` before `{members[declarer].shown}` declares it"
                hint = "put the other file first, or declare the name with `var`"
                cause = Cause(declarer, *declared.span, "declared")
                yield JoinFault(number, *places[name], code="bundle/order", message=message, hint=hint, cause=cause)
        own = [one for one in script.declarations if one.sort is not DeclarationKind.VAR]
        later |= {one.name: (number, one) for one in own}


def _clash(earlier: Declaration, later: Declaration) -> bool:
    if DeclarationKind.LEXICAL in (earlier.sort, later.sort):
        return True
    return later.sort is DeclarationKind.FUNCTION and (not later.source or earlier.source != later.source)


def _strict_faults(members: Sequence[Member], scripts: Sequence[Script]) -> Iterator[JoinFault]:
    """Strict scripts among others that cannot run inside of a function, as others see what they declare."""
    for number, (member, script) in enumerate(zip(members, scripts, strict=True)):
        if not script.is_strict or not (script.declarations or script.arguments):
            continue
        if script.declarations:
            place, name = script.declarations[0].span, script.declarations[0].name
            reason = f"declares `{name}` for other scripts"
        else:
            place, reason = script.arguments or (0, 0), "reads `arguments`"
        message = f"`{member.shown}` is strict, {reason}, and is joined with files that are not strict"
        hint = 'wrap the file in a function, or begin all files of the bundle with `"use strict"`'
        yield JoinFault(number, *place, code="bundle/strict", message=message, hint=hint)
