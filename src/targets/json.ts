import type { JsonTargetConfig } from '../config/model.ts';
import { exposureOf } from '../exposure/exposure.ts';
import type { Rollout } from '../rollout/model.ts';
import { formatInstant } from '../time.ts';
import type { Json } from '../yaml/json.ts';
import type { Target } from './target.ts';

const SCHEMA_VERSION = 1;

type Entry = { readonly [key: string]: Json };

/**
 * A JSON file of effective exposures, for services that evaluate flags themselves:
 * `{"schema-version": 1, "flags": {"<flag>@<environment>": {…}}}`.
 *
 * A rollout whose file is invalid, or whose stage is gone, keeps the entry that stands.
 */
export function jsonTarget(config: JsonTargetConfig): Target {
  return {
    path: config.path,
    compile(sources, standing) {
      const before = readStanding(standing);
      const problems: string[] = [];
      const flags: [string, Entry][] = [];
      for (const source of sources) {
        if (source.kind === 'valid') {
          const { rollout } = source;
          if (config.environment !== undefined && rollout.environment !== config.environment) {
            continue;
          }
          const entry = entryOf(rollout) ?? before.byFile.get(rollout.file)?.[1];
          if (entry) flags.push([rollout.key, entry]);
          else
            problems.push(`${config.path}: ${rollout.key} has no stage to compile and never had`);
          continue;
        }
        const kept = before.byFile.get(source.file);
        if (kept) flags.push([kept[0], source.killed ? killedEntry(kept[1]) : kept[1]]);
      }
      flags.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      const value = { 'schema-version': SCHEMA_VERSION, flags: Object.fromEntries(flags) };
      return {
        files: [{ path: config.path, text: `${JSON.stringify(value, null, 2)}\n` }],
        problems,
      };
    },
  };
}

function entryOf(rollout: Rollout): Entry | undefined {
  const exposure = exposureOf(rollout);
  if (!exposure) return undefined;
  return {
    flag: rollout.flag,
    environment: rollout.environment,
    file: rollout.file,
    phase: rollout.status.phase,
    stage: rollout.status.stage ?? null,
    killed: rollout.kill,
    variant: exposure.variant,
    control: exposure.control,
    variants: rollout.variants,
    bucket_by: rollout.bucketBy,
    start: rollout.start === undefined ? null : formatInstant(rollout.start),
    end: rollout.end === undefined ? null : formatInstant(rollout.end),
    shadow: exposure.shadow,
    ...(exposure.mirror === undefined ? {} : { mirror: exposure.mirror }),
    allow: exposure.allow,
    block: exposure.block,
    audiences: exposure.audiences.map((audience) => ({ ...audience })),
  };
}

/** The entry that stands, with everybody on control. */
function killedEntry({ mirror: _, ...entry }: Entry): Entry {
  return {
    ...entry,
    killed: true,
    variant: entry.control ?? null,
    shadow: false,
    allow: [],
    block: [],
    audiences: [],
  };
}

interface Standing {
  /** By the rollout file they were compiled from: an invalid file cannot say what its flag is. */
  readonly byFile: ReadonlyMap<string, readonly [string, Entry]>;
}

function readStanding(text: string | undefined): Standing {
  const byFile = new Map<string, readonly [string, Entry]>();
  const flags = parse(text)?.flags;
  for (const [key, entry] of Object.entries((flags ?? {}) as Record<string, Entry>)) {
    if (typeof entry?.file === 'string') byFile.set(entry.file, [key, entry]);
  }
  return { byFile };
}

/** A target file is ours; one that somebody broke is written anew. */
function parse(text: string | undefined): { readonly flags?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
