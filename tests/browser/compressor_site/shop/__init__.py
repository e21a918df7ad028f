"""An application of the site, with templates, tags and static files of its own."""
