"""A recurrent net that learns to write from stroke drawings and dreams up new characters.

The flow has one direction; a module imports only what stands above it:

    params      a section of params.yaml -> a frozen dataclass, strict
    files       outputs that appear whole or not at all
    seeds       random generators from named keys
    drawing     THE format: steps (dx, dy, pen); every other module speaks it
    dataset     a set of drawings on disk: points.npy and index.parquet
    render      pictures: SVG and PNG of one drawing or a sheet
    formats     fetch:  the formats that drawings come in, told by their content
    downloads   fetch:  a pinned package or release, checked by its hash, kept in a cache
    sources     fetch:  package, release or folder -> one archive and a manifest
    paths       parse:  SVG path data -> curves
    shapes      parse:  circles, rectangles and the like -> path data
    svg         parse:  an SVG document -> strokes as curves
    geometry    parse:  curves -> points (bezier, arclength, rdp); a new resampling rule goes here
    sketch      parse:  what a reader of a stroke format gives
    object_arrays  parse: numpy's object arrays without running what their pickles name
    stroke3     parse:  sketch-rnn's .npz -> sketches
    quickdraw   parse:  Quick, Draw!'s .ndjson -> sketches
    casia       parse:  CASIA's .pot -> sketches
    iam         parse:  IAM On-Line's .xml -> sketches
    kanjivg     parse:  KanjiVG's single .xml -> SVG documents
    readers     parse:  each format's reader; a new format goes here
    timelimit   parse:  a limit of processor time a file
    parsing     parse:  the archive -> a set of drawings
    batches     batch:  hold-out split, scale, minibatches of whole drawings
    augmentation  train:  drawings distorted at random in training
    recombination  train:  drawings with components of others, for training
    mixture     train:  mixture of bivariate Gaussians
    loss        train:  offset and weighted pen likelihood; another loss goes here
    model       train:  the recurrent net
    optimizers  train:  Adam, Muon by gates, the learning rate's course
    checkpoint  train:  safetensors + JSON, resumable
    training    train:  the loop
    compact     export: a net with rounded weights, one JSON file
    filters     sample: what a drawing must be to be kept, reasons counted
    sampling    sample: batched ancestral sampling
    starts      sample: strokes of each kanji and component to begin with
    prefix      sample: a character or a drawn SVG -> what drawings begin with
    writer      sample: new characters on demand, as pictures
    likelihood  score:  held-out likelihood and calibration of the pen
    distributions  score:  strokes, lengths and sizes against the hold-out's
    rasters     score:  drawings as small pictures that keep the strokes' order and direction
    judge       score:  the net in whose features drawings are compared; fixed, versioned
    judge_training  score:  how the judge is trained: judge/dvc.yaml, judge/params.yaml
    judge_card  score:  what is measured of the judge
    fidelity    score:  Frechet distance, precision, recall, density, coverage in the judge's features
    twosample   score:  a classifier trained to tell generated from real
    resemblance  score:  all of these with their floors
    novelty     score:  nearest training character
    traces      score:  strokes as a few points at equal distances
    parts       score:  runs of strokes that are known components
    stroke_order  score:  stroke types, direction and order of strokes
    structure   score:  how drawings are built, beside held-out ones
    plots       score:  tables and pictures of the scores
    material    score:  samples and the real drawings that they are held against
    sheets      score:  samples beside their nearest, the most and the least believed
    scoring     score:  all scores of a set of samples
    density     score:  where the pen may go next, the mixture along a drawing
    density_sheet  score:  a still picture of it
    charts      score:  tables as inline SVG
    exhibits    score:  what the gallery shows, as plain data
    gallery     score:  one page of every sample that needs no network
    curation    score:  the scores of a set of samples -> what the gallery shows
    export      a set of drawings -> the files of other tools
    web_export  export: the loss by rounding, real kanji to compare with, the page as one file
    demo        the page on loopback
    tracking_files  MLflow: what of DVC's files a row holds
    tracking_store  MLflow: where the rows are
    tracking_view   MLflow: the prepared view
    tracking    MLflow: a row for each configuration; never stops a run
    revisions   MLflow: what DVC keeps of other commits and of experiments
    ui          the MLflow UI on loopback
    cli         the command `fake-kanji`

Nothing is imported here, and nothing is fetched at import.
"""
