"""Writing on demand, outside the stages: what `fake-kanji sample` does.

starts  strokes of each kanji and component to begin with
prefix  a character or a drawn SVG -> what drawings begin with
writer  a model's folder -> new characters as pictures
"""
