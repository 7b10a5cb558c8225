"""score: how like real characters the samples are, how well built, how new; and one page that shows them all.

in   data/samples, data/batches, data/model, pretrained/judge
out  data/scores: metrics.json, plots, sheets, gallery.html

scoring        all scores of a set of samples; a new score is a function there
material       samples, and the real drawings that they are held against
distributions  strokes, lengths and sizes against the hold-out's
novelty        the nearest training character
described      how well a net that is told of parts writes what is described
judge/         the net in whose features drawings are compared; fixed, versioned
likeness/      distances in its features, a classifier that tells generated from real
structure/     known parts, stroke types, direction and order of strokes
plots, sheets  tables, pictures
gallery/       the page
"""
