import numpy as np
from serve import serve
from statsmodels.stats.power import NormalIndPower, tt_ind_solve_power


def size_t(effects):
    return lambda: [tt_ind_solve_power(effect_size=d, alpha=0.05, power=0.8) for d in effects], lambda r: [float(n) for n in r]


def effect_t(sizes):
    return lambda: [tt_ind_solve_power(nobs1=n, alpha=0.05, power=0.8) for n in sizes], lambda r: [np.asarray(d).item() for d in r]


def power_t(effects, n):
    return lambda: [tt_ind_solve_power(effect_size=d, alpha=0.05, nobs1=n) for d in effects], lambda r: [float(p) for p in r]


def size_z(effects):
    solver = NormalIndPower()
    return lambda: [solver.solve_power(effect_size=d, alpha=0.05, power=0.8) for d in effects], lambda r: [float(n) for n in r]


def power_z(effects, n):
    solver = NormalIndPower()
    return lambda: [solver.solve_power(effect_size=d, alpha=0.05, nobs1=n) for d in effects], lambda r: [float(p) for p in r]


serve("statsmodels", {"sizeT": size_t, "effectT": effect_t, "powerT": power_t, "sizeZ": size_z, "powerZ": power_z})
