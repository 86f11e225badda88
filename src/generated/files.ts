// Made from schema/ by `npm run generate`. Do not edit.
/**
 * a name of letters, digits, single dots, dashes and underscores, starting and ending with a letter or digit, at most 100 long
 */
export type Name = string;
/**
 * a GitHub user or team, such as '@octocat' or '@acme/payments'
 */
export type Owner = string;
/**
 * an ISO 8601 date or time such as 2026-12-01 or 2026-12-01T09:00:00Z
 */
export type Instant = string;
/**
 * @maxItems 10000
 */
export type Users = string[];
/**
 * a percentage from 0 to 100, in steps of 0.001, such as 5 or 5%
 */
export type Percentage = number | string;
/**
 * @minItems 1
 * @maxItems 100
 */
export type Names = Name[];
/**
 * a duration such as 10m, 24h, 2d or 1w
 */
export type Duration = string;
/**
 * a percentage such as 10%
 */
export type Share = string;
/**
 * a relative change such as 5%, percentage points such as 0.5pp, or a difference in the metric's unit
 */
export type Change = number | string;
/**
 * a percentage from 50% to 99.9999%
 */
export type Sure = string;
/**
 * advance, pause or rollback
 */
export type VerdictDoes = 'advance' | 'pause' | 'rollback';
/**
 * a ladder's name or a list of stages
 *
 * @minItems 1
 * @maxItems 100
 */
export type Stages = StageFile[];
export type CheckOrName = Name | CheckFile;
/**
 * a number in the metric's unit, or written as 1%, 250ms or 3s
 */
export type Limit = number | string;
/**
 * control, {offset: 7d}, {before_start: 24h} or {value: 0.2%}
 */
export type Baseline = 'control' | BaselineFile;
/**
 * a share such as 5%
 */
export type DriftShare = string;
export type StatusFile = {
  /**
   * Where in its life the rollout is.
   */
  phase: 'pending' | 'progressing' | 'paused' | 'rolled-back' | 'degraded' | 'completed';
  stage?: Name;
  since?: Instant;
  started?: Instant;
  /**
   * What the exposed users get. Default: treatment.
   */
  serving?: 'treatment' | 'fallback' | 'control';
  /**
   * Who approved entering which stage.
   *
   * @maxItems 100
   */
  approvals?: ApprovalFile[];
  /**
   * The how-manieth try this is: 2 after a first rollback, resume, restart or unkill.
   */
  entry?: number;
  /**
   * Levels of the control, pinned when everyone was about to be exposed.
   */
  baseline?: {
    [k: string]: number;
  };
  /**
   * Levels of the treatment, pinned on completion, that drift is measured from.
   */
  levels?: {
    [k: string]: number;
  };
  /**
   * the digest, twelve hex digits, of the named ladder as it was at the start
   */
  ladder?: string;
  /**
   * Why it is where it is.
   */
  reason?: string;
} | null;
/**
 * The repository's config, .github/sluice.yml. Every key is optional.
 */
export type ConfigFile = {
  /**
   * The version of the format that the config and the rollout files are written in. This Sluice reads 1; a file of a newer version is an error. Default: 1.
   */
  version?: number;
  /**
   * a glob of the rollout files inside the repository that ends in .yaml or .yml, with two ** and two * at most and no groups. Default: rollouts/** /*.{yaml,yml}
   */
  rollouts?: string;
  /**
   * In the order a flag passes through them. Default: [production]
   *
   * @minItems 1
   * @maxItems 50
   */
  environments?: Name[];
  settle?: Duration;
  /**
   * Where samples come from.
   */
  providers?: {
    [k: string]: Provider;
  };
  /**
   * What can be checked. A metric of the same name replaces a built-in one.
   */
  metrics?: {
    [k: string]: MetricFile;
  };
  exposure?: ExposureFile;
  /**
   * Stage lists by name, beside the built-in ones.
   */
  ladders?: {
    [k: string]: Stages;
  };
  /**
   * Groups of users, told by an attribute.
   */
  segments?: {
    [k: string]: SegmentFile;
  };
  policy?: PolicyFile;
  rollback?: RollbackFile;
  commands?: CommandsFile;
  /**
   * How exposure reaches users: files compiled from the rollouts, in the same commit as the bump.
   *
   * @maxItems 20
   */
  targets?: TargetFile[];
  /**
   * Whom to tell. Accepted and checked, but this version sends nothing yet.
   *
   * @maxItems 20
   */
  notify?: NotifyFile[];
} | null;
export type Provider = ReplayFile | PrometheusFile;
/**
 * a path inside the repository, such as flags/exposures.json
 */
