# Peer: the figures of evaluation as SciPy and statsmodels have them. Their output is kept in tests/evaluation/reference-figures.ts.
# Set up in an empty folder:  python3 -m venv v && v/bin/pip install scipy statsmodels
#                             (made with scipy 1.17.1, statsmodels 0.15.0)
# Run:                        v/bin/python bench/peers/evaluation_figures.py
# Prints one JSON line. Intervals are percentile bootstraps of a mean; their draws are another generator's, so they agree to a resampling's
# own noise, not to the digit. The p values are exact.
import json

import numpy
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar


def interval(values):
    result = stats.bootstrap(
        (numpy.array(values, dtype=float),),
        numpy.mean,
        n_resamples=100_000,
        confidence_level=0.95,
        method="percentile",
        random_state=20230209,
    )
    return [float(result.confidence_interval.low), float(result.confidence_interval.high)]


def groups_interval(groups):
    """Of the share of sums, whole groups drawn anew: `groups` are (how many, part, whole)."""
    parts = numpy.concatenate([numpy.full(count, part, dtype=float) for count, part, _ in groups])
    wholes = numpy.concatenate([numpy.full(count, whole, dtype=float) for count, _, whole in groups])
    result = stats.bootstrap(
        (parts, wholes),
        lambda part, whole, axis: part.sum(axis=axis) / whole.sum(axis=axis),
        n_resamples=100_000,
        confidence_level=0.95,
        method="percentile",
        paired=True,
        vectorized=True,
        batch=10_000,
        random_state=20230209,
    )
    return [float(result.confidence_interval.low), float(result.confidence_interval.high)]


shares = [(3, 10), (50, 100), (87, 473), (900, 1000)]
differences = [(9, 3, 40), (41, 22, 473), (5, 5, 60)]
groups = [[(40, 3, 5), (30, 0, 4), (20, 6, 6), (10, 1, 1)], [(25, 2, 3), (25, 0, 6)]]
pairs = [(0, 0), (1, 0), (4, 0), (5, 5), (9, 3), (41, 22), (3, 15), (600, 500), (2000, 1800)]

print(
    json.dumps(
        {
            "accuracies": [
                {"correct": k, "n": n, "interval": interval([1] * k + [0] * (n - k))} for k, n in shares
            ],
            "differences": [
                {"wins": w, "losses": l, "n": n, "interval": interval([1] * w + [-1] * l + [0] * (n - w - l))}
                for w, l, n in differences
            ],
            "groups": [{"groups": each, "interval": groups_interval(each)} for each in groups],
            "mcnemar": [
                {"wins": w, "losses": l, "p": float(mcnemar([[10, l], [w, 10]], exact=True).pvalue)} for w, l in pairs
            ],
        }
    )
)
