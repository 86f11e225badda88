import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';

/** One input of the corpus: a file in its door's folder, what it is, and what must come of it. */
export interface Row {
  readonly file: string;
  readonly is: string;
  readonly says: string;
  /** Who writes a comment; the owner unless given. */
  readonly by?: string;
  /** Which event a payload is of. */
  readonly event?: string;
  /** The bytes of the file. */
  readonly bytes: Buffer;
}

export type DoorName = 'rollouts' | 'config' | 'comments' | 'answers' | 'events';

/** The table of a door. Throws where a file is not in the table, or a line has no file. */
export function rowsOf(door: DoorName): readonly Row[] {
  const folder = join(import.meta.dirname, door);
  const rows = load(readFileSync(`${folder}.yaml`, 'utf8')) as readonly Omit<Row, 'bytes'>[];
  const listed = new Set(rows.map(({ file }) => file));
  if (listed.size !== rows.length) throw new Error(`${door}.yaml lists a file twice`);
  const stray = readdirSync(folder).find((file) => !listed.has(file));
  if (stray !== undefined) throw new Error(`${door}.yaml does not list ${stray}`);
  return rows.map((row) => ({ ...row, bytes: readFileSync(join(folder, row.file)) }));
}
