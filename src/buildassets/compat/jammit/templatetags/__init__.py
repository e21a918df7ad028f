"""The tag library of Django with the names of Jammit."""
