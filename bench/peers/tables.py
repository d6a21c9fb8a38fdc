"""The tables of the drift rows as frames: numbers as doubles, categories as strings or encoded."""

import numpy as np
import pandas as pd
from serve import codes, floats


def frame(numbers, categories, names, encoded):
    columns = {f"n{k}": floats(path) for k, path in enumerate(numbers)}
    for k, path in enumerate(categories):
        if encoded:
            columns[f"c{k}"] = pd.Categorical.from_codes(codes(path), names[k])
        else:
            columns[f"c{k}"] = np.array(names[k], dtype=object)[codes(path)]
    return pd.DataFrame(columns)


def pair(reference, current, names, encoded):
    return [frame(table["numbers"], table["categories"], names, encoded) for table in (reference, current)]
