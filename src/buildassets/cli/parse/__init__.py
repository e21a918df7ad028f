"""The words of a command line: which verbs and options there are, what they permit, and how shells complete them."""
