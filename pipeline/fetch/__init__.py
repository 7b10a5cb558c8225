"""fetch: a package, a release or a folder -> one archive of files and a manifest with a sha256 a file.

in   the section `fetch` of params.yaml
out  data/raw: drawings.zip, manifest.csv, source.json; hands/NAME/ with the same of further sources

sources    where drawings come from; a new source is a function in its SOURCES; several of them, a hand each
items      the files of a folder, a zip or a package, chosen by format
downloads  a pinned package or release, checked by its hash, kept in a cache
formats    the formats that files come in, told by their content; parse/formats/__init__.py tells how one is added
"""
