/**
 * The rooms of `src/`, in order: a room may use those above it in this list and none below. The test
 * of the arrows and the picture in CONTRIBUTING.md are made from it and from the imports that there are.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

export interface Room {
  readonly name: string;
  /** What question its files answer. */
  readonly answers: string;
  /** It takes facts and returns data: no clock, no chance, no network, no disk. */
  readonly pure: boolean;
}

export const ROOMS: readonly Room[] = [
  { name: 'words', answers: 'text, time and JSON: files beside the rooms', pure: true },
  { name: 'generated', answers: 'types of the two files, made from `schema/`', pure: true },
  { name: 'model', answers: 'the nouns: rollout, check, verdict, decision, exposure', pure: true },
  {
    name: 'yaml',
    answers: 'text with positions: parse, locate, edit the fewest bytes',
    pure: true,
  },
  {
    name: 'promql',
    answers: 'what is wrong in a query of Prometheus, and where',
    pure: true,
  },
  { name: 'files', answers: 'what the two files say, with errors at line and column', pure: true },
  { name: 'targets', answers: 'exposure → what services read; a folder a type', pure: true },
  { name: 'review', answers: 'what a change may not do; a file a rule', pure: true },
  {
    name: 'migrate',
    answers: 'files of an older Sluice → of this one; a record a step',
    pure: true,
  },
  { name: 'judge', answers: 'is it healthy: what to ask, samples → verdicts', pure: true },
  { name: 'decide', answers: 'facts → decision → changed fields', pure: true },
  { name: 'comment', answers: 'what a comment says: text → command', pure: true },
  { name: 'http', answers: 'the one guarded way out', pure: false },
  { name: 'providers', answers: 'where samples come from; a folder a type', pure: false },
  {
    name: 'forge',
    answers: 'where rollouts live: one interface, `git/` and `github/`',
    pure: false,
  },
  { name: 'tell', answers: 'what people read', pure: true },
  { name: 'notify', answers: 'how people hear of it; a folder a channel', pure: false },
  {
    name: 'repository',
    answers: 'one commit of the branch: read, history, edits, commit',
    pure: false,
  },
  { name: 'tick', answers: 'one pass: measure, assess, apply', pure: false },
  { name: 'chatops', answers: 'a command of a person, carried out', pure: false },
  {
    name: 'commands',
    answers: 'validate, compile, simulate, init, import, migrate; a file a job',
    pure: false,
  },
  {
    name: 'doors',
    answers: '`action/` and `terminal/`: inputs in, text and exit code out',
    pure: false,
  },
];

/** One file that uses another, by a value or a type. */
export interface Use {
  readonly from: string;
  /** A path from the root, or the name of a package. */
  readonly to: string;
}

/** Every source file below a folder. */
export function sources(dir: string): readonly string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return sources(path);
    return path.endsWith('.ts') && !path.endsWith('.d.ts') ? [path] : [];
  });
}

/** Files beside the rooms that are doors; all others there are words for every room. */
const ENTRIES = ['src/cli.ts', 'src/main.ts'];

/** The room that a file of `src/` is in. */
export function roomOf(path: string): string {
  const [, room = '', ...rest] = path.split('/');
  if (rest.length === 0) return ENTRIES.includes(path) ? 'doors' : 'words';
  return room === 'action' || room === 'terminal' ? 'doors' : room;
}

/** `… from 'x'`, `import 'x'`, `import('x')`: types and what is loaded later are uses like any other. */
const USE = /(?:\bfrom|^import|\bimport\s*\()\s*'([^']+)'/gm;

/** All that a file uses. */
export function usesOf(path: string): readonly Use[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(USE)].map(([, target = '']) => ({
    from: path,
    to: target.startsWith('.') ? normalize(join(dirname(path), target)) : target,
  }));
}

/** Uses from one file of `src/` to another. */
export const usesInside = (): readonly Use[] =>
  sources('src')
    .flatMap(usesOf)
    .filter(({ to }) => to.startsWith('src/'));

/** Groups of files that use one another in a circle. By Tarjan's strongly connected components. */
export function circlesOf(uses: readonly Use[]): readonly (readonly string[])[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of uses) next.set(from, [...(next.get(from) ?? []), to]);
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): number => {
    const index = order.size;
    order.set(file, index);
    stack.push(file);
    let low = index;
    for (const to of next.get(file) ?? []) {
      if (!order.has(to)) low = Math.min(low, visit(to));
      else if (stack.includes(to)) low = Math.min(low, order.get(to) ?? low);
    }
    lowest.set(file, low);
    if (low === index) {
      const circle = stack.splice(stack.indexOf(file));
      if (circle.length > 1) circles.push(circle);
    }
    return low;
  };
  for (const file of next.keys()) if (!order.has(file)) visit(file);
  return circles;
}

/** The picture of the house in CONTRIBUTING.md: a row a room, with the rooms that it uses. */
export function housePicture(uses: readonly Use[]): string {
  const rows = ROOMS.filter(({ name }) => name !== 'words').map(({ name, answers, pure }) => {
    const used = ROOMS.filter((room) =>
      uses.some(({ from, to }) => roomOf(from) === name && roomOf(to) === room.name),
    )
      .map((room) => room.name)
      .filter((room) => room !== name && room !== 'words');
    return `| ${name} | ${answers}${pure ? '' : ' *'} | ${used.join(', ')} |`;
  });
  return ['| room | what it answers | uses |', '| --- | --- | --- |', ...rows].join('\n');
}
