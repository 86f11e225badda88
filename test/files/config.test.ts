import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../src/files/config/defaults.ts';
import { parseConfig } from '../../src/files/config/parse.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/time.ts';
import { configOf, inWords, readConfig } from '../support/files.ts';

/** The config of the design, §1, as it is written there. */
const DESIGN = `
rollouts: rollouts/**/*.yaml
environments: [staging, production]
settle: 5m                             # how long a change takes to reach users
providers:
  prod: {type: prometheus, url: https://prometheus.acme.example, auth: {bearer: PROMETHEUS_TOKEN}}   # names an environment variable
metrics:
  error-rate:
    provider: prod
    kind: gauge                        # gauge | proportion | mean | distribution
    category: technical                # technical | business | experience
    unit: ratio                        # ratio | seconds | milliseconds | count | currency | …
    query: |
      sum(rate(http_requests_total{flag="{{flag}}",variant="{{variant}}",code=~"5.."}[{{window}}]))
        / sum(rate(http_requests_total{flag="{{flag}}",variant="{{variant}}"}[{{window}}]))
    window: 10m
    limits: {max: 1%, max_increase: 5%}
    baseline: control                  # control | {offset: 7d} | {before_start: 24h} | {value: 0.2%}
ladders:
  cautious: [{name: canary, percentage: 1, duration: 2d}, {name: full, percentage: 100, duration: 2d}]
segments:
  employees: {attribute: email, ends_with: '@acme.example'}     # in | not_in | starts_with | ends_with | matches a semver range
policy:
  timezone: Europe/Berlin
  advance: {days: [mon, tue, wed, thu], hours: '09:00-16:00'}
  freezes: [{from: 2026-12-20, to: 2027-01-03, reason: Holidays}]
  risk: {high: {total_duration: 28d, approvals: 1}}     # the least, from first stage to 100 %
  rules: {missing-business-metric: error}
rollback: {via: pull-request, to: previous, commit_after: 15m, auto_merge: true}   # to: previous | off
commands: {prefix: /rollout, allow: {rollback: write, kill: write, promote: owners, approve: owners}}
targets: [{type: json, path: flags/exposures.json}]
notify: [{type: slack, webhook: SLACK_WEBHOOK_URL, on: [rollback, pause, advance]}]
`;

describe('the config of the design', () => {
  const { config, findings } = readConfig(DESIGN);

  it('is accepted, and says that nothing is sent yet', () => {
    expect(findings.map(inWords)).toEqual([
      'notify-not-sent at notify: `notify` is checked, but nothing is sent yet',
    ]);
    expect(findings[0]?.severity).toBe('warning');
  });

  it('is read', () => {
    expect(config).toMatchObject({
      rollouts: 'rollouts/**/*.yaml',
      environments: ['staging', 'production'],
      settle: 5 * MINUTE,
      providers: {
        prod: {
          type: 'prometheus',
          url: 'https://prometheus.acme.example',
          auth: { bearer: 'PROMETHEUS_TOKEN' },
          timeout: 30 * SECOND,
          allowHttp: false,
        },
      },
      segments: {
        employees: { attribute: 'email', operator: 'ends_with', values: ['@acme.example'] },
      },
      rollback: { via: 'pull-request', to: 'previous', commitAfter: 15 * MINUTE, autoMerge: true },
      commands: { prefix: '/rollout' },
      targets: [{ type: 'json', path: 'flags/exposures.json' }],
    });
    expect(config?.metrics['error-rate']).toMatchObject({
      kind: 'gauge',
      provider: 'prod',
      unit: 'ratio',
      window: 10 * MINUTE,
      limits: { max: 0.01, maxIncrease: { kind: 'relative', by: 0.05 } },
      baseline: { kind: 'control' },
    });
    // Its own metrics come beside the built-in ones, its ladders beside the built-in ladders.
    expect(Object.keys(config?.metrics ?? {})).toContain('latency-p99');
    expect(Object.keys(config?.ladders ?? {})).toEqual(
      expect.arrayContaining(['standard', 'cautious']),
    );
  });

  it('reads the policy in its own time zone, the last day of a freeze included', () => {
    expect(config?.policy).toMatchObject({
      timezone: 'Europe/Berlin',
      advance: { days: ['mon', 'tue', 'wed', 'thu'], hours: { from: 9 * 60, to: 16 * 60 } },
      freezes: [
        {
          from: Date.parse('2026-12-19T23:00:00Z'),
          to: Date.parse('2027-01-03T23:00:00Z'),
          reason: 'Holidays',
        },
      ],
      risk: {
        low: DEFAULT_CONFIG.policy.risk.low,
        high: { totalDuration: 28 * DAY, stageDuration: DAY, approvals: 1 },
      },
      onBlind: 'hold',
      onMismatch: 'pause',
    });
  });

  it('reads what to do with a flag that cannot be seen, or whose users are not split as asked', () => {
    const { config: other } = readConfig('policy: {on_blind: pause, on_mismatch: rollback}\n');
    expect(other?.policy).toMatchObject({ onBlind: 'pause', onMismatch: 'rollback' });
    const { config: signed } = readConfig(
      "policy: {signers: ['SHA256:a+b/c', bot@acme.example]}\n",
    );
    expect(signed?.policy.signers).toEqual(['SHA256:a+b/c', 'bot@acme.example']);
    expect(readConfig('policy: {signers: []}\n').config).toBeUndefined();
  });
});

