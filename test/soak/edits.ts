import type { Random } from './random.ts';

/** What people do to a rollout file in an editor. Each leaves its mark, so that its loss is seen. */
export type Edit =
  | 'note'
  | 'format'
  | 'check'
  | 'pause'
  | 'kill'
  | 'unkill'
  | 'stage'
  | 'ghost'
  | 'break'
  | 'mend';

export const EDITS: Readonly<Record<Edit, number>> = {
  note: 3,
  format: 1,
  check: 2,
  pause: 2,
  kill: 1,
  unkill: 1,
  stage: 2,
  ghost: 0.3,
  break: 1,
  mend: 0,
};

const CONFLICT = '<<<<<<< HEAD';

/** Whether somebody left the marks of a merge in a file. */
export const isBroken = (text: string): boolean => text.includes(CONFLICT);

/** The text after an edit; the same text where there is nothing to edit. */
export function edited(text: string, edit: Edit, draw: Random): string {
  const nl = text.includes('\r\n') ? '\r\n' : '\n';
  switch (edit) {
    case 'note':
      return draw.pick([
        (): string => text.replace(/^owners:/m, `# ${draw.between(1, 99999)}${nl}owners:`),
        (): string => text.replace(/^(owners:[^\r\n]*)/m, `$1   # ${draw.between(1, 99999)}`),
        (): string => `${text}# ${draw.between(1, 99999)}${nl}`,
        (): string => text.replace(/^status:(?=\r?$)/m, `status:   # ${draw.between(1, 99999)}`),
      ])();
    case 'format':
      return draw.pick([
        (): string => (nl === '\n' ? text.replaceAll('\n', '\r\n') : text.replaceAll('\r\n', '\n')),
        (): string => text.replaceAll("'@ada'", '"@ada"'),
        (): string => text.replace(/^risk: +/m, 'risk:   '),
        (): string => (text.startsWith('\uFEFF') ? text : `\uFEFF${text}`),
        (): string => text.trimEnd(),
      ])();
    case 'check':
      return draw.pick([
        (): string =>
          text.includes('max: 1%')
            ? text.replace('max: 1%', 'max: 1.5%')
            : text.replace('max: 1.5%', 'max: 1%'),
        (): string => text.replace(/ {2}- failed\r?\n/, ''),
        (): string => text.replace(/, required: false/, ''),
      ])();
    case 'pause':
      return inStatus(text, /(phase: ["']?)progressing/, '$1paused');
    case 'kill':
      return /^kill:/m.test(text) ? text : text.replace(/^owners:/m, `kill: true${nl}owners:`);
    case 'unkill':
      return text.replace(/^kill: true.*\r?\n/m, '');
    case 'stage':
      return inStatus(text, /(stage: )\w+/, `$1${draw.pick(['canary', 'full'])}`);
    case 'ghost':
      return inStatus(text, /(stage: )\w+/, '$1gone');
    case 'break':
      return isBroken(text) ? text : `${text.replace(/\s+$/, '')}${nl}${CONFLICT}${nl}`;
    case 'mend':
      return text
        .split('\n')
        .filter((line) => !line.startsWith(CONFLICT))
        .join('\n');
  }
}

function inStatus(text: string, what: RegExp, by: string): string {
  const at = text.search(/^status:/m);
  return at < 0 ? text : text.slice(0, at) + text.slice(at).replace(what, by);
}
