"""Reference values for src/judge/statistics, from SciPy, statsmodels and mpmath.

    /usr/bin/python3 test/judge/reference/statistics.py > test/judge/reference/statistics.jsonl

Debian's python3-scipy, python3-statsmodels and python3-mpmath are enough. A line a case: `of` names
the statistic, `given` what it was given, `is` what it must be. Where a library has the statistic, it
is asked; where it has not, or loses digits, the definition is worked out with fifty digits, and the
library, asked as well, must agree as far as it goes.
"""

import json
import random
import sys

import numpy as np
from mpmath import asin, log, loggamma, mp, mpf, sqrt
from scipy import optimize, stats
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_confint,
    proportion_effectsize,
    proportions_ztest,
)
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

mp.dps = 50
rng = random.Random(20261121)
# No evidence makes a p-value zero: the smallest double stands for what is smaller.
SMALLEST = 5e-324
CONFIDENCES = [0.9, 0.95, 0.98, 0.999]


def emit(of, given, expected):
    print(json.dumps({"of": of, "given": given, "is": expected}))


def agree(ours, library, tolerance=1e-9):
    """The library's own answer must be the same, as far as it keeps its digits."""
    if not abs(float(ours) - float(library)) <= tolerance * max(1.0, abs(float(ours))):
        sys.exit(f"the definition gives {ours}, the library {library}")


def critical(confidence):
    return mpf(stats.norm.isf((1 - confidence) / 2))




def t_sf(t, degrees):
    """The upper tail of Student's t. SciPy's is good where there are very many degrees."""
    if degrees > 1e4:
        return mpf(stats.t.sf(float(t), degrees))
    half = mp.betainc(mpf(degrees) / 2, mpf(1) / 2, 0, degrees / (degrees + mpf(t) ** 2), regularized=True) / 2
    return half if t >= 0 else 1 - half


def t_isf(q, degrees):
    """Its quantile: SciPy's, which is right to nine digits, put right by Newton's method."""
    t = mpf(stats.t.isf(q, degrees))
    if degrees <= 1e4:
        for _ in range(3):
            t += (t_sf(t, degrees) - mpf(q)) / mpf(stats.t.pdf(float(t), degrees))
    return t


# --- distributions ---------------------------------------------------------------------------

for z in [-38, -8, -1, 0, 0.5, 1.96, 5, 8, 20, 37]:
    emit("normal-sf", {"z": z}, float(mp.erfc(mpf(z) / sqrt(mpf(2))) / 2))
for q in [1e-300, 1e-100, 1e-10, 0.001, 0.025, 0.2, 0.5, 0.9, 0.999]:
    emit("normal-upper-quantile", {"q": q}, stats.norm.isf(q))
for degrees in [1, 2, 3, 4, 5, 6, 9, 20]:
    for x in [0, 1e-6, 0.1, 1, 3.84, 10, 50, 200, 1000]:
        exact = mp.gammainc(mpf(degrees) / 2, mpf(x) / 2, regularized=True)
        agree(exact, stats.chi2.sf(x, degrees))
        emit("chi-square-sf", {"x": x, "degrees": degrees}, float(exact))
for degrees in [1, 1.5, 2, 3.7, 10, 33.3, 1e3, 9.9e4, 1.01e5, 1e6, 1e9]:
    for t in [-3, 0, 1e-8, 0.1, 1, 2, 5, 8, 20]:
        emit("t-sf", {"t": t, "degrees": degrees}, float(t_sf(t, degrees)))
    for q in [0.4, 0.1, 0.025, 1e-3, 1e-6, 1e-10]:
        emit("t-upper-quantile", {"q": q, "degrees": degrees}, float(t_isf(q, degrees)))

# --- proportions -----------------------------------------------------------------------------

SIZES = [1, 2, 3, 7, 10, 50, 1000, 10**6, 10**9]


