import { oneLine } from '../../text.ts';
import { resultOf } from '../result.ts';
import type { View } from '../view.ts';

/** Files that a command wrote into a folder, and those that it left as they were. */
export interface WrittenFiles {
  readonly written: readonly string[];
  readonly kept: readonly string[];
  readonly dryRun: boolean;
}

const linesOf = ({ written, kept, dryRun }: WrittenFiles): readonly string[] => [
  ...written.map((path) => `${dryRun ? 'would write' : 'wrote'} ${path}`),
  ...kept.map((path) => `kept  ${path}, which was there`),
];

const asText = (lines: readonly string[]) => ({
  text: () => lines.join('\n'),
  markdown: () => ['```text', ...lines, '```'].join('\n'),
});

/** A config, an example and workflows for a repository that begins. */
export function initView(files: WrittenFiles): View {
  const { written, kept } = files;
  const next =
    'Next: put your Prometheus into .github/sluice.yml, commit, and run `sluice validate`.';
  return {
    ...asText([...linesOf(files), next]),
    json: resultOf('init', { written, kept }),
    exit: 0,
  };
}

/** Flags that were taken over from a file that services read. */
export interface ImportReport extends WrittenFiles {
  readonly from: string;
  /** Flags that cannot be taken over without moving users, and why. */
  readonly refused: readonly { readonly flag: string; readonly detail: string }[];
}

/** A rule that is refused is quoted as far as people read. */
const LONGEST = 500;

export function importView(report: ImportReport): View {
  const { written, kept, refused, from } = report;
  return {
    ...asText([
      ...linesOf(report),
      ...refused.map(({ flag, detail }) => `not   ${oneLine(flag)}: ${oneLine(detail, LONGEST)}`),
      `Next: compile them to another file than ${from}, compare the two, and then let your services read that one.`,
    ]),
    json: resultOf('import', { written, kept, refused }),
    exit: refused.length > 0 ? 1 : 0,
  };
}
