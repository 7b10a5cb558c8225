"""Writing on demand, outside the stages: what `fake-kanji sample` and `write` do, and a model in MLflow.

starts  strokes of each kanji and component to begin with
prefix  a character or a drawn SVG -> what drawings begin with
described  descriptions that the net is told -> drawings
missing  characters that the drawings lack -> a folder of drawings, a table, sheets
glyphs  those of a font, beside drawings
asking  a table of what is asked -> a table of SVGs and strokes, for programs
writer  a model's folder -> new characters as pictures
"""
