"""What differs between two releases, and why. Manifests come in, values and text go out.

Imports nothing else of `release`, and reads no file.
"""
