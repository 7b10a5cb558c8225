"""check: drawings -> what is suspicious in their stroke order, as a net sees it; what `fake-kanji check` does.

in   an SVG file, a folder of them, or a set of drawings; a model's folder
out  findings, the most suspicious first: a table, a CSV, an HTML report

reading   files -> cases
drawn     a drawing as strokes that can be put in another order, and what the net is told of it
cures     what may be wrong, each fault with the order that would cure it; a new kind of fault goes here
judge     what a net says of steps, and how it would go on
evidence  how likely a net finds a drawing, and each of its cures
faults    cures whose gain is above the threshold of their kind
table     findings as lines, and as CSV
report    findings as a page with pictures
"""
