"""The lexers in Rust: whole questions about a text, with the answers that the modules next to this one give.

Pure but for loading the library, once, and for what the library does by itself: it reads files ahead, hashes them and
writes new ones (`library.files_read`, `Hashing`, `NewFiles`). Imports `foundation` and `disk` only.
"""
