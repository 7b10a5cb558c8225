"""Readers of stroke formats, a module each.

A new one: a module with `records` and `read` as sketch.py describes them, a line in parse/readers.py, and its name,
ending and look in fetch/formats.py.

sketch         what a reader gives
stroke3        sketch-rnn's .npz, with object_arrays: numpy's object arrays without running what their pickles name
quickdraw      Quick, Draw!'s .ndjson
casia          CASIA's .pot
iam            IAM On-Line's .xml
kanjivg        KanjiVG's single .xml, whose characters are SVG documents
"""
