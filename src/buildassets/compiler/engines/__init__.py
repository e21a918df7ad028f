"""Compilers and minifiers behind one protocol: texts come in, texts go out, with diagnostics and the files read.

`pillow` makes files of pictures, `fonttools` of fonts, and `jst` scripts of templates, by functions of their own.

Knows languages and the vocabulary. Must not import the configuration or a stage: what an engine may want to know of the
configuration is in EngineOptions.
"""
