"""The registry of npm packages that is configured: where it is, who may see which credentials, what it answers."""
