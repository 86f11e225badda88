import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { circlesOf, ROOMS, roomOf, sources, usesInside, usesOf } from '../../scripts/house.ts';

const INSIDE = usesInside();
const PURE = ROOMS.filter(({ pure }) => pure).map(({ name }) => name);

/** What pure code may take from Node: both are functions of their input. */
const PURE_BUILTINS = ['node:crypto', 'node:util', 'node:zlib'];

const placeOf = (path: string): number => ROOMS.findIndex(({ name }) => name === roomOf(path));
const shown = ({ from, to }: { readonly from: string; readonly to: string }) => `${from} → ${to}`;

describe('arrows between rooms', () => {
  it('finds the imports at all, those of types and those made later too', () => {
    expect(INSIDE.length).toBeGreaterThan(900);
    const lazy = usesOf('src/action/run.ts').map(({ to }) => to);
    expect(lazy).toContain('src/action/reconcile.ts');
  });

  it('know every room', () => {
    const rooms = new Set(sources('src').map(roomOf));
    expect([...rooms].sort()).toEqual(ROOMS.map(({ name }) => name).sort());
  });

  it('run one way, types too', () => {
    const wrong = INSIDE.filter(({ from, to }) => placeOf(to) > placeOf(from));
    expect(wrong.map(shown)).toEqual([]);
  });

  it('lead from a pure room to pure rooms alone', () => {
    const isPure = (path: string) => PURE.includes(roomOf(path));
    const wrong = INSIDE.filter(({ from, to }) => isPure(from) && !isPure(to));
    expect(wrong.map(shown)).toEqual([]);
  });

  it('make no circle of files', () => {
    expect(circlesOf(INSIDE)).toEqual([]);
    expect(
      circlesOf([
        { from: 'a', to: 'b' },
        { from: 'b', to: 'a' },
      ]),
    ).toEqual([['a', 'b']]);
  });

  it('leave the pure rooms without a clock, a disk, a network or a process', () => {
    const pure = sources('src').filter((path) => PURE.includes(roomOf(path)));
    const wrong = pure
      .flatMap(usesOf)
      .filter(({ to }) => to.startsWith('node:') && !PURE_BUILTINS.includes(to));
    expect(wrong.map(shown)).toEqual([]);
    const clocks = pure.filter((path) =>
      /Date\.now\(|new Date\(\)|Math\.random\(|process\.|\bfetch\(/.test(
        readFileSync(path, 'utf8'),
      ),
    );
    expect(clocks).toEqual([]);
  });
});
