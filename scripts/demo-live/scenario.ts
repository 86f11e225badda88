import { SECOND } from '../../src/time.ts';

/** The flag that is rolled out, and what its users are told apart by. */
export const FLAG = 'new-checkout';
export const TREATMENT = 'on';
export const CONTROL = 'off';

/** Who visits, and how often all of them together: each user comes by once in ten seconds. */
export const USERS = 5_000;
export const PER_SECOND = 500;

/** How often somebody, or a cron job, runs `sluice reconcile`. */
export const TICK = 2 * SECOND;

/** Before the first tick, so that the service's ordinary days are on record. */
export const WARM_UP = 4 * SECOND;

/** What a bump leads to, in percent; the last is never reached. */
export const STAGES = [
  { name: 'canary', percentage: 1, duration: '15s' },
  { name: 'early', percentage: 5, duration: '15s' },
  { name: 'quarter', percentage: 25, duration: '60s' },
  { name: 'full', percentage: 100, duration: '60s' },
] as const;

/** The fault is switched on in this stage, when all users have been seen in it once. */
export const FAULTY_STAGE = 'quarter';
export const FAULT_AFTER = 11 * SECOND;

/** What the service does. */
export const SERVICE = {
  /** Of all requests, with or without the flag. */
  fails: 0.005,
  /** A usual answer, in milliseconds: the median, and how far it is spread out (log-normal). */
  takes: 6,
  spread: 0.5,
  /** With the fault: of the treatment's requests, and how long each waits in vain. */
  faultFails: 1 / 3,
  faultTakes: 120,
} as const;

/** How long the users are watched after the rollback: longer than it takes all of them to come by. */
export const AFTERWARDS = 13 * SECOND;

/** `.github/sluice.yml` of the repository: what makes a rollout of weeks one of a minute. */
export const config = (prometheus: string): string => `# A rollout in a minute; a real one has days.
settle: 2s                             # the service looks at its flags ten times a second
providers:
  live: {type: prometheus, url: '${prometheus}', scrape_interval: 1s}
policy:
  advance: {days: [mon, tue, wed, thu, fri, sat, sun], hours: '00:00-24:00'}   # whenever you run this
  risk: {low: {total_duration: 30s, stage_duration: 15s}}
  confidence: 99%                    # of seconds: nobody is there to look twice
  rules: {missing-business-metric: 'off', missing-experience-metric: 'off', advance-out-of-hours: 'off'}
targets: [{type: flagd, path: flags/flagd.json}]
`;

/** The rollout, by the metrics that are built in: \`http_requests_total\` and the histogram beside it. */
export const rollout = `flag: ${FLAG}
description: One-page checkout
owners: ['@example/shop']
risk: low
expires: 2099-01-01
variants: {'on': true, 'off': false}
treatment: 'on'
control: 'off'
stages:
${STAGES.map(({ name, percentage, duration }) => `  - {name: ${name}, percentage: ${percentage}, duration: ${duration}, max_duration: 5m}`).join('\n')}
checks:
  - {metric: error-rate, max_ratio: 2, min_samples: 30}          # of the control beside it
  - {metric: latency-p95, max_increase: 50%, min_samples: 30}
rollback: {via: commit, to: off}       # at once, and nobody is left with it
`;
