"""Releases in the wheels of packages: built into them by hooks, found where they are installed, and their files listed.

An application's build merges them. Takes metadata and manifests, gives files with their digests; imports no package.
The hooks start the compiler as another process. Must not import `compiler`.
"""
