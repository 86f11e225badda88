import type { FlagFile } from '../../model/config.ts';
import { fileTarget } from '../file.ts';
import type { FileTarget } from '../target.ts';
import { compileEntries, type EntryFormat, indexReader, isOfEnvironment } from './entries.ts';

/** The text around the entries of one type of file. */
interface FlagFileText<Entry> {
  /** The entries by key as they are, unchecked; none if somebody broke the file: it is written again. */
  read(text: string | undefined): Readonly<Record<string, unknown>>;
  write(entries: Readonly<Record<string, Entry>>): string;
}

/** A target that writes a whole file, with an entry for each flag of its environment. */
export function flagFileTarget<Entry>(
  config: FlagFile,
  format: EntryFormat<Entry>,
  { read, write }: FlagFileText<Entry>,
): FileTarget {
  const { path, environment } = config;
  const index = indexReader(format, read);
  return fileTarget({
    path,
    carries: (source) => isOfEnvironment(environment, source),
    plan(sources, standing) {
      const { entries, problems } = compileEntries(format, config, sources, () => index(standing));
      return { files: [{ path, text: write(Object.fromEntries(entries)) }], problems };
    },
  });
}
