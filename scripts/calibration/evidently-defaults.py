"""Rates of Evidently's default drift tests on samples that the calibration drew: `python evidently-defaults.py DIR`.

DIR/cells.json lists cells {"kind": "num" | "cat", "reference": n, "current": n, "repetitions": r, "file": name}; a
file holds, per repetition, the reference and then the current values as little-endian doubles. Answers on standard
output with the package's version and, per cell, the test it chose and the share of repetitions it called drift.
"""

import json
import os
import sys
import warnings

warnings.filterwarnings("ignore")

import evidently
import numpy
import pandas
from evidently.legacy.calculations.stattests import get_stattest
from evidently.legacy.core import ColumnType

folder = sys.argv[1]
with open(os.path.join(folder, "cells.json")) as file:
    cells = json.load(file)
answers = []
for cell in cells:
    ahead = cell["reference"]
    rows = numpy.fromfile(os.path.join(folder, cell["file"]), "<f8").reshape(cell["repetitions"], -1)
    kind = ColumnType.Numerical if cell["kind"] == "num" else ColumnType.Categorical
    flags = 0
    for row in rows:
        column = pandas.Series(row if cell["kind"] == "num" else row.astype(int).astype(str))
        reference, current = column[:ahead], column[ahead:].reset_index(drop=True)
        test = get_stattest(reference, current, kind, None)
        flags += bool(test(reference, current, kind, None).drifted)
    answers.append({"test": test.display_name, "rate": flags / len(rows)})
print(json.dumps({"version": evidently.__version__, "cells": answers}))
