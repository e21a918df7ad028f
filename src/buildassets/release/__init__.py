"""What is done with a finished release: packed, verified, compared, published, attested. Knows no compiler."""
