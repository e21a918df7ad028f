"""What is done with a finished release: packed, verified, compared, published, attested.

A folder, an archive or a manifest comes in; files beside it, archives, uploads and reports go out. Must not import the
compiler.
"""
