"""The doors through which programs are started. Each states what it keeps a project from deciding."""
