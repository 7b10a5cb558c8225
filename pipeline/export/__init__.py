"""export: a net for the browser; and drawings for other tools.

in   data/model, data/batches, web/
out  data/web: net.json, net.exemplars.json, kanji.json, index.html

compact      a net with rounded weights, one JSON file
library      the exemplars of parts that a net is shown, a second file
web          the loss by rounding, real kanji to compare with, the page as one file
demo         the page on loopback
filenames    ids of drawings -> names of files, no two of them one
quiz         one drawing -> hanzi-writer's JSON
pictures     a folder of SVGs -> a set of drawings
single_line  fonts of strokes: SVG 1.1, Hershey's
plotter      a sheet of paper for a pen
code_points  of the drawings in a font
formats      what the export command writes, a row a format
interchange  a set of drawings -> the files of other tools; a new one goes into WRITERS and formats
"""
