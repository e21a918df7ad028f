"""A release and bundles come in, URLs go out. Must not import the compiler."""