export type Path = string;
/**
 * the name of an environment variable that holds the secret, never the secret itself
 */
export type EnvironmentVariable = string;
/**
 * a query in the provider's language
 */
export type Query = string;
/**
 * the name of an attribute of the evaluation context
 */
export type Attribute = string;
/**
 * hours such as 09:00-16:00
 */
export type Time = string;
/**
 * a percentage from 50% to 99.9999%
 */
export type Confidence = string;
/**
 * read, write or admin access to the repository, or an owner of the flag
 */
export type Who = 'read' | 'write' | 'admin' | 'owners';
/**
 * a name of letters, digits, dots, dashes and underscores, such as checkout-canary, or host/subset
 */
export type Backend = string;
/**
 * a variable of NGINX such as $cookie_uid, and nothing else
 */
export type Variable = string;

export interface Files {
  rollout: RolloutFile;
  config: ConfigFile;
}
/**
 * One feature flag in one environment: rollouts/<flag>.yaml, or rollouts/<environment>/<flag>.yaml.
 */
export interface RolloutFile {
  flag: Name;
  /**
   * What the flag does, in a sentence.
   */
  description?: string;
  environment?: Name;
  after?: Name;
  /**
   * Who answers for the flag: they are asked for reviews and approvals.
   *
   * @minItems 1
   * @maxItems 100
   */
  owners: Owner[];
  /**
   * Sets the pace. low: text, CSS. medium: new features, refactoring. high: payments, auth, data migrations, architecture. Default: medium.
   */
  risk?: 'low' | 'medium' | 'high';
  expires?: Instant;
  /**
   * How the flag is rolled out. Default: canary.
   */
  strategy?: 'canary' | 'ring' | 'percentage' | 'blue-green' | 'shadow' | 'ab-test';
  /**
   * Names of the variants and the JSON value each serves, all of one type. Default: 'on': true, 'off': false.
   */
  variants?: {
    [k: string]: unknown;
  };
  treatment?: Name;
  control?: Name;
  fallback?: Name;
  /**
   * The attribute users are put in buckets by; it must not change for a user. Default: targetingKey.
   */
  bucket_by?: string;
  allow?: Users;
  block?: Users;
  cap?: Percentage;
  start?: Instant;
  end?: Instant;
  /**
   * The name of a ladder, or a list of stages.
   */
  stages: Name | Stages;
  /**
   * Metrics with the limits they must keep: a metric's name with the limits the config gives it, or the limits written out.
   *
   * @maxItems 50
   */
  checks?: CheckOrName[];
  /**
   * false: every advance waits for a person to say promote. Default: true.
   */
  auto_promote?: boolean;
  rollback?: RollbackFile;
  /**
   * Values for {{labels.x}} in queries.
   */
  labels?: {
    [k: string]: string;
  };
  checklist?: ChecklistFile;
  /**
   * What this rollout is to achieve, in words, for people. What rolls it back are the checks.
   *
   * @maxItems 50
   */
  success_criteria?: string[];
  /**
   * true switches the flag off for everybody, whatever else the file says.
   */
  kill?: boolean;
  status?: StatusFile;
}
export interface StageFile {
  name: Name;
  percentage?: Percentage;
  segments?: Names;
  regions?: Names;
  tiers?: Names;
  duration: Duration;
  min_duration?: Duration;
  max_duration?: Duration;
  /**
   * How many owners must approve before this stage begins. Default: 0.
   */
  approvals?: number;
  /**
   * true: nobody sees the treatment, which runs on mirrored traffic. A mapping: and it must be shown to be fit before the stage ends.
   */
  shadow?: ShadowFile | boolean;
  mirror?: Share;
  experiment?: ExperimentFile;
}
export interface ShadowFile {
  agreement: Name;
  latency: Name;
  errors: Name;
  /**
   * The least answers on either side. Default: 1000.
   */
  min_samples?: number;
  min_agreement?: Share;
  /**
   * The shadow's 95th percentile stays below so many times the control's. Default: 1.5.
   */
  max_latency_ratio?: number;
  /**
   * The shadow's error rate stays below so many times the control's. Default: 2.
   */
  max_error_ratio?: number;
}
export interface ExperimentFile {
  /**
   * Proportions or means of the config. The first decides; the others are reported beside it.
   *
   * @minItems 1
   * @maxItems 10
   */
  metrics: Name[];
  min_effect: Change;
  /**
   * Which way is better. Default: away from the metric's limits.
   */
  better?: 'more' | 'less';
  power?: Sure;
  confidence?: Sure;
  max_duration?: Duration;
  on_tie?: VerdictDoes;
  on_inconclusive?: VerdictDoes;
  /**
   * Segments to look at apart: a name, and the metric that counts the first metric there alone.
   */
  segments?: {
    [k: string]: Name;
  };
}
/**
 * a metric's name or a mapping with a metric and its limits
 */
