"""The language server: what an editor shows of the names of assets in templates, style sheets and scripts.

Takes texts as they are edited and a project's files, gives names, places and diagnostics. It reads only: it runs no
command, no engine and no code of a project, and writes nothing. `server` speaks the protocol, and alone imports pygls.
"""
