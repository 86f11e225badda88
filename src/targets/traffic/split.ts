import { mayBeOf } from '../../model/claim.ts';
import type { Traffic } from '../../model/config.ts';
import { BUCKETS, exposureOf } from '../../model/exposure.ts';
import type { Source } from '../target.ts';

/** How the traffic of a rollout is to be shared out. */
export interface Split {
  /** The backend that everyone who is not exposed reaches. */
  readonly control: string;
  /** The backend of what the exposed get; the control's where nobody is exposed. */
  readonly exposed: string;
  /** Of 100,000: the exposed backend's share. */
  readonly weight: number;
  /** The backend that a copy of the traffic goes to, without anybody seeing its answers. */
  readonly mirror?: { readonly backend: string; readonly percent: number };
}

/** What a target does for its rollout: share the traffic out, or leave it as it stands. */
export type WantedSplit =
  | { readonly kind: 'split'; readonly split: Split }
  | { readonly kind: 'stands'; readonly problem?: string };

/** Whether a source is the rollout whose traffic a target shares out. */
export function isRolloutOf(config: Traffic, source: Source): boolean {
  return source.kind === 'valid'
    ? source.rollout.key === `${config.rollout}@${config.environment}`
    : mayBeOf(source, { flag: config.rollout, environment: config.environment });
}

/**
 * What the rollout of a traffic target asks for. An invalid file, or one whose stage is gone, leaves
 * the traffic as it stands; its kill switch sends everybody to the control.
 */
export function wantedSplit(config: Traffic, sources: readonly Source[]): WantedSplit {
  for (const source of sources) {
    if (source.kind !== 'valid' || !isRolloutOf(config, source)) continue;
    const { rollout } = source;
    const exposure = exposureOf(rollout);
    if (exposure === undefined) return { kind: 'stands' };
    const control = backendOf(config, exposure.control);
    if (control === undefined) return stands(`no backend for the control \`${exposure.control}\``);
    // Degraded, and no backend of its own for that: what everybody else gets.
    const exposed = backendOf(config, exposure.variant) ?? control;
    const everyone = exposure.audiences.find((each) => {
      return each.segments.length + each.regions.length + each.tiers.length === 0;
    });
    const weight = exposed === control ? 0 : (everyone?.weight ?? 0);
    const to = exposure.shadow ? backendOf(config, exposure.variant) : undefined;
    const split = { control, exposed: weight === 0 ? control : exposed, weight };
    if (to === undefined) return { kind: 'split', split };
    const percent = (exposure.mirror ?? BUCKETS) / (BUCKETS / 100);
    return { kind: 'split', split: { ...split, mirror: { backend: to, percent } } };
  }
  const unread = sources.flatMap((source) =>
    source.kind === 'invalid' && isRolloutOf(config, source) ? [source] : [],
  );
  if (unread.length === 0) {
    const key = `${config.rollout}@${config.environment}`;
    return stands(`there is no rollout ${key}; remove the target, or add it`);
  }
  // Of several files that may be its, each may switch it off.
  const off = unread.find(({ killed }) => killed);
  if (off === undefined) return { kind: 'stands' };
  const control = backendOf(config, off.control);
  return control === undefined
    ? stands(
        `${off.file} is killed, but does not say which of the variants is its control; fix the file`,
      )
    : { kind: 'split', split: { control, exposed: control, weight: 0 } };
}

/**
 * The smallest whole weights that say a share exactly, out of 100 wherever they can.
 *
 * @returns the weight of the share, and that of the rest.
 */
export function wholeWeights(weight: number): readonly [share: number, rest: number] {
  for (let scale = 100; ; scale *= 10) {
    const share = (weight * scale) / BUCKETS;
    if (Number.isInteger(share) || scale >= BUCKETS) return [share, scale - share];
  }
}

function stands(problem: string): WantedSplit {
  return { kind: 'stands', problem };
}

function backendOf({ backends }: Traffic, variant: string): string | undefined {
  return Object.hasOwn(backends, variant) ? backends[variant] : undefined;
}