export interface CheckFile {
  metric: Name;
  max?: Limit;
  min?: Limit;
  max_increase?: Change;
  max_decrease?: Change;
  /**
   * At most this many times the baseline.
   */
  max_ratio?: number;
  warn?: LimitsFile;
  for?: Duration;
  window?: Duration;
  baseline?: Baseline;
  /**
   * The least observations of the treatment before the check says anything. Default: 1000 where the metric counts its samples.
   */
  min_samples?: MinSamplesFile | number;
  /**
   * How far the metric may fall behind the level it had on completion before it is told: 5%, or {by: 5%, over: 1d}. Default: nobody looks.
   */
  drift?: DriftFile | DriftShare;
  /**
   * proof: no advance before the treatment is shown to keep to the limits, not only not to break them.
   */
  require?: 'proof';
  /**
   * false: too little data does not hold the rollout. Default: true.
   */
  required?: boolean;
  /**
   * What a breach does; warn only reports it. Default: rollback.
   */
  on_breach?: 'rollback' | 'degrade' | 'pause' | 'warn';
}
export interface LimitsFile {
  max?: Limit;
  min?: Limit;
  max_increase?: Change;
  max_decrease?: Change;
  /**
   * At most this many times the baseline.
   */
  max_ratio?: number;
}
export interface BaselineFile {
  offset?: Duration;
  before_start?: Duration;
  value?: Limit;
}
export interface MinSamplesFile {
  /**
   * The least observations of the treatment.
   */
  count: number;
  or_after?: Duration;
}
export interface DriftFile {
  by: DriftShare;
  over?: Duration;
}
export interface RollbackFile {
  /**
   * Offer a revert for somebody to merge, or write to the branch at once. Default: pull-request; commit where risk is high.
   */
  via?: 'pull-request' | 'commit';
  /**
   * Back one stage, or off. Default: previous.
   */
  to?: 'previous' | 'off';
  /**
   * How long a revert may stay open before the next tick commits it. Default: 15m.
   */
  commit_after?: 'never' | string;
  /**
   * Merge the revert as soon as the repository allows it. Default: true.
   */
  auto_merge?: boolean;
}
export interface ChecklistFile {
  /**
   * The metrics are there and somebody looked at them.
   */
  monitoring_configured?: boolean;
  /**
   * The way back is written down.
   */
  rollback_documented?: boolean;
  /**
   * Somebody on call knows of it.
   */
  on_call_confirmed?: boolean;
  /**
   * Those who will be asked about it were told.
   */
  stakeholders_told?: boolean;
}
export interface ApprovalFile {
  /**
   * Who approved.
   */
  by: string;
  stage: Name;
  /**
   * On GitHub: the number of the comment that approved it.
   */
  comment?: number;
  at?: Instant;
}
export interface ReplayFile {
  /**
   * replay
   */
  type: 'replay';
  path: Path;
  lookback?: Duration;
}
export interface PrometheusFile {
  /**
   * prometheus
   */
  type: 'prometheus';
  /**
   * the server's address, such as https://prometheus.example.com, with no credentials in it
   */
  url: string;
  auth?: AuthFile;
  timeout?: Duration;
  /**
   * a duration above zero, such as 15s or 1m: how often the server scrapes. Default: 30s
   */
  scrape_interval?: string;
  delay?: Duration;
  /**
   * true allows plain http to a host that is not this machine. Default: false.
   */
  allow_http?: boolean;
}
export interface AuthFile {
  bearer?: EnvironmentVariable;
  /**
   * User name and password.
   */
  basic?: {
    username: EnvironmentVariable;
    password: EnvironmentVariable;
  };
  /**
   * A header of your own.
   */
  header?: {
    /**
     * the header's name, such as X-Api-Key
     */
    name: string;
    value: EnvironmentVariable;
  };
}
export interface MetricFile {
  provider?: Name;
  /**
   * gauge: one number, from query. proportion: events out of a total. mean: of count, sum and sum of squares. distribution: a quantile of a histogram's buckets, or a number (query) looked at over time. Default: what its queries say.
   */
  kind?: 'gauge' | 'proportion' | 'mean' | 'distribution';
  /**
   * What it tells about. Default: technical.
   */
  category?: 'technical' | 'business' | 'experience';
  /**
   * What its numbers are. Default: ratio for a proportion, seconds for a distribution, otherwise count.
   */
  unit?: 'ratio' | 'seconds' | 'milliseconds' | 'count' | 'currency' | 'bytes' | 'score';
  query?: Query;
  samples?: Query;
  events?: Query;
  total?: Query;
  /**
   * A proportion: whether no events for a month are normal, or a query that may be blind. Default: doubtful.
   */
  zero?: 'normal' | 'doubtful';
  count?: Query;
  sum?: Query;
  sum_of_squares?: Query;
  buckets?: Query;
  /**
   * A distribution by buckets: which quantile the limits are about, such as 0.99. Default: 0.5, the median.
   */
  quantile?: number;
  window?: Duration;
  limits?: LimitsFile;
  warn?: LimitsFile;
  for?: Duration;
  baseline?: Baseline;
}
export interface ExposureFile {
  provider?: Name;
  users: Query;
  /**
   * true: the counters leave out users who are in a segment, region, tier or list, whatever their variant. Default: false.
   */
  randomised_only?: boolean;
}
export interface SegmentFile {
  attribute: Attribute;
  /**
   * It is one of these.
   *
   * @minItems 1
   * @maxItems 10000
   */
  in?: string[];
  /**
   * It is none of these.
   *
   * @minItems 1
   * @maxItems 10000
   */
  not_in?: string[];
  /**
   * It starts with this.
   */
  starts_with?: string;
  /**
   * It ends with this.
   */
  ends_with?: string;
  /**
   * a version range such as >=2.1.0, ^2.1.0 or ~2.1.0
   */
  semver?: string;
}
export interface PolicyFile {
  /**
   * An IANA time zone, such as Europe/Berlin. Default: UTC.
   */
  timezone?: string;
  advance?: AdvanceFile;
  /**
   * When nothing starts or advances.
   *
   * @maxItems 200
   */
  freezes?: FreezeFile[];
  risk?: RiskFile;
  rules?: RulesFile;
  confidence?: Confidence;
  /**
   * What a tick does with an exposed flag whose provider cannot answer. Default: hold.
   */
  on_blind?: 'hold' | 'pause' | 'rollback';
  /**
   * What a tick does with an exposed flag whose users are not split as its stage asks, or whose treatment reports nothing while control does; hold stays where it is and tells. Default: pause.
   */
  on_mismatch?: 'hold' | 'pause' | 'rollback';
  /**
   * On a local repository: whose signatures make a commit count as a record of Sluice, as key fingerprints (git log --format=%GF) or names of trusted keys (%GS). Default: anyone's, signed or not.
   *
   * @minItems 1
   * @maxItems 100
   *
   * Items: a key fingerprint as git prints it, or a name from the file of allowed signers
   */
  signers?: string[];
}
/**
 * When flags may start and advance. Going back is always allowed.
 */
