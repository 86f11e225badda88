import type { Oid } from '../../model/head.ts';
import { ForgeError } from '../error.ts';

/**
 * More paths than this are not put on git's command line (systems bound its length); what git then
 * says about everything is filtered here.
 */
export const MANY_PATHS = 200;

/** A full object id: SHA-1 or SHA-256. Anything else could be an option or a revision expression. */
const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** @throws ForgeError `unknown-commit` where `oid` is no full object id. */
export function assertOid(oid: Oid): void {
  if (OID.test(oid)) return;
  throw new ForgeError(
    'unknown-commit',
    `${JSON.stringify(oid)} is not a full commit id. Pass the id that git rev-parse prints.`,
  );
}

/** The id that stands for "no object" beside `oid`: git wants one of the same length. */
export function zeroOid(oid: Oid): Oid {
  return '0'.repeat(oid.length);
}

/**
 * Holds a path to what git can keep: relative, `/` between its parts, nothing inside `.git`.
 * Spaces, quotes, newlines, a leading dash are all fine.
 *
 * @throws ForgeError `bad-path`.
 */
export function assertPath(path: string): void {
  const parts = path.split('/');
  const bad =
    path.includes('\0') ||
    parts.some((part) => part === '' || part === '.' || part === '..' || /^\.git$/i.test(part));
  if (!bad) return;
  throw new ForgeError(
    'bad-path',
    `${JSON.stringify(path)} is not a path of a file in the repository. Write it relative to the repository's top folder, without . or .. parts.`,
  );
}

/** The folders a path lies in, outermost first: `a/b/c` → `a`, `a/b`. */
export function foldersOf(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/**
 * Pathspecs that cover all of `paths` without overflowing the command line: the paths themselves,
 * or where they are many their top folders; an empty list means everything. The reader filters.
 */
export function coveringPaths(paths: readonly string[]): readonly string[] {
  if (paths.length <= MANY_PATHS) return paths;
  const tops = [...new Set(paths.map((path) => path.split('/', 1)[0] ?? path))];
  return tops.length <= MANY_PATHS ? tops : [];
}

/** Where attributes of a path may be written down in a repository. */
export function attributesOn(path: string): readonly string[] {
  return ['', ...foldersOf(path).map((folder) => `${folder}/`)].map(
    (folder) => `${folder}${ATTRIBUTES}`,
  );
}

const ATTRIBUTES = '.gitattributes';

export const isAttributes = (path: string): boolean =>
  path === ATTRIBUTES || path.endsWith(`/${ATTRIBUTES}`);