it('takes a target for each environment, with the attributes of its services', () => {
  const { config, findings } = parseConfig({
    environments: ['staging', 'production'],
    targets: [
      { type: 'flagd', path: 'flags/staging.json', environment: 'staging' },
      {
        type: 'go-feature-flag',
        path: 'flags/production.yaml',
        environment: 'production',
        attributes: { region: 'geo.country' },
      },
    ],
  });
  expect(findings).toEqual([]);
  expect(config?.targets[1]).toMatchObject({ attributes: { region: 'geo.country' } });
});

describe('a repository without a config', () => {
  it('has the built-in ladders, one environment, no provider and no targets', () => {
    expect(parseConfig(undefined)).toEqual({ config: DEFAULT_CONFIG, findings: [] });
    expect(DEFAULT_CONFIG).toMatchObject({
      rollouts: 'rollouts/**/*.{yaml,yml}',
      environments: ['production'],
      settle: 5 * MINUTE,
      providers: {},
      metrics: {},
      targets: [],
    });
  });

  it('has the built-in metrics where it has a Prometheus', () => {
    const { config } = parseConfig(undefined, { prometheusUrl: 'https://prometheus.test' });
    expect(config?.providers).toMatchObject({ prometheus: { url: 'https://prometheus.test' } });
    expect(
      Object.values(config?.metrics ?? {}).map(({ name, provider }) => [name, provider]),
    ).toEqual(
      ['error-rate', 'latency-p50', 'latency-p95', 'latency-p99'].map((name) => [
        name,
        'prometheus',
      ]),
    );
  });

  it('reads the files that its workflow names, unless the config does', () => {
    const rollouts = (text: string) => configOf(text, { rollouts: 'flags/*.yaml' }).rollouts;
    expect([rollouts('{}'), rollouts('rollouts: mine/*.yml')]).toEqual([
      'flags/*.yaml',
      'mine/*.yml',
    ]);
  });

  it('asks nobody whom its config does not name', () => {
    const url = { prometheusUrl: 'https://prometheus.test' };
    const own = configOf('providers: {mine: {type: replay, path: metrics.csv}}', url);
    expect(own.providers).toEqual({
      mine: { type: 'replay', path: 'metrics.csv', lookback: 5 * MINUTE },
    });
  });
});

const provider = 'providers: {prod: {type: prometheus, url: https://p.test}}';
const metric = (text: string): string => `${provider}\nmetrics: {load: ${text}}`;

