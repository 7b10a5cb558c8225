"""font: a set of drawings -> a font, for `fake-kanji font`.

in   drawings in the units of their boxes
out  a .ttf, a .woff2 or a .ufo with the skeletons; beside it a list of the glyphs and a specimen, .csv and .html

glyphs     drawings -> outlines and code points of glyphs
building   glyphs -> the sources of a font, as UFO has them, and the compiled font
specimen   a page that shows it
writing    all of it into files

A new file format is an ending in FORMATS of writing.
"""
