"""One import map for a page: what installed Django applications map, next to what the project maps.

`declared` lists what applications declare, for the compiler; `compile` gives the configuration one map of it, made by
`merged`; `page` has pages take it. `declared` and `page` import Django. All are loaded by name, where they are used.
"""
