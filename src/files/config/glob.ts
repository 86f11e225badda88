import type { ConfigFile } from '../../generated/files.ts';
import { error, type Report } from '../rollout/parts.ts';
import { DEFAULT_CONFIG } from './defaults.ts';
import { compileGlob, foldersOfGlob, GlobError, type GlobFolders } from './glob-matcher.ts';

/** As in the schema: an input of the Action may give a glob too. */
const MAX_LENGTH = 200;
/** Stars that match within a name, and those that match across folders. */
const MAX_STARS = 2;
const MAX_FOLDERS = 2;

/** What is wrong with a glob of rollout files, or `undefined`. */
function globProblem(glob: string): string | undefined {
  if (glob.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  const folders = glob.split('**').length - 1;
  const stars = glob.replaceAll('**', '').split('*').length - 1;
  if (folders > MAX_FOLDERS || stars > MAX_STARS) {
    return `has more than ${MAX_FOLDERS} \`**\` or ${MAX_STARS} \`*\``;
  }
  try {
    compileGlob(glob);
    return undefined;
  } catch (problem) {
    if (!(problem instanceof GlobError)) throw problem;
    return `${problem.message}, and only *, **, ?, [a-z] and {a,b} are read`;
  }
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

/** Tells the paths that a glob matches. The glob is one that {@link readGlob} read. */
export function globMatcher(glob: string): (path: string) => boolean {
  return compileGlob(glob);
}

/** Where the files that a glob matches may lie. The glob is one that {@link readGlob} read. */
export function globFolders(glob: string): GlobFolders {
  return foldersOfGlob(glob);
}
