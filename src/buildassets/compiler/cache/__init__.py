"""What earlier builds found out, and the means to tell whether it still holds: keys and digests in, values out.

Must not import a stage. `folder`, `stamps` and `toolchain` load next to nothing: a build with nothing to do needs only
them.
"""
