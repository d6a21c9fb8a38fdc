"""What all peers share: one JSON line in, one JSON line out; imports and reading are done before anything is timed."""

import json
import os
import sys
import time
from importlib.metadata import version

import numpy as np


def floats(path):
    """A column as the benchmark wrote it: raw doubles, little-endian."""
    return np.fromfile(path, dtype="<f8")


def codes(path):
    return np.fromfile(path, dtype="u1")


def serve(package, makers):
    """`makers` by name: given its arguments, a maker returns what is timed and what tells its result in plain numbers."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # Whatever a package prints is no answer.

    def answer(value):
        out.write(json.dumps(value) + "\n")
        out.flush()

    answer({"version": version(package)})
    work = tell = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "prepare" in request:
                work, tell = makers[request["prepare"]](**request["args"])
                answer({})
                continue
            times = []
            for _ in range(request["runs"]):
                start = time.perf_counter()
                result = work()
                times.append(1e3 * (time.perf_counter() - start))
            answer({"times": times, "result": tell(result)})
        except Exception as error:  # The benchmark says what went wrong and goes on.
            answer({"error": f"{type(error).__name__}: {error}"})
