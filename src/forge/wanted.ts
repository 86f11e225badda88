/**
 * Which files of a commit are asked for: some by name, and what matches below some folders. What lies
 * elsewhere is never listed, so a large repository takes no longer than a small one.
 */
export interface Wanted {
  readonly paths: readonly string[];
  /** Folders, none of them below another. The whole repository is ''. */
  readonly under: readonly string[];
  /** Which files below those folders. */
  readonly matches: (path: string) => boolean;
  /** Whether a folder may hold such a file: others are not looked into. Any, unless given. */
  readonly enters?: (folder: string) => boolean;
}

/** Files by name alone. */
export const named = (paths: readonly string[]): Wanted => ({
  paths,
  under: [],
  matches: () => false,
});

/** Whatever matches, wherever it is. */
export const anywhere = (matches: (path: string) => boolean): Wanted => ({
  paths: [],
  under: [''],
  matches,
});

/** What one or the other asks for. */
export function either(a: Wanted, b: Wanted): Wanted {
  return {
    paths: [...new Set([...a.paths, ...b.paths])],
    under: outermost([...a.under, ...b.under]),
    matches: (path) => a.matches(path) || b.matches(path),
    enters: (folder) => entersIn(a, folder) || entersIn(b, folder),
  };
}

/** Tells the files that are wanted by their paths. */
export function wantedFilter({ paths, under, matches }: Wanted): (path: string) => boolean {
  const names = new Set(paths);
  return (path) =>
    names.has(path) || (under.some((folder) => isBelow(path, folder)) && matches(path));
}

/** Whether a folder is to be looked into. */
export const entersIn = ({ enters }: Wanted, folder: string): boolean => enters?.(folder) ?? true;

/** Some folders without those that lie in another of them. */
export function outermost(folders: readonly string[]): readonly string[] {
  const all = [...new Set(folders)];
  return all.filter((folder) => !all.some((other) => other !== folder && isBelow(folder, other)));
}

const isBelow = (path: string, folder: string): boolean =>
  folder === '' || path.startsWith(`${folder}/`);
