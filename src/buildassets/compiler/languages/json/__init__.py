"""JSON, and the formats that are written in it: web manifests, import maps, source maps. Imports no other language."""
