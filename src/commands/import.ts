import { BUCKETS } from '../model/exposure.ts';
import { CommandError } from '../repository/context.ts';
import type { LiveFlag } from '../targets/entries/live.ts';
import { type ImportFormat, importerOf } from '../targets/index.ts';
import type { ImportReport } from '../tell/views/files.ts';
import { oneLine } from '../text.ts';
import { formatInstant, type Instant } from '../time.ts';
import { writeNewFiles } from './new-files.ts';

export { IMPORT_FORMATS, type ImportFormat, isImportFormat } from '../targets/index.ts';

export interface ImportInput {
  readonly format: ImportFormat;
  /** The file that services read now: how it is called, and what it holds. */
  readonly from: string;
  readonly text: string;
  readonly owner: string;
  readonly environment?: string;
  readonly now: Instant;
  /** Whether to write nothing. */
  readonly dryRun: boolean;
}

/**
 * Writes a rollout file for each flag of a file that services read, paused at the share it is at: what
 * is compiled from it gives every user what they have. What is there is never overwritten.
 *
 * @throws CommandError `not-importable` where the file is none of its format; `path-in-the-way`, with
 *   nothing written
 */
export async function importFlags(dir: string, input: ImportInput): Promise<ImportReport> {
  const flags = importerOf(input.format)(input.text);
  if (!flags) {
    throw new CommandError('not-importable', `${input.from} is no file of ${input.format}`);
  }
  const folder = input.environment === undefined ? 'rollouts' : `rollouts/${input.environment}`;
  const files = Object.fromEntries(
    flags.flatMap((each) =>
      'live' in each
        ? [[`${folder}/${each.flag}.yaml`, rolloutText(each.flag, each.live, input)]]
        : [],
    ),
  );
  const { written, kept } = await writeNewFiles(dir, files, input);
  const refused = flags.flatMap((each) =>
    'refused' in each ? [{ flag: each.flag, detail: each.refused }] : [],
  );
  return { written, kept, refused, from: input.from, dryRun: input.dryRun };
}

/** Below where the flag is, too: a rollback goes down them. */
const LADDER = [
  ['canary', 1],
  ['early', 5],
  ['quarter', 25],
  ['half', 50],
  ['full', 100],
] as const;

/** The rollout file of a live flag. JSON is YAML, so values are written as JSON. */
export function rolloutText(
  flag: string,
  live: LiveFlag,
  { from, owner, environment, now }: Pick<ImportInput, 'from' | 'owner' | 'environment' | 'now'>,
): string {
  const percentage = (live.weight * 100) / BUCKETS;
  const stages = [
    ...LADDER.filter(([, share]) => share < percentage),
    ['imported', percentage] as const,
    ...LADDER.filter(([, share]) => share > percentage),
  ];
  const moment = formatInstant(now);
  const line = (key: string, value: unknown): string => `${key}: ${JSON.stringify(value)}`;
  const lists = (['allow', 'block'] as const).filter((list) => live[list].length > 0);
  return [
    `# Taken over from ${oneLine(from)}, at the share it was at. Nothing moves it before somebody says resume.`,
    line('flag', flag),
    ...(environment === undefined ? [] : [line('environment', environment)]),
    line('owners', [owner]),
    line('variants', live.variants),
    line('treatment', live.treatment),
    line('control', live.control),
    ...(live.bucketBy === undefined ? [] : [line('bucket_by', live.bucketBy)]),
    ...lists.map((list) => line(list, live[list])),
    'stages:',
    ...stages.map(([name, share]) => `  - {name: ${name}, percentage: ${share}, duration: 2d}`),
    'status:',
    '  phase: paused',
    '  stage: imported',
    `  since: ${moment}`,
    `  started: ${moment}`,
    '  reason: imported',
    '',
  ].join('\n');
}
