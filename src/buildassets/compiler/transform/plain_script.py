"""Makes drafts of scripts of which a build needs the references only, as most in packages are.

Takes what the library of lexers has read and surveyed, gives the draft that `draft` would make, in a third of the time;
or none, where anything else may have to be done.
"""

from typing import Final

from buildassets.compiler.languages.javascript.jsx import may_have_jsx
from buildassets.compiler.languages.javascript.references import references_in
from buildassets.compiler.languages.javascript.survey import read_survey
from buildassets.compiler.languages.native.library import FileRead
from buildassets.compiler.model import Draft, Source
from buildassets.compiler.sources.names import is_script_template
from buildassets.compiler.transform.engine_set import EngineSet
from buildassets.foundation.digest import digest
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.media import suffix

# White space and comments that hold neither a directive nor NUL, by which other encodings are known; and code, or the
# end, behind them.
_PLAIN_HEAD: Final = lazy_pattern(
    rb"(?:[\t\n\r ]++|//[^=\0\n\r]*+(?![=\0])|/\*(?:[^*=\0]++|\*(?!/))*+\*/)*+(?:[!-.0-~]|\Z)"
)


def plain_script(source: Source, file: FileRead, engines: EngineSet) -> Draft | None:
    """The draft of `source`, which no engine works on and whose directives are not read."""
    is_plain = file.survey is not None and file.is_utf8 and not source.keeps_name and suffix(source.logical) == ".js"
    if not is_plain or engines.work_on_scripts or engines.compiler(source) is not None or is_script_template(source):
        return None

    assert file.survey is not None
    survey = read_survey(file.survey)
    if not survey.is_whole or survey.may_have_asset_urls or survey.may_have_meta_env:
        return None
    if not _PLAIN_HEAD.match(file.content) or (survey.may_have_jsx and may_have_jsx(file.content.decode("utf-8"))):
        return None
    text = file.content.decode("utf-8") if survey.places or survey.may_be_bundled else ""
    references = references_in(text, survey) if text else ()
    return Draft(
        source,
        text if references else file.content,
        references,
        inputs=(source.path,),
        digest=file.digest or digest(file.content),
        may_name_workers=survey.may_name_workers,
        bundler=None if survey.may_be_bundled else "",
        stamp=file.stamp,
    )
