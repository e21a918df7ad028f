"""Operations on a finished release: pack, verify, compare, publish, attest.

A folder, an archive or a manifest comes in; files next to it, archives, uploads and reports go out. Must not import the
compiler.
"""
