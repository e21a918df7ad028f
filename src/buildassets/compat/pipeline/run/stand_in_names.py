"""The modules of django-pipeline with the names that each has, for `stand_in_modules`. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

_HERE: Final = "buildassets.compat.pipeline.run.stand_ins"
_STORAGES: Final = (
    *("NonPackagingPipelineManifestStorage", "NonPackagingPipelineStorage", "PipelineCachedStorage"),
    *("PipelineManifestStorage", "PipelineStorage"),
)
_FINDERS: Final = ("AppDirectoriesFinder", "CachedFileFinder", "FileSystemFinder", "ManifestFinder", "PipelineFinder")
COMPILERS: Final = {
    "coffee": "CoffeeScriptCompiler",
    "es6": "ES6Compiler",
    "less": "LessCompiler",
    "sass": "SASSCompiler",
    "livescript": "LiveScriptCompiler",
    "stylus": "StylusCompiler",
    "typescript": "TypeScriptCompiler",
}
COMPRESSORS: Final = {
    "closure": "ClosureCompressor",
    "cssmin": "CSSMinCompressor",
    "csstidy": "CSSTidyCompressor",
    "jsmin": "JSMinCompressor",
    "terser": "TerserCompressor",
    "uglifyjs": "UglifyJSCompressor",
    "yuglify": "YuglifyCompressor",
    "yui": "YUICompressor",
    "csshtmljsminify": "CssHtmlJsMinifyCompressor",
}


MODULES: Final[Mapping[str, Mapping[str, Sequence[str]]]] = {
    "pipeline": {},
    "pipeline.compilers": {_HERE: ("CompilerBase", "SubProcessCompiler")},
    **{f"pipeline.compilers.{module}": {_HERE: (name,)} for module, name in COMPILERS.items()},
    "pipeline.compressors": {_HERE: ("CompressorBase", "SubProcessCompressor")},
    **{f"pipeline.compressors.{module}": {_HERE: (name,)} for module, name in COMPRESSORS.items()},
    "pipeline.finders": {_HERE: _FINDERS},
    "pipeline.forms": {_HERE: ("PipelineFormMedia",)},
    "pipeline.jinja2": {"buildassets.compat.pipeline.run.jinja": ("PipelineExtension",)},
    "pipeline.middleware": {_HERE: ("MinifyHTMLMiddleware",)},
    "pipeline.storage": {_HERE: _STORAGES},
    "pipeline.templatetags": {},
    "pipeline.templatetags.pipeline": {"buildassets.compat.pipeline.templatetags.pipeline": ("register",)},
}
