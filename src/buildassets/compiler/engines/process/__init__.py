"""Child processes and the messages to and from them; every wait can have a time limit.

Takes commands and messages, gives answers. Must not import an engine or anything else of the compiler.
"""
