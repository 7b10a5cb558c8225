"""A recurrent net that learns to write from stroke drawings and dreams up new characters.

The flow has one direction; a module imports only what stands above it:

    params      a section of params.yaml -> a frozen dataclass, strict
    files       outputs that appear whole or not at all
    drawing     THE format: steps (dx, dy, pen); every other module speaks it
    dataset     a set of drawings on disk: points.npy and index.parquet
    sources     fetch:  package, release or folder -> one archive and a manifest
    svg         parse:  an SVG document -> strokes as path segments
    geometry    parse:  segments -> points (bezier, arclength, rdp)
    parsing     parse:  the archive -> a set of drawings
    batches     batch:  hold-out split, scale, minibatches of whole drawings
    mixture     train:  mixture of bivariate Gaussians
    loss        train:  offset and weighted pen likelihood
    model       train:  the recurrent net
    checkpoint  train:  safetensors + JSON, resumable
    training    train:  the loop
    filters     sample: what a drawing must be to be kept, reasons counted
    sampling    sample: batched ancestral sampling
    render      pictures: SVG and PNG of one drawing or a sheet
    likelihood  score:  held-out likelihood and calibration of the pen
    novelty     score:  nearest training character
    scoring     score:  all scores of a set of samples
    tracking    the only import of mlflow
    cli         the command `fake-kanji`

Nothing is imported here, and nothing is fetched at import.
"""
