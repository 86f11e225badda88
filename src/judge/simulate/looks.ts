import { DAY, type Duration, HOUR, MINUTE } from '../../time.ts';

/** The moments at which a simulated entry is looked at, and what was counted before each. */
export interface Looks {
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly treatment: Float64Array;
  readonly control: Float64Array;
}

/**
 * A look every five minutes, as a schedule ticks; later in an entry every quarter of an hour, then
 * every hour. It is the grid on which a tick reads the counters of a long entry, and what was caught
 * after so long is still timed to a few percent.
 */
const STEPS = [
  { until: DAY, step: 5 * MINUTE },
  { until: 4 * DAY, step: 15 * MINUTE },
  { until: Number.POSITIVE_INFINITY, step: HOUR },
] as const;

/**
 * Looks over a stretch of evidence, and over what a tick reads of the control before it. Traffic is
 * steady: whole samples, none lost or made up over time.
 *
 * @param before how far back the control is read, before the evidence
 * @param rates samples a millisecond, of each arm
 */
export function looksOver(
  before: Duration,
  length: Duration,
  rates: { readonly treatment: number; readonly control: number },
): Looks {
  const [first] = STEPS;
  const past = Math.floor(before / first.step);
  const ends = Array.from({ length: past + 1 }, (_, index) => (index - past) * first.step);
  for (let at = 0; ; ) {
    at += STEPS.find(({ until }) => at < until)?.step ?? HOUR;
    if (at > length) break;
    ends.push(at);
  }
  const from = Float64Array.from(ends.slice(0, -1));
  const to = Float64Array.from(ends.slice(1));
  const between = (rate: number): Float64Array =>
    to.map((end, look) => Math.round(end * rate) - Math.round((from[look] ?? 0) * rate));
  return { from, to, treatment: between(rates.treatment), control: between(rates.control) };
}
