"""Signs the archive of a release, and checks its signature: Ed25519, in a file next to the archive.

An archive and a key come in, a signature or a verdict goes out. Imports nothing of the other packages here but
`inventory`.
"""