def counts(total):
    """None, one, some, half, all but one and all of them."""
    return sorted({0, 1, total // 200, total // 20, total // 2, total - 1, total} - {-1})


def wilson(events, total, confidence):
    z, n, p = critical(confidence), mpf(total), mpf(events) / total
    middle = p + z**2 / (2 * n)
    spread = z * sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return (middle - spread) / (1 + z**2 / n), (middle + spread) / (1 + z**2 / n)


for total in SIZES:
    for events in counts(total):
        for confidence in CONFIDENCES:
            low, high = wilson(events, total, confidence)
            library = proportion_confint(events, total, 1 - confidence, "wilson")
            agree(low, library[0]), agree(high, library[1])
            given = {"events": events, "total": total, "confidence": confidence}
            emit("wilson", given, [float(low), float(high)])

for total_a in SIZES:
    for total_b in sorted({total_a, 7, 3000}):
        for a in counts(total_a):
            for b in rng.sample(counts(total_b), min(3, len(counts(total_b)))):
                given = {"a": [a, total_a], "b": [b, total_b], "confidence": 0.95}
                rate_a, rate_b = mpf(a) / total_a, mpf(b) / total_b
                wilson_a, wilson_b = wilson(a, total_a, 0.95), wilson(b, total_b, 0.95)
                low = rate_b - rate_a - sqrt((rate_b - wilson_b[0]) ** 2 + (wilson_a[1] - rate_a) ** 2)
                high = rate_b - rate_a + sqrt((wilson_b[1] - rate_b) ** 2 + (rate_a - wilson_a[0]) ** 2)
                library = confint_proportions_2indep(b, total_b, a, total_a, method="newcomb")
                agree(low, library[0], 1e-7), agree(high, library[1], 1e-7)
                h = 2 * asin(sqrt(rate_b)) - 2 * asin(sqrt(rate_a))
                agree(h, proportion_effectsize(b / total_b, a / total_a))
                test = None  # all or nothing: no library tests that
                if 0 < a + b < total_a + total_b:
                    pooled = mpf(a + b) / (total_a + total_b)
                    z = (rate_b - rate_a) / sqrt(pooled * (1 - pooled) * (mpf(1) / total_a + mpf(1) / total_b))
                    tails = [mp.erfc(abs(z) / sqrt(mpf(2))), mp.erfc(z / sqrt(mpf(2))) / 2, mp.erfc(-z / sqrt(mpf(2))) / 2]
                    for tail, alternative in zip(tails, ["two-sided", "larger", "smaller"]):
                        agree(tail, proportions_ztest([b, a], [total_b, total_a], alternative=alternative)[1], 1e-6)
                    test = [float(z), *(max(float(tail), SMALLEST) for tail in tails)]
                emit("proportions", given, {"interval": [float(low), float(high)], "h": float(h), "test": test})

# --- sample sizes ----------------------------------------------------------------------------

for p1, p2 in [(0.5, 0.52), (0.05, 0.1), (0.2, 0.18), (0.001, 0.002), (0, 0.01), (0.99, 1), (0.3, 0.300001)]:
    for alpha, power, sides in [(0.05, 0.8, 2), (0.01, 0.9, 2), (0.05, 0.8, 1), (0.001, 0.99, 2)]:
        for ratio in [1, 0.01, 0.25, 4]:
            h = 2 * asin(sqrt(mpf(p2))) - 2 * asin(sqrt(mpf(p1)))
            z = mpf(stats.norm.isf(alpha / sides)) + mpf(stats.norm.isf(1 - power))
            exact = (1 + 1 / mpf(ratio)) * (z / h) ** 2
            alternative = "two-sided" if sides == 2 else "larger"
            library = NormalIndPower().solve_power(abs(float(h)), None, alpha, power, ratio, alternative)
            agree(exact, library, 1e-3)
            given = {"from": p1, "to": p2, "alpha": alpha, "power": power, "sides": sides, "ratio": ratio}
            n = [int(mp.ceil(exact)), int(mp.ceil(exact * mpf(ratio)))]
            emit("samples", given, n)
            for a in [1, 10, 1000, 10**6]:
                b = max(1, round(a * ratio))
                reached = NormalIndPower().power(abs(float(h)), a, alpha, b / a, alternative)
                emit("power", {**given, "a": a, "b": b}, float(reached))

for base in [0, 0.001, 0.05, 0.5, 0.97, 1]:
    for a, b in [(10, 10), (1000, 50), (10**6, 10**6)]:
        target = float((stats.norm.isf(0.025) + stats.norm.isf(0.2)) * np.sqrt(1 / a + 1 / b))

        def away(rate):
            return abs(proportion_effectsize(rate, base)) - target

        found = [
            optimize.brentq(away, base, end, xtol=1e-16, rtol=8.9e-16) if away(end) >= 0 else None
            for end in [0, 1]
        ]
        emit("detectable", {"from": base, "a": a, "b": b}, found)

# --- means -----------------------------------------------------------------------------------

for n_a, n_b, middle, spread, more in [
    (2, 2, 1, 1, 0.5), (5, 9, 10, 2, 0), (30, 30, 0.2, 0.1, 0.02), (200, 50, 1e6, 1, 0.1),
    (100, 1000, -5, 3, 1), (40, 40, 1e-9, 1e-9, 1e-10), (300, 300, 7, 0.5, 2),
]:
    a = np.array([middle + spread * rng.gauss(0, 1) for _ in range(n_a)])
    b = np.array([middle + more + spread * 1.5 * rng.gauss(0, 1) for _ in range(n_b)])
    sums, moments = [], []
    for values in (a, b):
        total, squares, n = float(values.sum()), float((values**2).sum()), len(values)
        sums.append([n, total, squares])
        moments.append((mpf(total) / n, (mpf(squares) - mpf(total) ** 2 / n) / (n - 1), n))
    (mean_a, var_a, _), (mean_b, var_b, _) = moments
    error_a, error_b = var_a / n_a, var_b / n_b
    error = sqrt(error_a + error_b)
    degrees = (error_a + error_b) ** 2 / (error_a**2 / (n_a - 1) + error_b**2 / (n_b - 1))
    t = (mean_b - mean_a) / error
    tails = [float(tail) for tail in (2 * t_sf(abs(t), degrees), t_sf(t, degrees), t_sf(-t, degrees))]
    half = t_isf(0.025, float(degrees))
    difference = mean_b - mean_a
    loss = 1e-9 if middle != 1e6 else 1e-3
    library = CompareMeans(DescrStatsW(b), DescrStatsW(a)).tconfint_diff(usevar="unequal")
    agree(difference - half * error, library[0], loss), agree(difference + half * error, library[1], loss)
    agree(tails[0], stats.ttest_ind(b, a, equal_var=False).pvalue, loss)
    relative = difference / abs(mean_a)
    relative_error = sqrt(error_b / mean_a**2 + error_a * mean_b**2 / mean_a**4)
    emit("means", {"a": sums[0], "b": sums[1], "confidence": 0.95}, {
        "variances": [float(var_a), float(var_b)],
        "interval": [float(difference - half * error), float(difference + half * error)],
        "degrees": float(degrees),
        "p": tails,
        "relative": [float(relative), float(relative - half * relative_error), float(relative + half * relative_error)],
    })

# --- ranks -----------------------------------------------------------------------------------


def shift_ends(a, b, confidence):
    """Where the statistic of R's wilcox.test crosses: asked between any two differences."""
    differences = np.unique(np.subtract.outer(b, a))
    gaps = (differences[:-1] + differences[1:]) / 2
    z = float(critical(confidence))

    def statistic(shift):
        ranks = stats.rankdata(np.concatenate([b - shift, a]))
        n, m = len(b), len(a)
        excess = ranks[:n].sum() - n * (n + 1) / 2 - n * m / 2
        ties = np.unique(ranks, return_counts=True)[1].astype(float)
        variance = n * m / 12 * ((n + m + 1) - (ties**3 - ties).sum() / ((n + m) * (n + m - 1)))
        return (excess - np.sign(excess) * 0.5) / np.sqrt(variance)

    at = np.array([statistic(gap) for gap in gaps])
    return [float(differences[(at > z).sum()]), float(differences[len(gaps) - (at < -z).sum()])]


def draw(kind, n):
    if kind == "ties":
        return [float(rng.randrange(6)) for _ in range(n)]
    if kind == "skewed":
        return [round(rng.lognormvariate(0, 1), 6) for _ in range(n)]
    return [rng.gauss(0, 1) for _ in range(n)]


SAMPLES = [([1, 2.2, 1.1, 2.5, 3], [20, 22, 21, 25, 30]), ([5], [5]), ([1], [2]), ([3] * 6, [3] * 6), ([3] * 6, [4] * 7)]
for kind in ["ties", "skewed", "normal"]:
    for n, m in [(1, 1), (1, 5), (2, 3), (5, 5), (8, 13), (30, 12), (40, 40)]:
        SAMPLES.append((draw(kind, n), [value + rng.choice([0, 0, 1]) for value in draw(kind, m)]))
for a, b in SAMPLES:
    a, b = np.array(a, float), np.array(b, float)
    if len(set(a) | set(b)) > 1:
        p = [
            float(stats.mannwhitneyu(b, a, alternative=alternative, method="asymptotic").pvalue)
            for alternative in ["two-sided", "greater", "less"]
        ]
        emit("mann-whitney", {"a": list(a), "b": list(b)}, [float(stats.mannwhitneyu(b, a).statistic), *p])
    for confidence in [0.8, 0.95, 0.98]:
        estimate = float(np.median(np.subtract.outer(b, a)))
        given = {"a": list(a), "b": list(b), "confidence": confidence}
        emit("hodges-lehmann", given, [estimate, *shift_ends(a, b, confidence)])

for values in [[1], [1, 2], [3, 1, 2], draw("skewed", 30), draw("ties", 101), draw("normal", 7)]:
    for q in [0, 0.01, 0.25, 0.5, 0.75, 0.95, 0.99, 1]:
        emit("percentile", {"values": values, "q": q}, float(np.percentile(values, 100 * q)))

# --- sample ratio ----------------------------------------------------------------------------


def evidence(observed, weights):
    exact = []
    for concentration in [100, 10000]:
        shares = [mpf(weight) / sum(weights) for weight in weights]
        prior = [concentration * share for share in shares]
        n = sum(observed)
        exact.append(
            loggamma(mpf(concentration)) - loggamma(concentration + mpf(n))
            + sum(loggamma(p + x) - loggamma(p) - x * log(s) for p, x, s in zip(prior, observed, shares))
        )
    return log((mp.exp(exact[0]) + mp.exp(exact[1])) / 2)


for observed, weights in [
    ([1000, 1200], [50, 50]), ([0, 40], [1, 1]), ([8, 8], [1, 1]), ([500, 9400], [5, 95]),
    ([10**9, 10**9], [1, 1]), ([10**9 + 10**5, 10**9], [1, 1]), ([10**7, 99 * 10**7 + 12345], [1, 99]),
    ([330, 340, 330], [1, 1, 1]), ([100, 150, 90, 60], [25, 25, 25, 25]), ([10, 999990], [1, 99999]),
]:
    total = sum(observed)
    library = stats.chisquare(observed, [total * weight / sum(weights) for weight in weights])
    given = {"observed": observed, "weights": weights}
    p = mp.gammainc(mpf(len(weights) - 1) / 2, sum((mpf(x) - mpf(total) * w / sum(weights)) ** 2 / (mpf(total) * w / sum(weights)) for x, w in zip(observed, weights)) / 2, regularized=True)
    agree(p, library.pvalue, 1e-8)
    emit("sample-ratio", given, float(p))
    emit("sample-ratio-evidence", given, float(evidence(observed, weights)))
