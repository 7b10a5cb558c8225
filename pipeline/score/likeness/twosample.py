"""Two-sample test: can a classifier, trained for this alone, tell generated from real characters that it has not seen?

Shapes: R real and G generated drawings with F features.

A logistic regression learns on all folds but one and judges that one (D. Lopez-Paz, M. Oquab, ICLR 2017, with the area
under the ROC curve for the accuracy, which no threshold decides). 0.5 is the ideal: it tells no better than chance;
1 means that every generated one is found out. It reads what the judge makes of order-keeping pictures, so that how many
points a line has gives nothing away. Real drawings are one form a code point: a variant of a character it has learnt
would be known again.

Each fold has an area and DeLong's variance of it (E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Biometrics 44,
1988) by itself, as scores of two classifiers have no common scale. The mean's variance is not a fold's divided by the
number of folds, since the classifiers have learnt from much the same drawings; it is corrected after C. Nadeau and
Y. Bengio (Machine Learning 52, 2003): a fold's times 1 / folds + tested / learnt.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.progress import Progress, unseen

FOLDS = 5
STRENGTH = 0.01  # inverse of the regularisation; there are more features than drawings
MINIMUM = 4 * FOLDS  # drawings a set
SURE = 1.959964  # standard errors on each side of a 95 % interval


class TwoSampleError(ValueError):
    """Sets between which no classifier can be trained."""


@dataclass(frozen=True)
class Told:
    """auc with its 95 % interval; real (R,), generated (G,): the probability of being real that a classifier gave each
    one without having seen it, 0 to 1: how far it is believed."""

    auc: float
    low: float
    high: float
    real: NDArray[np.float64]
    generated: NDArray[np.float64]


def tell(real: NDArray, generated: NDArray, source: np.random.Generator, progress: Progress = unseen) -> Told:
    """Train and test on (R, F) and (G, F) features. Raises TwoSampleError: too few, or a feature is not finite."""
    features = np.concatenate((real, generated)).astype(np.float64)
    is_real = np.arange(len(features)) < len(real)
    if min(len(real), len(generated)) < MINIMUM or not np.isfinite(features).all():
        raise TwoSampleError(
            f"a two-sample test needs {MINIMUM} drawings with finite features in each set, there are {len(real)} real "
            f"and {len(generated)} generated; raise sample.count, or batch.test_percent and batch.valid_percent"
        )
    fold = np.concatenate([source.permutation(np.arange(count) % FOLDS) for count in (len(real), len(generated))])
    believed, areas, variances = np.zeros(len(features)), [], []
    for number in progress(range(FOLDS)):
        learn, held_out = fold != number, fold == number
        believed[held_out] = _classifier().fit(features[learn], is_real[learn]).predict_proba(features[held_out])[:, 1]
        area, variance = delong(believed[held_out & is_real], believed[held_out & ~is_real])
        areas.append(area)
        variances.append(variance)
    auc, error = float(np.mean(areas)), float(np.sqrt(np.mean(variances) * (1 / FOLDS + 1 / (FOLDS - 1))))
    low, high = np.clip((auc - SURE * error, auc + SURE * error), 0, 1)
    return Told(auc, float(low), float(high), believed[is_real], believed[~is_real])


def delong(positive: NDArray, negative: NDArray) -> tuple[float, float]:
    """Area under the ROC curve of (P,) and (Q,) scores, ties count half, and its variance (DeLong et al., eq. 3-6), by
    ranks."""
    p, q = len(positive), len(negative)
    together = rankdata(np.concatenate((positive, negative)))
    above = (together[:p] - rankdata(positive)) / q  # share of the negatives that each positive is above
    below = 1 - (together[p:] - rankdata(negative)) / p  # share of the positives that each negative is below
    return float(above.mean()), float(above.var(ddof=1) / p + below.var(ddof=1) / q)


def _classifier() -> Any:
    """Balanced, so that believed is about one half where it cannot tell, whatever the numbers are."""
    return make_pipeline(
        StandardScaler(), LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=2000, tol=1e-5)
    )
