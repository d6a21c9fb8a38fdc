import pandas as pd
from gbstats.gbstats import process_experiment_results
from pymongo import MongoClient
from serve import serve

DAY = pd.Timedelta(days=1)


def experiment(uri, database, experiment, names):
    """From documents to results as one would with data frames: fetch, join, add up by unit, run GrowthBook's engine."""
    db = MongoClient(uri)[database]

    def work():
        fields = {"_id": 0, "unit": 1, "variant": 1, "exposedAt": 1}
        units = pd.DataFrame(list(db.assignments.find({"experiment": experiment}, fields)))
        fields = {"_id": 0, "unit": 1, "event": 1, "value": 1, "at": 1}
        events = pd.DataFrame(list(db.metricEvents.find({"event": {"$in": names}}, fields)))
        joined = events.merge(units, on="unit")
        since = joined["at"] - joined["exposedAt"]

        def sums(rows):
            wide = rows.groupby(["unit", "event"])["value"].sum().unstack(fill_value=0.0)
            return wide.reindex(index=units["unit"], columns=names, fill_value=0.0)

        main = sums(joined[(since >= 0 * DAY) & (since < 7 * DAY)])
        covariate = sums(joined[(since >= -14 * DAY) & (since < 0 * DAY)])
        rows = []
        for variation, variant in enumerate(["control", "new"]):
            own = (units["variant"] == variant).to_numpy()
            row = {"dimension": "", "variation": str(variation), "users": int(own.sum()), "count": int(own.sum())}
            for k, name in enumerate(names):
                y, x = main[name].to_numpy()[own], covariate[name].to_numpy()[own]
                row |= {
                    f"m{k}_id": name,
                    f"m{k}_users": row["users"],
                    f"m{k}_count": row["users"],
                    f"m{k}_main_sum": y.sum(),
                    f"m{k}_main_sum_squares": (y * y).sum(),
                    f"m{k}_covariate_sum": x.sum(),
                    f"m{k}_covariate_sum_squares": (x * x).sum(),
                    f"m{k}_main_covariate_sum_product": (x * y).sum(),
                }
            rows.append(row)
        return rows, process_experiment_results(
            {
                "metrics": {
                    name: {
                        "id": name,
                        "name": name,
                        "statistic_type": "mean_ra",
                        "main_metric_type": "count",
                        "covariate_metric_type": "count",
                    }
                    for name in names
                },
                "analyses": [
                    {
                        "var_names": ["control", "new"],
                        "var_ids": ["0", "1"],
                        "weights": [0.5, 0.5],
                        "stats_engine": "frequentist",
                        "difference_type": "relative",
                    }
                ],
                "query_results": [{"rows": rows, "metrics": names}],
            }
        )

    def tell(found):
        rows, results = found
        arms = [metric["analyses"][0]["dimensions"][0]["variations"][1] for metric in results]
        return [
            [rows[0]["users"], rows[1]["users"]]
            + [float(row[f"m{k}_main_sum"] / row["users"]) for row in rows]
            + [arm["expected"]]
            for k, arm in enumerate(arms)
        ]

    return work, tell


serve("gbstats", {"experiment": experiment})
