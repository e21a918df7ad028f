"""Source maps (ECMA-426): texts come in, maps go out, and back; composed, edited and joined on the way.

Must not import another language.
"""
