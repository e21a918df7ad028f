"""What is wrong in a graph of assets: functions that look for faults and change nothing.

Assets and drafts come in, diagnostics go out. `settings` looks at the configuration alone. What a build
of a few changed assets could not find needs a case in `incremental/rebuild._refuse`.
"""
