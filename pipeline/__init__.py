"""A recurrent net that learns to write from stroke drawings and dreams up new characters.

Base files, which every wing speaks:

    params      a section of params.yaml -> a frozen dataclass, strict
    files       outputs that appear whole or not at all
    console     output that any console can show
    seeds       random generators from named keys
    progress    how far a long piece of work is
    drawing     THE format: steps (dx, dy, pen)
    dataset     a set of drawings on disk: points.npy and index.parquet
    curves      path data of one stroke: chords or a smooth curve
    fit         the points of a stroke -> few cubic Bezier curves
    handles     how kanji go between their points, learnt
    render      pictures: SVG and PNG of one drawing or a sheet

Wings, in the order of the flow. A wing imports the base files and wings above it; its docstring says what comes in,
what goes out, and where the next one of its kind goes:

    fetch       stage fetch:   package, release or folder -> one archive and a manifest
    parse       stage parse:   formats read, every stroke resampled to a few points -> a set of drawings
    batch       stage batch:   hold-out split, scale, minibatches of whole drawings
    describe    shared:        what drawings are made of: components, ideographic descriptions
    brush       shared:        strokes -> the outlines that a brush leaves
    net         shared:        the recurrent net, its mixture density, the loss, weights on disk
    forecast    shared:        how likely a net finds a drawing
    train       stage train:   the loop
    sample      stage sample:  ancestral sampling, filters
    export      stage export:  the net for the browser; drawings for other tools
    font        on demand:     `fake-kanji font`
    score       stage score:   likeness, structure, novelty; the gallery
    kanjivg     on demand:     drawings in KanjiVG's own form
    write       on demand:     `fake-kanji sample`, `fake-kanji write`
    check       on demand:     `fake-kanji check`: a proof-reader of stroke orders
    tracking    every stage:   rows in MLflow
    cli         the command `fake-kanji`

Nothing is imported here, and nothing is fetched at import. CONTRIBUTING.md says where to change what.
"""
