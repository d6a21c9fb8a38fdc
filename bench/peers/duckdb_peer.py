import duckdb
import pandas as pd
from serve import codes, floats, serve


def sums(arm, metrics, covariates, threads):
    connection = duckdb.connect(config={"threads": threads})
    columns = {"arm": codes(arm)}
    for k, (metric, covariate) in enumerate(zip(metrics, covariates)):
        columns[f"y{k}"], columns[f"x{k}"] = floats(metric), floats(covariate)
    frame = pd.DataFrame(columns)  # noqa: F841 - read by its name
    connection.execute("create table users as select * from frame")
    of = lambda k: f"sum(y{k}), sum(y{k}*y{k}), sum(x{k}), sum(x{k}*x{k}), sum(y{k}*x{k})"
    query = f"select count(*), {', '.join(of(k) for k in range(len(metrics)))} from users group by arm order by arm"
    return lambda: connection.execute(query).fetchall(), lambda rows: [[float(value) for value in row] for row in rows]


serve("duckdb", {"sums": sums})