export interface AdvanceFile {
  /**
   * Default: [mon, tue, wed, thu]
   *
   * @minItems 1
   * @maxItems 7
   */
  days?: ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[];
  hours?: Time;
}
export interface FreezeFile {
  from: Instant;
  to: Instant;
  /**
   * Why.
   */
  reason?: string;
}
/**
 * The least that each risk asks for.
 */
export interface RiskFile {
  low?: PaceFile;
  medium?: PaceFile;
  high?: PaceFile;
}
export interface PaceFile {
  total_duration?: Duration;
  stage_duration?: Duration;
  /**
   * How many owners must approve before the first stage.
   */
  approvals?: number;
}
/**
 * How strict a review is about each rule.
 */
export interface RulesFile {
  'jump-to-full'?: 'error' | 'warning' | 'off';
  'no-canary'?: 'error' | 'warning' | 'off';
  'stage-too-short'?: 'error' | 'warning' | 'off';
  'rollout-too-short'?: 'error' | 'warning' | 'off';
  'shrinking-stage'?: 'error' | 'warning' | 'off';
  'no-checks'?: 'error' | 'warning' | 'off';
  'no-rollback-check'?: 'error' | 'warning' | 'off';
  'missing-technical-metric'?: 'error' | 'warning' | 'off';
  'missing-business-metric'?: 'error' | 'warning' | 'off';
  'missing-experience-metric'?: 'error' | 'warning' | 'off';
  'no-baseline'?: 'error' | 'warning' | 'off';
  'experiment-not-randomised'?: 'error' | 'warning' | 'off';
  'start-outside-window'?: 'error' | 'warning' | 'off';
  'unknown-stage'?: 'error' | 'warning' | 'off';
  'unknown-segment'?: 'error' | 'warning' | 'off';
  'segment-unsupported-by-target'?: 'error' | 'warning' | 'off';
  'variants-unsupported-by-target'?: 'error' | 'warning' | 'off';
  'end-on-completed'?: 'error' | 'warning' | 'off';
  'fallback-is-control'?: 'error' | 'warning' | 'off';
  'already-expired'?: 'error' | 'warning' | 'off';
  'status-written-by-hand'?: 'error' | 'warning' | 'off';
  'variants-changed'?: 'error' | 'warning' | 'off';
  'users-rebucketed'?: 'error' | 'warning' | 'off';
  'exposure-changed-by-hand'?: 'error' | 'warning' | 'off';
  'dates-changed-by-hand'?: 'error' | 'warning' | 'off';
  'live-rollout-deleted'?: 'error' | 'warning' | 'off';
  'target-removed'?: 'error' | 'warning' | 'off';
  'target-attributes-changed'?: 'error' | 'warning' | 'off';
  'target-key-changed'?: 'error' | 'warning' | 'off';
  'new-credential-host'?: 'error' | 'warning' | 'off';
  'not-a-counter'?: 'error' | 'warning' | 'off';
  'aggregated-counter'?: 'error' | 'warning' | 'off';
  'query-syntax'?: 'error' | 'warning' | 'off';
  'unquoted-placeholder'?: 'error' | 'warning' | 'off';
  'variant-not-in-query'?: 'error' | 'warning' | 'off';
  'implausible-limit'?: 'error' | 'warning' | 'off';
  'ladder-in-fractions'?: 'error' | 'warning' | 'off';
  'endpoint-in-url'?: 'error' | 'warning' | 'off';
  'insecure-url'?: 'error' | 'warning' | 'off';
  'secret-in-config'?: 'error' | 'warning' | 'off';
  'advance-out-of-hours'?: 'error' | 'warning' | 'off';
  'notify-not-sent'?: 'error' | 'warning' | 'off';
}
export interface CommandsFile {
  /**
   * a slash and a word, such as /rollout. Default: /rollout
   */
  prefix?: string;
  allow?: AllowFile;
}
/**
 * Who may say each command. Default: write for those that make the flag safer, owners for promote and approve.
 */
