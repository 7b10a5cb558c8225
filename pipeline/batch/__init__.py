"""batch: the set of drawings -> the same set with its splits, scaled; and how training takes it in minibatches.

in   data/strokes
out  data/batches: the set, with splits and descriptions, batches.json (what a net must know of its data),
     statistics.json

holdout      hold-out split by a hash of the code point, scale; another way of splitting goes there
minibatches  whole drawings of about one length in an order that comes from the seed; training's side of it
"""
