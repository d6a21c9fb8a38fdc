import numpy as np
from scipy import stats
from serve import floats, serve


def ks(x, y):
    a, b = floats(x), floats(y)
    return lambda: stats.ks_2samp(a, b, method="asymp"), lambda r: {"statistic": float(r.statistic), "pValue": float(r.pvalue)}


def ks_statistic(x, y):
    """D alone, as numpy has it quickest: both sorted, then found in each other."""
    a, b = floats(x), floats(y)

    def work():
        first, second = np.sort(a), np.sort(b)
        both = np.concatenate([first, second])
        steps = np.searchsorted(first, both, side="right") / len(a) - np.searchsorted(second, both, side="right") / len(b)
        return np.abs(steps).max()

    return work, lambda r: {"statistic": float(r)}


def wasserstein(x, y):
    a, b = floats(x), floats(y)
    return lambda: stats.wasserstein_distance(a, b), float


serve("scipy", {"ks": ks, "ksStatistic": ks_statistic, "wasserstein": wasserstein})
