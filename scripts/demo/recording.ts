import { HOUR, type Instant, MINUTE } from '../../src/time.ts';

/** What happens to one variant of one flag's metric, from a moment until another. */
export interface Incident {
  readonly series: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly value: number;
}

/** A series that is healthy but for incidents. */
export interface Level {
  readonly series: string;
  readonly level: number;
  /** How far it wanders, as a share of the level. */
  readonly noise: number;
}

/** A counter, and another one of those of its counts that are events; incidents are of its share. */
export interface Share {
  readonly total: string;
  readonly perMinute: number;
  readonly events: readonly { readonly series: string; readonly share: number }[];
}

/**
 * Metrics as a CSV for the replay provider: a point an hour, and one a minute around the incidents
 * of the same flag. The same every time: the noise comes from a fixed seed.
 */
export function recording(
  levels: readonly Level[],
  shares: readonly Share[],
  incidents: readonly Incident[],
  from: Instant,
  to: Instant,
): string {
  const random = seeded(20261201);
  const rows = ['time,series,value'];
  for (const { series, level, noise } of levels) {
    const own = incidents.filter((incident) => incident.series === series);
    const near = incidents.filter((incident) => flagOf(incident.series) === flagOf(series));
    for (const at of times(near, from, to)) {
      const incident = own.find((each) => each.from <= at && at < each.to);
      const value = (incident?.value ?? level) * (1 + noise * (random() * 2 - 1));
      rows.push(`${new Date(at).toISOString()},${series},${Number(value.toPrecision(4))}`);
    }
  }
  for (const { total, perMinute, events } of shares) {
    const near = incidents.filter((incident) => flagOf(incident.series) === flagOf(total));
    const counts = new Map([total, ...events.map(({ series }) => series)].map((of) => [of, 0]));
    let before: Instant | undefined;
    for (const at of times(near, from, to)) {
      const all = Math.round((perMinute * (at - (before ?? at))) / MINUTE);
      before = at;
      counts.set(total, (counts.get(total) ?? 0) + all);
      for (const { series, share } of events) {
        const incident = near.find(
          (each) => each.series === series && each.from < at && at <= each.to,
        );
        const more = some(all * (incident?.value ?? share), random);
        counts.set(series, (counts.get(series) ?? 0) + more);
      }
      const when = new Date(at).toISOString();
      for (const [series, count] of counts) rows.push(`${when},${series},${count}`);
    }
  }
  return `${rows.join('\n')}\n`;
}

/** About so many, give or take what chance does: the normal approximation of a Poisson draw. */
function some(expected: number, random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.max(0, Math.round(expected + Math.sqrt(expected) * normal));
}

function times(incidents: readonly Incident[], from: Instant, to: Instant): readonly Instant[] {
  const at = new Set<Instant>();
  for (let time = from - HOUR; time <= to; time += HOUR) at.add(time);
  for (const incident of incidents) {
    for (
      let time = incident.from - 20 * MINUTE;
      time <= incident.to + 20 * MINUTE;
      time += MINUTE
    ) {
      at.add(time);
    }
  }
  return [...at].sort((a, b) => a - b);
}

const flagOf = (series: string): string => series.split('/')[0] ?? '';

/** Mulberry32: small, fast, and the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
