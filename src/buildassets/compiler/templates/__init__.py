"""Templates and the names of a release come in; what is missing, what is undecided and what is used goes out.

Reads templates, renders none. Must not import the graph: names are all that it is given.
"""
