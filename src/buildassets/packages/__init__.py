"""Tools and packages from npm's registry, without Node: pinned by `buildassets.lock`, proven by their digests.

Takes the project's folder and settings; gives programs that run, and files for a source root. Only the verbs `tools`
and `vendor` use the network: a build reads only the lock and the folder of tools, through `tools.located`. No script of
a package is ever run. Must not import `compiler`, `release` or `cli`.
"""
