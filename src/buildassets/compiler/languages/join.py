"""Joining texts so that the meaning of each stays: one module a syntax, each with `join(members) -> Joints`. Pure.

To join is to edit each text a little and to write the results one after the other, so that whatever is known of
places in the members, such as their references, only has to be moved.
"""

from collections.abc import Sequence

from buildassets.compiler.languages.css import join as css
from buildassets.compiler.languages.joints import Joints, Member
from buildassets.foundation.media import Syntax


def join(syntax: Syntax, members: Sequence[Member]) -> Joints:
    """How `members`, which are of one syntax, are joined."""
    if syntax is Syntax.CSS:
        return css.join(members)
    from buildassets.compiler.languages.javascript import join as js  # 6 ms, as it has dataclasses

    return js.join(members)
