import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * Which room may use which: doors → commands → the rest, and the pure rooms one another in one
 * direction. A type may be borrowed more widely than a function: it is gone when the code runs.
 */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  doors: ['commands', 'forge', 'metrics', 'http', 'tell', 'rollout', 'config', 'yaml'],
  commands: [
    'forge',
    'metrics',
    'targets',
    'tell',
    'judge',
    'rollout',
    'config',
    'exposure',
    'yaml',
  ],
  metrics: ['http', 'rollout'],
  forge: ['http'],
  http: [],
  tell: ['rollout', 'exposure', 'judge'],
  targets: ['exposure', 'rollout', 'yaml'],
  exposure: ['rollout'],
  judge: ['rollout'],
  config: ['rollout', 'generated'],
  rollout: ['generated', 'yaml'],
  yaml: [],
  generated: [],
};

/** Rooms that touch neither clock, network, disk nor process. */
const PURE = ['rollout', 'exposure', 'judge', 'yaml', 'targets', 'tell', 'config'];

/** Whose types a pure room may name. */
const TYPES_OF = [...PURE, 'forge', 'metrics', 'http', 'generated'];

/** What pure code may take from Node: hashing is a function of its input. */
const PURE_BUILTINS = ['node:crypto'];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function sources(dir: string): readonly string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return sources(path);
    return path.endsWith('.ts') && !path.endsWith('.d.ts') ? [path] : [];
  });
}

/** Words that every room shares. */
const SHARED = ['src/credential.ts', 'src/json.ts', 'src/text.ts', 'src/time.ts', 'src/version.ts'];

/** The room a file is in; files beside the rooms are doors, or words that every room shares. */
function roomOf(path: string): string {
  const [, room = '', ...rest] = path.split('/');
  if (rest.length > 0) return ['terminal', 'action'].includes(room) ? 'doors' : room;
  return SHARED.includes(path) ? 'shared' : 'doors';
}

const IMPORT = /^(?:import|export)\s+(type\s)?(?:([\s\S]*?)\s+from\s+)?'([^']+)'/gm;

function importsOf(path: string): readonly Import[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(IMPORT)].map(([, type, names = '', target = '']) => ({
    from: path,
    to: target.startsWith('.') ? normalize(join(dirname(path), target)) : target,
    typeOnly: type !== undefined || /^\{(?:\s*type\s[^,}]+,?)+\s*\}$/.test(names),
  }));
}

const IMPORTS = sources('src').flatMap(importsOf);
const INSIDE = IMPORTS.filter(({ to }) => to.startsWith('src/'));

describe('arrows between rooms', () => {
  it('finds the imports at all', () => {
    expect(INSIDE.length).toBeGreaterThan(200);
  });

  it('run one way', () => {
    const wrong = INSIDE.filter(({ from, to, typeOnly }) => {
      const [here, there] = [roomOf(from), roomOf(to)];
      if (here === there || there === 'shared') return false;
      if (MAY_USE[here]?.includes(there)) return false;
      return !(typeOnly && TYPES_OF.includes(there));
    });
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it('leave the pure rooms without a clock, a disk, a network or a process', () => {
    const wrong = IMPORTS.filter(
      ({ from, to }) =>
        PURE.includes(roomOf(from)) && to.startsWith('node:') && !PURE_BUILTINS.includes(to),
    );
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
    const clocks = sources('src')
      .filter((path) => PURE.includes(roomOf(path)))
      .filter((path) =>
        /Date\.now\(|new Date\(\)|Math\.random\(|process\.|\bfetch\(/.test(
          readFileSync(path, 'utf8'),
        ),
      );
    expect(clocks).toEqual([]);
  });

  it('cross to commands and doors from nowhere below them', () => {
    const wrong = INSIDE.filter(
      ({ from, to }) =>
        ['doors', 'commands'].includes(roomOf(to)) && !['doors', 'commands'].includes(roomOf(from)),
    );
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });
});
