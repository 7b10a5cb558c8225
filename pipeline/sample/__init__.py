"""sample: a net -> new drawings.

in   data/model
out  data/samples: SVGs, the set of all drawn, a sheet

sampler  batched ancestral sampling with temperatures
attempts what is described, the likeliest of several attempts
dreaming a new description first, then the net is told it
filters  what a drawing must be to be kept, reasons counted; a new filter goes there
"""
