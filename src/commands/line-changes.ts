import type { LineChange } from '../tell/views/migrate.ts';

/** So far it is looked for a line that both texts have; then the rest of both is taken for changed. */
const LOOK_AHEAD = 200;

/** What differs between two texts, line by line. For few and small differences, as edits make them. */
export function lineChanges(before: string, after: string): readonly LineChange[] {
  const [old, young] = [before, after].map((text) => text.split(/\r\n|\r|\n/));
  if (old === undefined || young === undefined) return [];
  const changes: LineChange[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < young.length) {
    if (i < old.length && old[i] === young[j]) {
      [i, j] = [i + 1, j + 1];
      continue;
    }
    const next = nextCommon(old, young, i, j);
    changes.push({ line: i + 1, removed: old.slice(i, next.i), added: young.slice(j, next.j) });
    ({ i, j } = next);
  }
  return changes;
}

/** The nearest line from here on that both texts have. */
function nextCommon(old: readonly string[], young: readonly string[], i: number, j: number) {
  for (let distance = 1; distance <= LOOK_AHEAD; distance += 1) {
    for (let skipped = 0; skipped <= distance; skipped += 1) {
      const [a, b] = [i + distance - skipped, j + skipped];
      if (a < old.length && b < young.length && old[a] === young[b]) return { i: a, j: b };
    }
  }
  return { i: old.length, j: young.length };
}
