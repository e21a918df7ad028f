"""The verbs, a module each: a click command that takes arguments and calls what does the work."""