/** A slip, and the one finding it gives. */
const SLIPS: readonly (readonly [slip: string, finding: string])[] = [
  ['rolouts: a.yaml', 'unknown-key at rolouts: unknown key `rolouts` (did you mean `rollouts`?)'],
  [
    'policy: {time_zone: UTC}',
    'unknown-key at policy.time_zone: unknown key `time_zone` (did you mean `timezone`?)',
  ],
  [
    metric('{querry: up}'),
    'unknown-key at metrics.load.querry: unknown key `querry` (did you mean `query`?)',
  ],
  [
    'providers: {prod: {type: prometheus, url: https://p.test, time_out: 5s}}',
    'unknown-key at providers.prod.time_out: unknown key `time_out` (did you mean `timeout`?)',
  ],
  [
    'policy: {rules: {no-canaries: off}}',
    'bad-name at policy.rules.no-canaries: `no-canaries` cannot be a name here (did you mean `no-canary`?)',
  ],
  [
    "segments: {'a b': {attribute: email, in: [x]}}",
    'bad-name at segments.a b: `a b` cannot be a name here (use a name of letters, digits, single dots, dashes and underscores, starting and ending with a letter or digit, at most 100 long)',
  ],
  [
    'providers: {prod: {type: prometheus}}',
    'missing-key at providers.prod: `providers.prod` has no `url` (add `url:`)',
  ],
  [
    'providers: {prod: {type: replay}}',
    'missing-key at providers.prod: `providers.prod` has no `path` (add `path:`)',
  ],
  [
    'providers: {prod: {type: replays, path: x.csv}}',
    'bad-value at providers.prod.type: `providers.prod.type` must be one of prometheus, replay (did you mean `replay`?)',
  ],
  [
    'segments: {a: {in: [x]}}',
    'missing-key at segments.a: `segments.a` has no `attribute` (add `attribute:`)',
  ],
  [
    'segments: {a: {attribute: email}}',
    'bad-value at segments.a: `segments.a` must have at least 2 of attribute, in, not_in, starts_with, ends_with, semver',
  ],
  [
    'providers: {prod: {type: prometheus, url: https://p.test, auth: {bearer: A, header: {name: X, value: B}}}}',
    'bad-value at providers.prod.auth: `providers.prod.auth` must have at most 1 of bearer, basic, header',
  ],
  [
    "providers: {prod: {type: prometheus, url: https://p.test, auth: {bearer: 'ey.secret'}}}",
    'bad-value at providers.prod.auth.bearer: `providers.prod.auth.bearer` must be the name of an environment variable that holds the secret, never the secret itself',
  ],
  [
    'settle: 5 minutes',
    'bad-value at settle: `settle` must be a duration such as 10m, 24h, 2d or 1w',
  ],
  ['settle: 5', 'wrong-type at settle: `settle` must be a duration such as 10m, 24h, 2d or 1w'],
  ['environments: production', 'wrong-type at environments: `environments` must be a list'],
  [
    'policy: {timezone: Europe/Berlon}',
    'unknown-timezone at policy.timezone: there is no time zone `Europe/Berlon` (use an IANA name such as Europe/Berlin or America/New_York)',
  ],
  [
    'policy: {advance: {days: [monday]}}',
    'bad-value at policy.advance.days.0: `policy.advance.days[0]` must be one of mon, tue, wed, thu, fri, sat, sun',
  ],
  [
    "policy: {advance: {hours: '9-16'}}",
    'bad-value at policy.advance.hours: `policy.advance.hours` must be hours such as 09:00-16:00',
  ],
  [
    'policy: {freezes: [{from: 2026-02-30, to: 2026-03-01}]}',
    'no-such-date at policy.freezes.0.from: `from` is a date that does not exist',
  ],
  [
    'policy: {freezes: [{from: 2026-03-02, to: 2026-03-01}]}',
    'bad-value at policy.freezes.0.to: `to` is before `from`',
  ],
  [
    'policy: {freezes: [{from: 2026-03-02}]}',
    'missing-key at policy.freezes.0: `policy.freezes[0]` has no `to` (add `to:`)',
  ],
  [
    metric('{unit: count}'),
    'missing-key at metrics.load: the gauge `load` has no `query` (add `query:`)',
  ],
  [
    metric('{events: up}'),
    'missing-key at metrics.load: the proportion `load` has no `total` (add `total:`)',
  ],
  [metric('{query: up, total: up}'), 'unknown-key at metrics.load.total: a gauge has no `total`'],
  [
    metric('{query: up, kind: histogram}'),
    'bad-value at metrics.load.kind: `metrics.load.kind` must be one of gauge, proportion, mean, distribution',
  ],
  [
    metric('{query: \'up{a="{{flga}}"}\'}'),
    'unknown-placeholder at metrics.load.query: there is no placeholder `{{flga}}` (did you mean `flag`?)',
  ],
  [
    metric('{query: up, provider: prd}'),
    'unknown-provider at metrics.load.provider: there is no provider `prd` (did you mean `prod`?)',
  ],
  [
    'metrics: {load: {query: up}}',
    'missing-key at metrics.load: the metric `load` has no provider to ask (add one to `providers`)',
  ],
  [
    'providers: {a: {type: replay, path: a}, b: {type: replay, path: b}}\nmetrics: {load: {query: up}}',
    'missing-key at metrics.load: the metric `load` does not say which provider to ask (add `provider:` (a, b))',
  ],
  [
    metric('{query: up, limits: {max: 5%}}'),
    'bad-limit at metrics.load.limits.max: max: a limit in % needs a metric whose unit is ratio; this one is count',
  ],
  [
    metric('{query: up, baseline: {offset: 7d, value: 5}}'),
    'bad-value at metrics.load.baseline: `metrics.load.baseline` must have at most 1 of offset, before_start, value',
  ],
  [
    'ladders: {mine: [{name: a, duration: 1d}, {name: a, duration: 1d}]}',
    'duplicate-stage at ladders.mine.1.name: there are two stages `a`',
  ],
  [
    'ladders: {mine: [{name: a, percent: 5, duration: 1d}]}',
    'unknown-key at ladders.mine.0.percent: unknown key `percent` (did you mean `percentage`?)',
  ],
  [
    'targets: [{type: json, path: a.json}, {type: json, path: a.json}]',
    'duplicate-target at targets.1.path: two targets write `a.json` (give each target a file of its own)',
  ],
  [
    'targets: [{type: jsn, path: a.json}]',
    'bad-value at targets.0.type: `targets[0].type` must be one of json, flagd, go-feature-flag, gateway-api, istio, nginx (did you mean `json`?)',
  ],
  [
    'environments: [staging, production]\ntargets: [{type: flagd, path: a.json}]',
    'missing-environment at targets.0: a file for flagd has one entry a flag, and there are 2 environments (give each environment a target of its own: `environment: staging`)',
  ],
  [
    'targets: [{type: json, path: a.json, attributes: {region: country}}]',
    'unused-attributes at targets.0.attributes: a target of type json names no attributes (remove `attributes`)',
  ],
  [
    'targets: [{type: flagd, path: a.json, attributes: {tier: $flagd.tier}}]',
    'bad-value at targets.0.attributes.tier: `targets[0].attributes.tier` must be the name of an attribute of the evaluation context',
  ],
  // Flagd would refuse its whole file because of one version that is none.
  [
    "segments: {new: {attribute: version, semver: '>=2.01.0'}}",
    'bad-value at segments.new.semver: `segments.new.semver` must be a version range such as >=2.1.0, ^2.1.0 or ~2.1.0',
  ],
  [
    'targets: [{type: json, path: ../a.json}]',
    'bad-value at targets.0.path: `targets[0].path` must be a path inside the repository, such as flags/exposures.json',
  ],
  [
    'targets: [{type: json, path: .git/config}]',
    'bad-value at targets.0.path: `targets[0].path` must be a path inside the repository, such as flags/exposures.json',
  ],
  [
    'targets: [{type: json, path: a.json, environment: prodution}]',
    'unknown-environment at targets.0.environment: environment `prodution` is not among the environments (did you mean `production`?)',
  ],
  [
    'commands: {prefix: rollout}',
    'bad-value at commands.prefix: `commands.prefix` must be a slash and a word, such as /rollout',
  ],
  [
    'commands: {allow: {kill: everybody}}',
    'bad-value at commands.allow.kill: `commands.allow.kill` must be one of read, write, admin, owners',
  ],
  [
    'rollouts: /etc/*.yaml',
    'bad-value at rollouts: `rollouts` must be a glob of the rollout files inside the repository that ends in .yaml or .yml, with two ** and two * at most and no groups',
  ],
];

