import { FORMAT_VERSION } from '../../model/config.ts';
import { childOf, type Json } from '../../model/json.ts';
import type { Finding } from '../../model/problem.ts';
import { VERSION } from '../../version.ts';
import { error } from '../rollout/parts.ts';

/**
 * The version of the format that a config says the files are written in; 1 if it does not say.
 * `undefined` if what it says is not a version, which the schema reports.
 */
export function formatOf(config: Json | undefined): number | undefined {
  const version = childOf(config, 'version') ?? 1;
  return Number.isSafeInteger(version) && Number(version) >= 1 ? Number(version) : undefined;
}

/** Reports a config that is written in another version of the format than this program reads. */
export function formatFinding(
  config: Json | undefined,
  reads: number = FORMAT_VERSION,
): Finding | undefined {
  const version = formatOf(config);
  if (version === undefined || version === reads) return undefined;
  const path = ['version'];
  const message = `the files are of format version ${version}, and this is Sluice ${VERSION}, which reads version ${reads}`;
  return version > reads
    ? error(
        path,
        'newer-format',
        message,
        // Which release reads a version that did not exist when this one was made, nobody here knows.
        `install a newer Sluice that reads version ${version} (its docs/reference.md says so); in workflows, change the commit in \`uses: …/sluice@<commit>\` to one of it`,
      )
    : error(path, 'older-format', message, 'run `sluice migrate`, which rewrites the files');
}
