import type { Auth } from '../credential.ts';
import type { RulesFile } from '../generated/files.ts';
import type { Duration } from '../time.ts';
import type { Metric } from './check.ts';
import type { Risk, RollbackPolicy, Stage } from './rollout.ts';

/**
 * The version of the format of the two files that this program reads. A config says it in `version:`,
 * for the rollout files too; one without it is of version 1.
 */
export const FORMAT_VERSION = 1;

/** `.github/sluice.yml`, read, with every default filled in. */
export interface Config {
  /** Glob of the rollout files. */
  readonly rollouts: string;
  readonly environments: readonly string[];
  readonly settle: Duration;
  readonly providers: Readonly<Record<string, ProviderConfig>>;
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Who counts users by the variant they got; absent: nobody looks whether the split is right. */
  readonly exposure?: ExposureConfig;
  readonly ladders: Readonly<Record<string, readonly Stage[]>>;
  readonly segments: Readonly<Record<string, Segment>>;
  readonly policy: Policy;
  /** What the config says; the defaults for the rest depend on a rollout's risk. */
  readonly rollback: Partial<RollbackPolicy>;
  readonly commands: Commands;
  readonly targets: readonly TargetConfig[];
  readonly channels: readonly ChannelConfig[];
}

/** Where people hear of events, by type. None is built yet, so none is read from a file. */
export type ChannelConfig = never;

export type ProviderConfig =
  | {
      readonly type: 'prometheus';
      readonly url: string;
      readonly auth?: Auth;
      readonly timeout: Duration;
      readonly allowHttp: boolean;
      /** How often it scrapes, where the file says. */
      readonly scrapeInterval?: Duration;
      /** How late it has what happened, where the file says. */
      readonly delay?: Duration;
    }
  | { readonly type: 'replay'; readonly path: string; readonly lookback: Duration };

/** Counters of users by variant. */
export interface ExposureConfig {
  readonly provider: string;
  readonly users: string;
  readonly randomisedOnly: boolean;
}

/** A group of users, told by one attribute. */
export interface Segment {
  readonly attribute: string;
  readonly operator: 'in' | 'not_in' | 'starts_with' | 'ends_with' | 'semver';
  readonly values: readonly string[];
}

export type Day = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** Hours of a day as minutes since midnight. Where `to` is not after `from`, it is on the next day. */
export interface Hours {
  readonly from: number;
  readonly to: number;
}

export interface AdvanceWindow {
  readonly days: readonly Day[];
  readonly hours: Hours;
}

/** From the first moment to the last, the last not included. */
export interface Freeze {
  readonly from: number;
  readonly to: number;
  readonly reason?: string;
}

/** The least that a risk asks for. */
export interface Pace {
  readonly totalDuration: Duration;
  readonly stageDuration: Duration;
  readonly approvals: number;
}

export type Severity = 'error' | 'warning' | 'off';

/** The rules of a review, as `policy.rules` in schema/config.schema.json lists them. */
export type RuleId = keyof RulesFile;

export interface Policy {
  readonly timezone: string;
  readonly advance: AdvanceWindow;
  readonly freezes: readonly Freeze[];
  readonly risk: Readonly<Record<Risk, Pace>>;
  /** How strict a review is about a rule, unless as strict as the rule itself says. */
  readonly rules: Readonly<Partial<Record<RuleId, Severity>>>;
  /** How sure a rollback must be, over a rollout as a whole: 0.95. */
  readonly confidence: number;
  readonly onBlind: 'hold' | 'pause' | 'rollback';
  readonly onMismatch: 'hold' | 'pause' | 'rollback';
  /** On a local repository: whose signature a commit needs to count as a record of Sluice. */
  readonly signers?: readonly string[];
}

export type Who = 'read' | 'write' | 'admin' | 'owners';

export type GuardedVerb =
  | 'rollback'
  | 'pause'
  | 'resume'
  | 'promote'
  | 'approve'
  | 'kill'
  | 'unkill'
  | 'restart';

export interface Commands {
  readonly prefix: string;
  readonly allow: Readonly<Record<GuardedVerb, Who>>;
}

/**
 * What the config says of each type of target, beside the type. `holds` says what services find there:
 * an entry for each flag, or how the traffic of one rollout is shared out.
 */
interface TargetConfigs {
  readonly json: FlagFile;
  readonly flagd: EvaluatedFlagFile;
  readonly 'go-feature-flag': EvaluatedFlagFile;
  readonly 'gateway-api': Manifest;
  readonly istio: Manifest;
  readonly nginx: NginxFile;
}

export type TargetType = keyof TargetConfigs;

/** The config of a target of one type, or of one of several. */
export type TargetConfigOf<Type extends TargetType> = {
  [Each in Type]: { readonly type: Each } & TargetConfigs[Each];
}[Type];

export type TargetConfig = TargetConfigOf<TargetType>;

/** A target that holds an entry for each flag. */
export type FlagsTargetConfig = Extract<TargetConfig, { holds: 'flags' }>;

/** A target that shares out the traffic of one rollout between backends. */
export type TrafficTargetConfig = Extract<TargetConfig, { holds: 'traffic' }>;

/** A file with an entry for each flag. */
export interface FlagFile {
  readonly holds: 'flags';
  readonly path: string;
  readonly environment?: string;
}

/** A file of flags that another system evaluates. */
interface EvaluatedFlagFile extends FlagFile {
  /** What services call a user's region and tier, if it is not `region` and `tier`. */
  readonly attributes?: { readonly region?: string; readonly tier?: string };
}

/** How the traffic of one rollout is shared out between backends. */
export interface Traffic {
  readonly holds: 'traffic';
  readonly path: string;
  /** The flag, and the environment it is rolled out in. */
  readonly rollout: string;
  readonly environment: string;
  /** Which backend serves which variant. */
  readonly backends: Readonly<Record<string, string>>;
}

/** Weights in a person's own manifest. */
export interface Manifest extends Traffic {
  /** The resource's name, if the file holds several. */
  readonly route?: string;
}

/** A file of our own that NGINX includes. */
export interface NginxFile extends Traffic {
  /** The variable to be set to a backend's name, `$` included. */
  readonly variable: string;
  /** The variable that tells one user from another, `$` included. */
  readonly key: string;
}
