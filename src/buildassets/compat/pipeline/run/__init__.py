"""A release and names of packages come in, markup goes out. Must not import the compiler."""
