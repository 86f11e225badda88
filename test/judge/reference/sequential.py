"""What sequential.json holds, computed another way: by root finding, numerical integration and the
plain sum over restarts, with scipy. Run: python3 sequential.py > sequential.json"""

import json
import math
import random

from scipy import integrate, optimize, stats

random.seed(20261203)


def kappa(s, f):
    return math.exp(s) - 1 if f == 1 else -math.log(f - (f - 1) * math.exp(s)) / (f - 1)


def highest(f):
    """The tilt at which clusters have no finite expectation."""
    return 50.0 if f == 1 else math.log(f / (f - 1))


def gain_of(odds, f):
    """kappa at the tilt s that maximises s*odds - kappa(s)."""
    slope = lambda s: odds - math.exp(s) / (f - (f - 1) * math.exp(s))
    s = optimize.brentq(slope, -40, highest(f) - 1e-13, xtol=1e-15)
    return kappa(s, f)


def arm(u, share, f):
    if share > 0.5:
        none, event = arm(-u, 1 - share, f)
        return event, none
    gain = u / (1 - u * share)
    s = optimize.brentq(lambda s: kappa(s, f) - gain, -60, highest(f) - 1e-13, xtol=1e-15)
    none = -math.log(1 + share * gain)
    return none + s, none


def log_ratio(odds, p, q, b, n, N, f, x, y, ratio=None):
    """What a bet pays that is sized for so many requests of the treatment to one of control."""
    gain = gain_of(odds, f)
    sized = n / N if ratio is None else ratio
    stake = gain / (1 + gain * p + b * sized * (1 + gain * (1 - q)))
    te, tn = arm(stake, p, f)
    ce, cn = arm(-stake * b * n / N, q, f)
    return x * te + (n - x) * tn + y * ce + (N - y) * cn


def conditional():
    """Rare events: the binomial likelihood ratio given how many events there were in all."""
    for _ in range(40):
        n, N = random.randint(1, 400), random.randint(1, 8000)
        b, odds = random.choice([0.8, 1, 1.05, 2]), random.choice([0.1, 0.5, 1.5, 2, 6, 20])
        x, y = random.randint(0, min(n, 12)), random.randint(0, min(N, 60))
        at, past = n * b / (n * b + N), n * b * odds / (n * b * odds + N)
        log = stats.binom.logpmf(x, x + y, past) - stats.binom.logpmf(x, x + y, at)
        yield dict(n=n, N=N, slope=b, odds=odds, x=x, y=y, log=log)


def one_sample():
    """One arm against a level: the plain binomial likelihood ratio."""
    for _ in range(30):
        n = random.randint(1, 500)
        x = random.randint(0, n)
        level, odds = random.choice([0.001, 0.01, 0.3, 0.99]), random.choice([0.2, 0.8, 1.25, 6])
        past = odds * level / (1 - level + odds * level)
        log = stats.binom.logpmf(x, n, past) - stats.binom.logpmf(x, n, level)
        yield dict(n=n, level=level, odds=odds, x=x, log=log)


def clustered():
    for _ in range(40):
        n, N = random.randint(5, 400), random.randint(400, 8000)
        q, b = random.choice([0.001, 0.02, 0.3]), random.choice([0.8, 1, 1.05])
        f, odds = random.choice([1, 1.3, 3, 8]), random.choice([0.5, 1.25, 1.9, 6, 20])
        x, y = random.randint(0, n), random.randint(0, N)
        log = log_ratio(odds, b * q, q, b, n, N, f, x, y)
        yield dict(n=n, N=N, share=q, slope=b, odds=odds, dispersion=f, x=x, y=y, log=log)


def widths():
    """The two-sided confidence sequence: where a normal mixture of likelihoods reaches 1/alpha."""
    for n in [30, 500, 5000, 200000]:
        for alpha in [0.05, 0.001]:
            rho = math.sqrt((-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / 5000)

            def log_mixture(total):
                peak = total * rho**2 / (n * rho**2 + 1)
                top = peak * total - n * peak**2 / 2 - peak**2 / (2 * rho**2)
                spread = rho / math.sqrt(n * rho**2 + 1)
                f = lambda m: math.exp(
                    m * total - n * m * m / 2 - m * m / (2 * rho**2) - top
                ) / (rho * math.sqrt(2 * math.pi))
                area, _ = integrate.quad(f, peak - 12 * spread, peak + 12 * spread, epsabs=0)
                return top + math.log(area)

            total = optimize.brentq(lambda t: log_mixture(t) + math.log(alpha), 0, 50 * math.sqrt(n))
            yield dict(samples=n, alpha=alpha, se=1 / math.sqrt(n), half=total / n)


def entry():
    """An entry of six hours after ten of the control alone, every restart summed by itself."""
    step = 300_000
    planned = 48 * 3600_000
    odds = [1.12, 1.4, 1.92, 4.6, 16]
    at_once = [0.01, 0.04, 0.43, 0.47, 0.05]
    later = [0.01, 0.04, 0.75, 0.15, 0.05]
    intervals, events, total = [], 0, 0
    logs = [[] for _ in odds]
    # A wager is laid when four events were to be expected since the last, at the control's share; how
    # much of it hangs on the ten minutes that are over by then.
    begins, learnt = [], math.inf
    n, N, b = 50, 950, 1.05
    ratio = math.exp(0.25 * math.ceil(math.log(n / N) / 0.25))
    for tick in range(-120, 72):
        y = random.choice([3, 4, 5, 6, 7])
        x = random.choice([0, 0, 1]) if tick < 20 else random.choice([0, 1, 1, 2])
        intervals.append(dict(tick=tick, x=x, n=n, y=y, N=N))
        if tick >= 0:
            share = (events + 0.5) / (total - events + 0.5)
            share = math.exp(0.25 * round(math.log(share) / 0.25))
            q = share / (1 + share)
            if learnt >= 4:
                begins.append(tick)
                learnt = 0
            learnt += n * b * q
            for index, each in enumerate(odds):
                logs[index].append(log_ratio(each, b * q, q, b, n, N, 1, x, y, ratio))
        events, total = events + y, total + N
    due = lambda tick: 0.44 + 0.56 * 0.95 * (tick - tick % 2) * step / planned
    worth = 1 - due(begins[-1])
    for first, more, each in zip(at_once, later, logs):
        for begun, before in zip(begins, [None] + begins):
            part = 0.44 * first if before is None else (due(begun) - due(before)) * more
            worth += part * math.exp(sum(each[begun:]))
    return dict(intervals=intervals, logE=math.log(worth))


print(
    json.dumps(
        dict(
            conditional=list(conditional()),
            oneSample=list(one_sample()),
            clustered=list(clustered()),
            widths=list(widths()),
            entry=entry(),
        ),
        indent=2,
    )
)
