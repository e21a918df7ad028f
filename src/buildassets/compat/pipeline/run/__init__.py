"""A release and names of packages of django-pipeline come in, markup goes out. Must not import the compiler."""
