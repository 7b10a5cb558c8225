"""parse: the archive -> a set of drawings: every stroke of every file, resampled to a few points.

in   data/raw
out  data/strokes: the set of drawings, a sheet of examples, what could not be read

reading     the archive -> the set; a file that cannot be read gives a reason
resampling  a curve -> the points of a stroke; a new rule is a function there, named in its RULES
characters  what a file's name tells: code point, variant, kind
readers     the reader of each stroke format
formats/    those readers; a new format is a module there, as formats/sketch.py describes it
svg/        an SVG document -> strokes as curves
timelimit   a limit of processor time a file
"""
