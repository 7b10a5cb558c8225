"""parse: the archive -> a set of drawings: every stroke of every file, resampled to a few points.

in   data/raw
out  data/strokes: the set of drawings, a sheet of examples, what could not be read

reading     the archive -> the set; a file that cannot be read gives a reason; the section `parse` of params.yaml
resampling  a curve -> the points of a stroke; how a new rule is added is told there
characters  what a file's name tells: code point, variant, kind
readers     the reader of each stroke format
formats/    those readers; how a new format is added is told in formats/__init__.py
svg/        an SVG document -> strokes as curves
timelimit   a limit of processor time a file
"""
