"""The folder in which Django looks for the tags of an application. Must not import the compiler."""