describe('one slip is one finding, with what to do about it', () => {
  it.each(SLIPS)('%s', (slip, finding) => {
    const { config, findings } = readConfig(slip);
    expect(findings.map(inWords)).toEqual([finding]);
    expect(findings[0]?.severity).toBe('error');
    expect(config).toBeUndefined();
  });
});

describe('a window that is late or ends the week', () => {
  const warned = (policy: string) => readConfig(`policy: ${policy}`).findings;

  it.each([
    ['{advance: {days: [thu, fri]}}', 'flags may advance on fri, before or when nobody is at work'],
    ["{advance: {hours: '09:00-18:30'}}", 'flags may advance late in the day'],
    ["{advance: {hours: '09:00-24:00'}}", 'flags may advance late in the day'],
    ["{advance: {hours: '22:00-04:00'}}", 'flags may advance late in the day'],
  ])('is allowed, and said: %s', (policy, message) => {
    expect(warned(policy).map(({ severity, message }) => [severity, message])).toEqual([
      ['warning', message],
    ]);
  });

  it('is as strict as the policy says', () => {
    const friday = 'advance: {days: [fri]}';
    expect(warned(`{${friday}, rules: {advance-out-of-hours: error}}`)[0]?.severity).toBe('error');
    expect(warned(`{${friday}, rules: {advance-out-of-hours: 'off'}}`)).toEqual([]);
  });

  it('says nothing of the defaults', () => {
    expect(warned("{advance: {days: [mon], hours: '09:00-18:00'}}")).toEqual([]);
  });
});

