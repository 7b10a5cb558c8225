"""An SVG document -> its strokes as curves, in document order and in one box.

paths      path data -> curves
shapes     circles, rectangles and the like -> path data
documents  the document: transforms, units, what is seen; KanjiVG's own groups and stroke types
"""
