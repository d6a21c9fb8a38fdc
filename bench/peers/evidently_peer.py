import os

os.environ["DO_NOT_TRACK"] = "1"

from evidently import DataDefinition, Dataset, Report  # noqa: E402
from evidently.presets import DataDriftPreset  # noqa: E402
from serve import serve  # noqa: E402
from tables import pair  # noqa: E402


def drift(reference, current, names, encoded):
    before, now = pair(reference, current, names, encoded)
    definition = DataDefinition(
        numerical_columns=[name for name in before.columns if name.startswith("n")],
        categorical_columns=[name for name in before.columns if name.startswith("c")],
    )
    sides = [Dataset.from_pandas(table, data_definition=definition) for table in (now, before)]
    report = Report([DataDriftPreset(num_method="ks", cat_method="chisquare")])

    def tell(result):
        found = {}
        for metric in result.dict()["metrics"]:
            config = metric["config"]
            if config.get("column") is not None:
                found[config["column"]] = float(metric["value"])
        return found

    return lambda: report.run(*sides), tell


serve("evidently", {"drift": drift})
