"""One import map for a page: what installed Django applications map, next to what the project maps.

`declared` lists what applications declare, for the compiler; `merged` makes one map of it in the build; `page` has
pages take it. `declared` and `page` import Django; none imports more of this package than the vocabulary.
"""
