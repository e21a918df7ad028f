"""What is done with a finished release: packed, verified, compared, published, attested. Knows nothing of the compiler."""
