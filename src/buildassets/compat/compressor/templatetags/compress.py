"""`{% load compress %}`: the tag `compress`, as django-compressor has it."""

from django import template

from buildassets.compat.compressor.run.nodes import compile_compress

register = template.Library()
register.tag("compress", compile_compress)
