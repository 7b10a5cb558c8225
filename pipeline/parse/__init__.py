"""parse: the archive -> a set of drawings: every stroke of every file, resampled to a few points.

in   data/raw
out  data/strokes: the set of drawings, a sheet of examples, what could not be read

reading     the archive -> the set, chunk by chunk
single      one file or drawing -> its steps; one that cannot be read gives a reason
tally       what was read, counted; ids made distinct; what is said of it
engine      where the work is done: processes here, or a cluster
options     the section `parse` of params.yaml
resampling  a curve -> the points of a stroke; how a new rule is added is told there
characters  what character a drawing is of, and by what evidence
readers     the reader of each stroke format
formats/    those readers; how a new format is added is told in formats/__init__.py
svg/        an SVG document -> strokes as curves
timelimit   a limit of processor time a file
"""
