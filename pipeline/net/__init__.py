"""The net that writes, shared by all that train it or use it.

mixture     mixture of bivariate Gaussians: density, gradient, drawing from it
loss        what training makes small: offset and weighted pen likelihood; another loss goes there
model       the recurrent net: a new cell or input goes there
scans       running sums and the like along the steps of a minibatch
checkpoint  weights and training states on disk: safetensors and JSON
describer   what the net is told of the part that it writes
exemplar    what it is shown of that part: where the pen would go next in another character's
"""
