from alibi_detect.cd import KSDrift
from serve import serve
from tables import pair


def drift(reference, current, names, encoded):
    """Numeric columns alone: it has no test of numbers and categories in one."""
    before, now = [table.filter(regex="^n").to_numpy() for table in pair(reference, current, names, encoded)]
    detector = KSDrift(before, p_val=0.05)
    return lambda: detector.predict(now), lambda r: {
        f"n{k}": float(distance) for k, distance in enumerate(r["data"]["distance"])
    }


serve("alibi-detect", {"drift": drift})
