/** What a service counts, as Prometheus reads it. */
export interface Metrics {
  /** One request that was answered. */
  count(variant: string, code: number, seconds: number): void;
  /** All of it in the text format (https://prometheus.io/docs/instrumenting/exposition_formats/). */
  render(): string;
}

const BOUNDS = [0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

interface Timed {
  readonly buckets: number[];
  count: number;
  sum: number;
}

/** Counters of requests and a histogram of how long they took, by the variant that answered. */
export function createMetrics(flag: string): Metrics {
  const requests = new Map<string, number>();
  const durations = new Map<string, Timed>();
  const labels = (variant: string): string => `flag="${flag}",variant="${variant}"`;
  return {
    count(variant, code, seconds) {
      const request = `http_requests_total{${labels(variant)},code="${code}"}`;
      requests.set(request, (requests.get(request) ?? 0) + 1);
      const timed = durations.get(variant) ?? { buckets: BOUNDS.map(() => 0), count: 0, sum: 0 };
      durations.set(variant, timed);
      timed.count += 1;
      timed.sum += seconds;
      BOUNDS.forEach((bound, place) => {
        if (seconds <= bound) timed.buckets[place] = (timed.buckets[place] ?? 0) + 1;
      });
    },
    render() {
      const name = 'http_request_duration_seconds';
      return [
        '# TYPE http_requests_total counter',
        ...[...requests].map(([request, count]) => `${request} ${count}`),
        `# TYPE ${name} histogram`,
        ...[...durations].flatMap(([variant, { buckets, count, sum }]) => [
          ...BOUNDS.map(
            (le, place) => `${name}_bucket{${labels(variant)},le="${le}"} ${buckets[place] ?? 0}`,
          ),
          `${name}_bucket{${labels(variant)},le="+Inf"} ${count}`,
          `${name}_sum{${labels(variant)}} ${sum}`,
          `${name}_count{${labels(variant)}} ${count}`,
        ]),
        '',
      ].join('\n');
    },
  };
}