describe('short forms are written out', () => {
  it('reads how often a server scrapes, where it says', () => {
    const scraped = (text: string) =>
      readConfig(`providers: {prod: {type: prometheus, url: 'http://localhost:9090'${text}}}`);
    expect(scraped(', scrape_interval: 1s').config?.providers.prod).toMatchObject({
      scrapeInterval: SECOND,
    });
    expect(scraped('').config?.providers.prod).not.toHaveProperty('scrapeInterval');
    expect(scraped(', delay: 2m').config?.providers.prod).toMatchObject({ delay: 120_000 });
    expect(scraped(', scrape_interval: 0s').findings.map(inWords)).toEqual([
      'bad-value at providers.prod.scrape_interval: `providers.prod.scrape_interval` must be a duration above zero, such as 15s or 1m: how often the server scrapes',
    ]);
  });

  it('takes the only provider', () => {
    expect(configOf(metric('{query: up}')).metrics.load?.provider).toBe('prod');
  });

  it('tells a proportion by its events, and its unit by its kind', () => {
    expect(configOf(metric('{events: e, total: t}')).metrics.load).toMatchObject({
      kind: 'proportion',
      unit: 'ratio',
    });
    expect(configOf(metric('{query: q}')).metrics.load).toMatchObject({
      kind: 'gauge',
      unit: 'count',
      category: 'technical',
      window: 10 * MINUTE,
      for: 0,
      limits: {},
      warn: {},
    });
  });

  it('lets a metric or a ladder take the place of a built-in one', () => {
    const own = configOf(`${provider}
metrics: {error-rate: {query: up}}
ladders: {quick: [{name: all, duration: 1h}]}`);
    expect(own.metrics['error-rate']?.kind).toBe('gauge');
    expect(own.ladders.quick?.map(({ name, maxDuration }) => [name, maxDuration])).toEqual([
      ['all', 2 * HOUR],
    ]);
  });

  it('reads hours past midnight and to the end of the day', () => {
    const hours = (text: string) =>
      configOf(`policy: {advance: {hours: '${text}'}}`).policy.advance.hours;
    expect(hours('22:00-04:30')).toEqual({ from: 1320, to: 270 });
    expect(hours('00:00-24:00')).toEqual({ from: 0, to: 1440 });
  });

  it('takes a freeze with times as moments, and a date alone as the day of the zone', () => {
    const { freezes } = configOf(`policy:
  timezone: America/New_York
  freezes:
    - {from: 2026-03-08T12:00:00Z, to: 2026-03-08}
    - {from: 2026-11-01, to: 2026-11-01}`).policy;
    const texts = freezes.map(({ from, to }) => [from, to].map((at) => new Date(at).toISOString()));
    expect(texts).toEqual([
      ['2026-03-08T12:00:00.000Z', '2026-03-09T04:00:00.000Z'],
      ['2026-11-01T04:00:00.000Z', '2026-11-02T05:00:00.000Z'],
    ]);
  });

  it('keeps the permissions that nobody changed', () => {
    const { allow } = configOf('commands: {allow: {kill: read}}').commands;
    expect(allow).toEqual({ ...DEFAULT_CONFIG.commands.allow, kill: 'read' });
    expect(DEFAULT_CONFIG.commands.allow).toMatchObject({
      rollback: 'write',
      kill: 'write',
      promote: 'owners',
      approve: 'owners',
    });
  });

  it.each([
    ['{attribute: country, in: [de, at]}', { operator: 'in', values: ['de', 'at'] }],
    ['{attribute: country, not_in: [us]}', { operator: 'not_in', values: ['us'] }],
    ['{attribute: id, starts_with: test-}', { operator: 'starts_with', values: ['test-'] }],
    ["{attribute: version, semver: '>=2.1.0'}", { operator: 'semver', values: ['>=2.1.0'] }],
  ])('reads the segment %s', (text, segment) => {
    expect(configOf(`segments: {some: ${text}}`).segments.some).toMatchObject(segment);
  });
});

