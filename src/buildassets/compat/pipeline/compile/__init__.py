"""`PIPELINE` of Django's settings comes in, a plan for the compiler goes out."""
