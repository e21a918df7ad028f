"""Components own their style and script: blocks `{% style %}` and `{% behaviour %}` in templates of Jinja and Django.

    env.add_extension("buildassets.components.jinja.ComponentsExtension")
    INSTALLED_APPS = ["buildassets.components", "buildassets.runtime.django", ...]

`compile` takes a configuration and gives it the assets that templates contain; `run` gives the markup that loads those
of a page. Importing this package imports neither Jinja nor Django.
"""
