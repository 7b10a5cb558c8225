"""On demand: drawings in KanjiVG's own form, a file a character.

in   a set of drawings, and real ones that say types and groups (data/batches)
out  a folder of SVGs with groups, types, ids and the numbers of the strokes

form       one document, and the folder of them
grouping   groups from a description, or from the parts found
assigning  which strokes are which part's
alphabet   the type of each stroke, from the nearest ones known
numbering  where the numbers of the strokes stand, clear of the ink
"""
