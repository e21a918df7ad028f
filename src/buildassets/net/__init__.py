"""The one door to the network for registries and their packages."""