export interface AllowFile {
  rollback?: Who;
  pause?: Who;
  resume?: Who;
  promote?: Who;
  approve?: Who;
  kill?: Who;
  unkill?: Who;
  restart?: Who;
}
export interface TargetFile {
  /**
   * json: a file of effective exposures. flagd: flag definitions for flagd and OpenFeature. go-feature-flag: a flag file for GO Feature Flag. gateway-api, istio: weights in a manifest of yours. nginx: a file that NGINX includes.
   */
  type: 'json' | 'flagd' | 'go-feature-flag' | 'gateway-api' | 'istio' | 'nginx';
  path: Path;
  environment?: Name;
  rollout?: Name;
  /**
   * Which backend serves which variant: a Service, for istio a host or host/subset, for nginx an upstream.
   */
  backends?: {
    [k: string]: Backend;
  };
  route?: Backend;
  variable?: Variable;
  key?: Variable;
  attributes?: AttributesFile;
}
/**
 * What services call a user's region and tier in the evaluation context (flagd, go-feature-flag). Default: {region: region, tier: tier}.
 */
export interface AttributesFile {
  region?: Attribute;
  tier?: Attribute;
}
export interface NotifyFile {
  /**
   * The channel.
   */
  type: 'slack' | 'pagerduty' | 'webhook' | 'issue';
  webhook?: EnvironmentVariable;
  /**
   * Which decisions are told.
   *
   * @minItems 1
   * @maxItems 20
   */
  on?: ('start' | 'advance' | 'pause' | 'rollback' | 'degrade' | 'kill' | 'complete' | 'hold')[];
}
