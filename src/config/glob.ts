import picomatch from 'picomatch';
import type { ConfigFile } from '../generated/files.ts';
import { error, type Report } from '../rollout/parts.ts';
import { DEFAULT_CONFIG } from './defaults.ts';

/** Stars that match within a name, and those that match across folders. */
const MOST_STARS = 2;
const MOST_FOLDERS = 2;

/**
 * What is wrong with a glob of rollout files, or `undefined`. A pull request may bring its own
 * config, and a glob becomes a regular expression: groups, and more than a few stars, can take it
 * hours to say that a long name does not match.
 */
function globProblem(glob: string): string | undefined {
  if (/[()|]|^!/.test(glob))
    return 'has a group or a negation, and only *, **, ?, [a-z] and {a,b} are read';
  const folders = glob.split('**').length - 1;
  const stars = glob.replaceAll('**', '').split('*').length - 1;
  return folders > MOST_FOLDERS || stars > MOST_STARS
    ? `has more than ${MOST_FOLDERS} \`**\` or ${MOST_STARS} \`*\``
    : undefined;
}

/** The glob of the rollout files; the default one, with a finding, where it cannot be used. */
export function readGlob(
  file: NonNullable<ConfigFile>,
  fallback: string | undefined,
  report: Report,
): string {
  const glob = file.rollouts ?? fallback ?? DEFAULT_CONFIG.rollouts;
  const problem = globProblem(glob);
  if (problem !== undefined) {
    report(
      error(
        ['rollouts'],
        'bad-value',
        `the glob of the rollout files ${problem}`,
        `write it as \`${DEFAULT_CONFIG.rollouts}\``,
      ),
    );
  }
  return problem === undefined ? glob : DEFAULT_CONFIG.rollouts;
}

/** The default glob. To make a picomatch of it takes a tenth of what a start may take. */
const DEFAULT_GLOB = /^rollouts\/(?:[^/.][^/]*\/)*[^/.][^/]*\.ya?ml$/;

/** Tells the paths that a glob matches; names that begin with a dot only where the glob says the dot. */
export function globMatcher(glob: string): (path: string) => boolean {
  return glob === DEFAULT_CONFIG.rollouts ? (path) => DEFAULT_GLOB.test(path) : picomatch(glob);
}
