"""brush: a stroke, which is a line without width -> the outline that a brush leaves.

in   the points of strokes, and where known their types
out  closed outlines of cubic curves, one a stroke, or one shape without overlaps for all of them

manners   how a stroke begins, ends and swells, by its type or else by its shape
outlines  a stroke and its manner -> its outline
shapes    outlines -> one shape of quadratic curves that do not overlap, whole numbers
squares   drawings -> inked strokes in the square of a font

A new manner is a row in ENDINGS of manners.
"""
