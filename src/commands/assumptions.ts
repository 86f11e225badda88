import type { CountedCheck, Health } from '../judge/simulate/watch.ts';
import { LimitError, parseLimit } from '../model/limits.ts';
import { didYouMean } from '../model/suggest.ts';
import { CommandError } from '../repository/context.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../time.ts';

/** What somebody says of a rollout's traffic and metrics, as it was written. */
export interface Said {
  /** `200/min`; or `conversion=20/min` for one metric. */
  readonly traffic: readonly string[];
  /** `error-rate=0.5%` */
  readonly rate: readonly string[];
  /** `order-value=30`, of a mean. */
  readonly deviation: readonly string[];
  /** `internal=2%` */
  readonly share: readonly string[];
}

const UNITS = {
  s: SECOND,
  sec: SECOND,
  second: SECOND,
  min: MINUTE,
  minute: MINUTE,
  h: HOUR,
  hour: HOUR,
  d: DAY,
  day: DAY,
} as const;

const TRAFFIC = /^(\d{1,12}(?:\.\d{1,6})?)\/([a-z]+)$/;
/** As many a minute as the busiest sites have. */
const MOST = 1e7;

/** @throws CommandError `bad-traffic` */
function parseTraffic(text: string): number {
  const [, number, unit] = TRAFFIC.exec(text) ?? [];
  const per = UNITS[unit as keyof typeof UNITS];
  const perMinute = (Number(number) * MINUTE) / per;
  if (perMinute > 0 && perMinute <= MOST) return perMinute;
  if (perMinute > MOST) {
    throw new CommandError(
      'bad-traffic',
      `--traffic ${text} is more than ${MOST}/min, the most that is simulated`,
    );
  }
  throw new CommandError(
    'bad-traffic',
    `--traffic ${text} is no traffic; write how many requests of all users there are, such as 200/min, 12000/h or 40/s`,
  );
}

/**
 * What each check's metric is like in health: what was said of it, otherwise what its limits
 * suggest.
 *
 * @throws CommandError `bad-traffic`, `unknown-metric`, `bad-rate`
 */
export function healthOf(
  checks: readonly CountedCheck[],
  { traffic, rate, deviation }: Said,
): ReadonlyMap<string, Health> {
  const names = checks.map(({ metric }) => metric.name);
  const everywhere = traffic.filter((text) => !text.includes('=')).at(-1);
  const traffics = named(
    '--traffic',
    traffic.filter((text) => text.includes('=')),
    names,
  );
  const rates = named('--rate', rate, names);
  const deviations = named('--deviation', deviation, names);
  return new Map(
    checks.map((check) => {
      const { name, kind, unit } = check.metric;
      const said = traffics.get(name) ?? everywhere;
      if (said === undefined) {
        throw new CommandError(
          'bad-traffic',
          `how much is counted by ${name}? say --traffic 200/min, or --traffic ${name}=200/min`,
        );
      }
      const written = rates.get(name);
      const level = written === undefined ? usualOf(check) : levelIn(written, check);
      const spread = deviations.get(name);
      if (spread !== undefined && kind !== 'mean') {
        throw new CommandError(
          'bad-rate',
          `--deviation ${name}=${spread}: ${name} is a proportion, whose rate says all; leave it out`,
        );
      }
      const health: Health = {
        level,
        perMinute: parseTraffic(said),
        given: written !== undefined,
        ...(kind === 'mean'
          ? {
              deviation:
                spread === undefined ? usualDeviation(level, unit) : numberIn(spread, check),
            }
          : {}),
      };
      return [name, health];
    }),
  );
}

/** `name=value`, each name one that there is. */
function named(
  option: string,
  texts: readonly string[],
  names: readonly string[],
): ReadonlyMap<string, string> {
  return new Map(
    texts.map((text) => {
      const [name = '', value] = text.split(/=(.*)/s);
      if (value === undefined || value === '') {
        throw new CommandError(
          'bad-rate',
          `${option} ${text} has no value; write ${option} name=value`,
        );
      }
      if (!names.includes(name)) {
        throw new CommandError(
          'unknown-metric',
          `${option} ${text}: the rollout has no counted check on ${name}; ${didYouMean(name, names)}`,
        );
      }
      return [name, value];
    }),
  );
}

function numberIn(text: string, { metric: { name, unit } }: CountedCheck): number {
  try {
    const value = parseLimit(text, unit);
    if (Number.isFinite(value) && value > 0) return value;
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    throw new CommandError('bad-rate', `${name}=${text}: ${error.message}`);
  }
  throw new CommandError('bad-rate', `${name}=${text} is no number above zero in ${unit}`);
}

/** @throws CommandError `bad-rate` where what is called health is past a limit of its own. */
function levelIn(text: string, check: CountedCheck): number {
  const level = numberIn(text, check);
  const { metric, limits } = check;
  const certain = metric.kind === 'proportion' && level >= 1;
  if (certain) {
    throw new CommandError('bad-rate', `--rate ${metric.name}=${text} is all of them; say less`);
  }
  const over = limits.max !== undefined && level > limits.max;
  const under = limits.min !== undefined && level < limits.min;
  if (over || under) {
    throw new CommandError(
      'bad-rate',
      `--rate ${metric.name}=${text} is past the check's own ${over ? 'max' : 'min'}: a healthy rollout would be taken back; change the limit, or say the rate in health`,
    );
  }
  return level;
}

/**
 * What a metric may be in health, where nobody says: half of its `max`, halfway from its `min` to
 * all (a quarter above it, for a mean), the baseline that its check names; otherwise 0.5 % for what
 * must not rise, 5 % for what must not fall, and 1 for a mean, whose unit then does not matter.
 */
function usualOf({ metric, limits: { max, min, maxDecrease }, baseline }: CountedCheck): number {
  if (baseline.kind === 'value' && baseline.value > 0) return baseline.value;
  const proportion = metric.kind === 'proportion';
  if (max !== undefined && max > 0) return max / 2;
  if (min !== undefined && min > 0) return proportion ? (1 + min) / 2 : 1.25 * min;
  if (!proportion) return 1;
  return maxDecrease === undefined ? 0.005 : 0.05;
}

/** Costs and times are about as wide as they are large; scores have few steps. */
const usualDeviation = (level: number, unit: string): number =>
  unit === 'score' ? level / 4 : level;

/** @throws CommandError `bad-share` */
export function parseShares(
  texts: readonly string[],
  stages: readonly string[],
): ReadonlyMap<string, number> {
  return new Map(
    texts.map((text) => {
      const [stage = '', value = ''] = text.split(/=(.*)/s);
      if (!stages.includes(stage)) {
        throw new CommandError(
          'bad-share',
          `--share ${text}: there is no stage ${stage}; ${didYouMean(stage, stages)}`,
        );
      }
      const share = value.endsWith('%') ? Number(value.slice(0, -1)) / 100 : Number(value);
      if (value === '' || !(share > 0 && share <= 1)) {
        throw new CommandError(
          'bad-share',
          `--share ${text} is no share of the traffic; write it as --share ${stage}=2%`,
        );
      }
      return [stage, share];
    }),
  );
}
