import { describe, expect, it } from 'vitest';
import { compile } from '../../src/commands/compile.ts';
import { createContext } from '../../src/repository/context.ts';
import { MINUTE } from '../../src/time.ts';
import { memoryHome } from '../support/homes.ts';
import { CONFIG_PATH, configText, drawHouse, TARGET_PATH } from './files.ts';
import { openJournal } from './journal.ts';
import { drawTruth } from './truth.ts';
import { openWatch } from './watch.ts';

const NOW = Date.UTC(2026, 5, 2, 10);
const BOT = { name: 'Sluice', email: 'sluice@example.com' };
const ADA = { name: 'Ada', email: 'ada@example.com' };

const PATH = 'rollouts/x.yaml';
const inStage = (stage: string): string => `flag: x
owners: ['@ada']
stages:
  - {name: canary, percentage: 5, duration: 1h}
  - {name: full, percentage: 100, duration: 1h}
status: {phase: progressing, stage: ${stage}, since: '2026-06-02T09:00:00Z'}
`;
const BROKEN = `${inStage('full')}<<<<<<< HEAD\n`;

/** A repository with one flag in its canary, watched from its first commit on, its target compiled. */
async function watchedRepository() {
  const house = { ...drawHouse('watch'), environments: ['production'] };
  const home = await memoryHome(
    { [CONFIG_PATH]: configText(house), [PATH]: inStage('canary') },
    NOW,
  );
  const [bot, ada] = [await home.open(BOT), await home.open(ADA)];
  const truth = drawTruth('watch', [], { from: NOW, to: NOW + MINUTE }, 1);
  const watch = await openWatch(bot, truth, openJournal());
  const run = { by: 'compile', now: NOW, dead: false, wrote: true, looked: 0, listed: 0 };
  const openProvider = async (name: string) => {
    throw new Error(`nobody asks ${name}`);
  };

  /** A person pushes a file. */
  async function push(text: string): Promise<void> {
    const outcome = await ada.commit(await ada.head(), 'Edit\n', [{ path: PATH, text }], NOW);
    if (outcome.kind === 'committed') watch.person(outcome.oid, NOW);
  }

  /** A run compiles the target. */
  async function compiles(): Promise<void> {
    const { commit } = await compile(createContext({ forge: bot, now: NOW, openProvider }));
    if (commit !== undefined) watch.ledger.committed(commit, run);
  }

  /** A run writes a target that it should not. */
  async function writes(edit: (text: string) => string): Promise<void> {
    const head = await bot.head();
    const text = edit((await bot.readAt(head.oid, TARGET_PATH)) ?? '');
    const outcome = await bot.commit(head, 'Compile targets\n', [{ path: TARGET_PATH, text }], NOW);
    if (outcome.kind === 'committed') watch.ledger.committed(outcome.oid, run);
  }

  await compiles();
  await watch.follow();
  return { watch, push, compiles, writes };
}

describe('what is compiled of a file that breaks', () => {
  it('may be an edit that a run compiled just before', async () => {
    const { watch, push, compiles } = await watchedRepository();
    await push(inStage('full'));
    await compiles();
    await push(BROKEN);
    await compiles();
    await watch.follow();
    await watch.compareTarget();
  });

  it('may not be an edit that no run compiled', async () => {
    const { watch, push, writes } = await watchedRepository();
    await push(inStage('full'));
    await push(BROKEN);
    await writes((text) => text.replaceAll('"canary"', '"full"'));
    await expect(watch.follow()).rejects.toThrow('its entry in the target did not stay');
  });

  it('may not change when its stage does not exist either', async () => {
    const { watch, push, writes } = await watchedRepository();
    await push(inStage('gone'));
    await writes((text) => text.replaceAll('"canary"', '"gone"'));
    await expect(watch.follow()).rejects.toThrow('its entry in the target did not stay');
  });
});

it('holds each commit of a target to the files it was compiled from', async () => {
  const { watch, push, compiles, writes } = await watchedRepository();
  await push(inStage('full'));
  await writes((text) => text.replaceAll('"canary"', '"gone"'));
  await push(inStage('canary'));
  await compiles();
  await expect(watch.follow()).rejects.toThrow('the target says');
});
