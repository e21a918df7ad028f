"""The remote cache: results of steps that builds on other machines made.

`records` and `keys` decide what counts, `chains` what is read, `line` how long a build waits, and a module for each
kind of server moves bytes. Nothing that a server sends is trusted: records count by their signature, contents by their
digest. A build without a remote cache loads none of it. Must not import a stage.
"""
