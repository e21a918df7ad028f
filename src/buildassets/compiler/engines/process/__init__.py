"""Child processes and the messages to and from them: whoever waits for one has a bound.

Commands and messages come in, answers go out. Must not import an engine or anything else of the compiler.
"""
