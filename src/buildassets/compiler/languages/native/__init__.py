"""The lexers in Rust: whole questions about a text, with the answers that the modules beside this one give.

Pure but for loading the library, once. Imports the vocabulary only.
"""
