from dataclasses import replace

from gbstats.frequentist.tests import FrequentistConfig, TwoSidedTTest
from gbstats.gbstats import process_experiment_results
from gbstats.models.statistics import RegressionAdjustedStatistic, SampleMeanStatistic, compute_theta
from serve import serve


def experiment(rows, metrics):
    """From the rows of a query to results, as GrowthBook runs it."""
    data = {
        "metrics": {
            name: {
                "id": name,
                "name": name,
                "statistic_type": "mean_ra",
                "main_metric_type": "count",
                "covariate_metric_type": "count",
            }
            for name in metrics
        },
        "analyses": [
            {
                "var_names": ["control", "treatment"],
                "var_ids": ["0", "1"],
                "weights": [0.5, 0.5],
                "stats_engine": "frequentist",
                "difference_type": "relative",
            }
        ],
        "query_results": [{"rows": rows, "metrics": metrics}],
    }

    def tell(results):
        arms = [metric["analyses"][0]["dimensions"][0]["variations"][1] for metric in results]
        return [[arm["expected"], *arm["ci"], arm["pValue"]] for arm in arms]

    return lambda: process_experiment_results(data), tell


def tests(rows, metrics):
    """The tests alone, without what reads rows and formats results."""

    def statistic(row, k):
        return RegressionAdjustedStatistic(
            n=row["users"],
            post_statistic=SampleMeanStatistic(row["users"], row[f"m{k}_main_sum"], row[f"m{k}_main_sum_squares"]),
            pre_statistic=SampleMeanStatistic(row["users"], row[f"m{k}_covariate_sum"], row[f"m{k}_covariate_sum_squares"]),
            post_pre_sum_of_products=row[f"m{k}_main_covariate_sum_product"],
            theta=0,
        )

    def work():
        results = []
        for k in range(len(metrics)):
            a, b = statistic(rows[0], k), statistic(rows[1], k)
            theta = compute_theta(a, b)
            pair = replace(a, theta=theta), replace(b, theta=theta)
            results.append(TwoSidedTTest(*pair, FrequentistConfig(difference_type="relative")).compute_result())
        return results

    return work, lambda results: [[r.expected, *r.ci, r.p_value] for r in results]


serve("gbstats", {"experiment": experiment, "tests": tests})
