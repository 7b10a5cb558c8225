"""How like real characters samples are, as the judge sees them.

fidelity     Frechet distance, precision, recall, density, coverage
twosample    a classifier trained to tell generated from real
resemblance  all of these with their floors
"""
