"""Builds that do less than everything: nothing where nothing changed, or what a few changed files concern.

What is known of the last build and what changed since come in; a result goes out, or the word that all has to be done.
Must not import `build`: whoever builds everything is a function that it is given.
"""
