"""Readers of stroke formats, a module each.

To read a new format:

1. here, a module with `records` and `read` as sketch.py describes them; its docstring says what the format means
2. its name and module in RECORDS of parse/readers.py
3. its name in Format, its files' endings in ENDINGS and how its content looks in `tell`, all of fetch/formats.py: so
   fetch brings the files, and fetch.format takes the name
4. a file of it in GOOD of tests/parse/test_formats.py, damaged ones beside the others', a row in docs/formats.md,
   and its name in the row of fetch.format in docs/parameters.md

A format whose drawings are SVG documents has no `read`: its name is in AS_SVG of parse/readers.py, as kanjivg's is.

sketch         what a reader gives
stroke3        sketch-rnn's .npz, with object_arrays: numpy's object arrays without running what their pickles name
quickdraw      Quick, Draw!'s .ndjson
casia          CASIA's .pot
iam            IAM On-Line's .xml
kanjivg        KanjiVG's single .xml, whose characters are SVG documents
hanzi_writer   hanzi-writer's .json
makemeahanzi   Make Me a Hanzi's graphics.txt
"""
