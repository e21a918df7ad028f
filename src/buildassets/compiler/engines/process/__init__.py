"""Child processes and the messages to and from them: whoever waits for one has a bound.

Imports no engine and nothing else of the compiler.
"""
