"""A release and names of packages of Jammit come in, markup goes out. Must not import the compiler."""
