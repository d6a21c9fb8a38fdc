import os

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"

from nannyml import UnivariateDriftCalculator  # noqa: E402
from serve import serve  # noqa: E402
from tables import pair  # noqa: E402


def drift(reference, current, names, encoded):
    """Fitted before; one chunk, as ours judges one batch."""
    before, now = pair(reference, current, names, encoded)
    calculator = UnivariateDriftCalculator(
        column_names=list(before.columns),
        treat_as_categorical=[name for name in before.columns if name.startswith("c")],
        continuous_methods=["kolmogorov_smirnov"],
        categorical_methods=["chi2"],
        chunk_number=1,
    ).fit(before)

    def tell(result):
        table = result.filter(period="analysis").to_df()
        value = lambda name, method: float(table[(name, method, "value")].iloc[0])
        return {name: value(name, "kolmogorov_smirnov" if name.startswith("n") else "chi2") for name in before.columns}

    return lambda: calculator.calculate(now), tell


serve("nannyml", {"drift": drift})
