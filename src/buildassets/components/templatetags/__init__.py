"""Tags of components for templates of Django."""