describe('who counts users', () => {
  const read = (text: string) => readConfig(`providers: {p: {type: replay, path: m.csv}}\n${text}`);

  it('is read, with the only provider', () => {
    const { config, findings } = read('exposure: {users: \'users{v="{{variant}}"}\'}');
    expect(findings).toEqual([]);
    expect(config?.exposure).toEqual({
      provider: 'p',
      users: 'users{v="{{variant}}"}',
      randomisedOnly: false,
    });
  });

  it.each([
    ["{users: 'users{}'}", 'missing-placeholder'],
    ["{users: '{{variant}} {{window}}'}", 'stray-window'],
    ["{users: '{{variant}} {{labels.team}}'}", 'unknown-placeholder'],
    ["{users: '{{variant}}', provider: q}", 'unknown-provider'],
  ])('%s is refused: %s', (exposure, code) => {
    expect(read(`exposure: ${exposure}`).findings.map((finding) => finding.code)).toEqual([code]);
  });
});

describe('a distribution', () => {
  const metric = (text: string) => {
    const { config, findings } = readConfig(
      `providers: {p: {type: replay, path: m.csv}}\nmetrics: {m: ${text}}`,
    );
    return findings.length > 0 ? findings.map(({ code }) => code) : config?.metrics.m;
  };

  it('is about its median, or the quantile it names', () => {
    expect(metric('{buckets: b}')).toMatchObject({ kind: 'distribution', quantile: 0.5 });
    expect(metric('{buckets: b, quantile: 0.99}')).toMatchObject({ quantile: 0.99 });
    expect(metric('{kind: distribution, query: q}')).toMatchObject({
      quantile: 0.5,
      from: { kind: 'samples', query: 'q' },
    });
  });

  it.each([
    ['{kind: distribution, query: q, quantile: 0.9}', ['unknown-key']],
    ['{query: q, quantile: 0.9}', ['unknown-key']],
    ['{buckets: b, quantile: 1}', ['bad-value']],
  ])('%s is refused', (text, codes) => {
    expect(metric(text)).toEqual(codes);
  });
});
