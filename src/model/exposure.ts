import { defined } from '../defined.ts';
import { currentStage, isTargeted, type Rollout, type Stage } from './rollout.ts';
import { significant } from './units.ts';

/** Users are put in this many buckets; a weight is how many of them are in. */
export const BUCKETS = 100_000;

/**
 * Users who match every list that is not empty (one of its names each), and whose bucket is below
 * the weight. Empty lists everywhere: all users.
 */
export interface Audience {
  readonly segments: readonly string[];
  readonly regions: readonly string[];
  readonly tiers: readonly string[];
  /** 0 to 100,000. */
  readonly weight: number;
}

/** Who gets which variant because of a rollout, as it stands. */
export interface Exposure {
  /** What the exposed users get; the control where nobody is exposed. */
  readonly variant: string;
  /** What everyone else gets. */
  readonly control: string;
  /** A user in any of these is exposed. Block wins, then allow, then these. */
  readonly audiences: readonly Audience[];
  readonly allow: readonly string[];
  readonly block: readonly string[];
  /** The treatment runs on mirrored traffic and nobody sees it. */
  readonly shadow: boolean;
  /** In a shadow stage: how many of 100,000 requests are mirrored. */
  readonly mirror?: number;
}

/**
 * The exposure of a rollout as its file says, or `undefined` where its stage is in no ladder any
 * more: then nothing can be said, and what is in force stays.
 */
export function exposureOf(rollout: Rollout): Exposure | undefined {
  const { status, control } = rollout;
  const nobody = { variant: control, control, audiences: [], allow: [], block: [], shadow: false };
  if (rollout.kill || status.phase === 'pending' || status.stage === undefined) return nobody;
  if (status.serving === 'control') return nobody;
  const at = currentStage(rollout);
  if (!at) return undefined;
  // A shadow run after a canary takes nobody out either.
  const mirrored = rollout.stages.slice(0, at.index + 1).every((stage) => stage.shadow);
  return {
    variant: status.serving === 'fallback' ? rollout.fallback : rollout.treatment,
    control,
    audiences: audiencesAt(rollout.stages, at.index),
    allow: mirrored ? [] : rollout.allow,
    block: rollout.block,
    shadow: at.stage.shadow,
    ...(at.stage.shadow ? { mirror: Math.round((at.stage.mirror ?? 1) * BUCKETS) } : {}),
  };
}

/**
 * From when and until when a rollout is more than the control. One that is completed is the default
 * now: it has no end, and only a person takes it back.
 */
export function datesOf({ start, end, status }: Rollout): Pick<Rollout, 'start' | 'end'> {
  return {
    ...defined({ start }),
    ...(end === undefined || status.phase === 'completed' ? {} : { end }),
  };
}

/**
 * Who is exposed at a stage: the union of its own users and those of every stage before it, so
 * that going up never takes anybody out and going back one stage leaves a subset.
 */
export function audiencesAt(stages: readonly Stage[], index: number): readonly Audience[] {
  const byWho = new Map<string, Audience>();
  for (const stage of stages.slice(0, index + 1)) {
    if (stage.shadow) continue;
    const audience = {
      segments: stage.segments,
      regions: stage.regions,
      tiers: stage.tiers,
      weight: weightOf(stage),
    };
    const who = JSON.stringify([stage.segments, stage.regions, stage.tiers]);
    const before = byWho.get(who);
    // One user has one bucket for the flag, so the larger share holds the smaller one.
    if (!before || before.weight < audience.weight) byWho.set(who, audience);
  }
  const audiences = [...byWho.values()].filter((audience) => audience.weight > 0);
  const everyone = audiences.find((audience) => !isTargeted(audience))?.weight ?? 0;
  return audiences.filter((audience) => !isTargeted(audience) || audience.weight > everyone);
}

/** A stage's share in buckets: 0.5 % is 500 of 100,000. */
export function weightOf(stage: Stage): number {
  return Math.round(((stage.percentage ?? 100) / 100) * BUCKETS);
}

/** What tells who is exposed: attributes of users, and their buckets. */
export interface ToldBy {
  readonly region: boolean;
  readonly tier: boolean;
  readonly bucket: boolean;
}

/** By what the exposed are told from everyone else; by nothing, where either is nobody. */
export const toldBy = ({ audiences }: Pick<Exposure, 'audiences'>): ToldBy => ({
  region: audiences.some(({ regions }) => regions.length > 0),
  tier: audiences.some(({ tiers }) => tiers.length > 0),
  bucket: audiences.some(({ weight }) => weight < BUCKETS),
});

/** The share of all users that percentages expose, in percent; who is listed comes on top. */
export function coverage(exposure: Exposure): number {
  const all = exposure.audiences.find((audience) => !isTargeted(audience));
  return ((all?.weight ?? 0) / BUCKETS) * 100;
}

/** A stage's users in a few words: `employees`, `5 % of au, nz`, `everyone`. */
export function describeStage(stage: Stage): string {
  if (stage.shadow) {
    return stage.mirror === undefined
      ? 'nobody (mirrored traffic)'
      : `nobody (${significant(stage.mirror * 100)} % of traffic mirrored)`;
  }
  return describeUsers(stage, stage.percentage ?? 100);
}

/** The users of an audience in the same words. */
export const describeAudience = (audience: Audience): string =>
  describeUsers(audience, significant((audience.weight / BUCKETS) * 100));

function describeUsers(
  users: Pick<Stage, 'segments' | 'regions' | 'tiers'>,
  share: number | string,
): string {
  const who = [users.segments, users.regions, users.tiers]
    .filter((names) => names.length > 0)
    .map((names) => names.join(', '))
    .join(' in ');
  const all = Number(share) === 100;
  if (!isTargeted(users)) return all ? 'everyone' : `${share} %`;
  return all ? who : `${share} % of ${who}`;
}
