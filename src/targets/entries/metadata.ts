import { defined } from '../../defined.ts';
import { BUCKETS, type Exposure } from '../../model/exposure.ts';
import type { Json } from '../../model/json.ts';
import type { Rollout } from '../../model/rollout.ts';
import { formatInstant } from '../../time.ts';
import type { Slices } from './audience-logic.ts';
import { at, type Origin } from './entries.ts';

type Metadata = Readonly<Record<string, Json>>;

/**
 * What a flag says about itself, for telemetry and for people: where its rollout stands and in which
 * entry. Text, numbers and booleans only, as OpenFeature has them.
 */
export function metadataOf(rollout: Rollout, exposure: Exposure): Metadata {
  const { phase, stage, since } = rollout.status;
  return {
    file: rollout.file,
    environment: rollout.environment,
    phase,
    ...defined({ stage }),
    ...(since === undefined ? {} : { since: formatInstant(since) }),
    variant: exposure.variant,
    control: exposure.control,
    // What services may run on mirrored traffic, answering nobody with it.
    ...(exposure.shadow ? { shadow: rollout.treatment, mirror: exposure.mirror ?? BUCKETS } : {}),
    ...(rollout.kill ? { killed: true } : {}),
  };
}

/** The metadata of an entry that stands, with everybody on control. */
export function killedMetadata({ shadow: _, mirror: __, ...metadata }: Metadata): Metadata {
  return { ...metadata, variant: metadata.control ?? '', killed: true };
}

/** What an entry was compiled from; its key is its flag. */
export function originOf(flag: string, entry: unknown): Origin | undefined {
  const metadata = at(entry, 'metadata');
  const [file, environment] = [at(metadata, 'file'), at(metadata, 'environment')];
  return typeof file === 'string' &&
    typeof environment === 'string' &&
    typeof at(metadata, 'control') === 'string'
    ? { file, flag, environment }
    : undefined;
}

/** An entry whose rollout is in another file by now. */
export function movedTo<Entry extends { readonly metadata: Metadata }>(
  entry: Entry,
  file: string,
): Entry {
  return { ...entry, metadata: { ...entry.metadata, file } };
}

/** Says which users stay out because the target has no words for them. */
export function untoldProblems({ untold }: Slices): readonly string[] {
  return untold.map(
    (name) =>
      `names the segment \`${name}\`, which compares versions: this target cannot, so nobody is exposed through it`,
  );
}
