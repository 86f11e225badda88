import { expect, it } from 'vitest';
import type { Forge } from '../../src/forge/forge.ts';
import { type Context, createContext } from '../../src/repository/context.ts';
import { reconcile } from '../../src/tick/reconcile.ts';
import { MINUTE } from '../../src/time.ts';
import { answerByLevel, providerOf, queriesIn } from '../support/answers.ts';
import { memoryRepository } from '../support/memory-repository.ts';

const BOT = { name: 'Sluice', email: 'sluice@example.com' };
const NOW = Date.UTC(2026, 5, 2, 10);

const CALLS = ['proposals', 'head', 'read', 'lookUp', 'commit'] as const;

it.each(CALLS)(
  'a revert that another tick carries out before our %s is not offered again',
  async (call) => {
    const repository = memoryRepository(
      {
        '.github/sluice.yml': `providers:
  prod: {type: prometheus, url: 'https://prod.example'}
metrics:
  errors: {unit: ratio, query: 'errors {{flag}} {{variant}}', limits: {max: 1%}}
`,
        'rollouts/x.yaml': `flag: x
owners: ['@ada']
stages: [{name: canary, percentage: 5, duration: 1d}, {name: full, percentage: 100, duration: 1d}]
checks: [errors]
status: {phase: progressing, stage: canary, since: '2026-06-02T09:00:00Z'}
`,
      },
      NOW - 60 * MINUTE,
    );
    const context = (forge: Forge, now: number): Context =>
      createContext({
        forge,
        now,
        openProvider: async (name) =>
          providerOf(name, (question) =>
            answerByLevel(question, () => (queriesIn(question)[0]?.endsWith(' on') ? 0.05 : 0.001)),
          ),
      });
    const forge = repository.forgeAs(BOT);
    await reconcile(context(forge, NOW));
    const [offered] = await forge.proposals();
    expect(offered?.state).toBe('open');

    // Two ticks at once: one is at this call when the other carries the revert out.
    let gone = false;
    const goFirst = async (): Promise<void> => {
      if (gone) return;
      gone = true;
      await reconcile(context(forge, NOW + 16 * MINUTE));
    };
    const slow: Forge = {
      ...forge,
      [call]: async (...args: never) => {
        await goFirst();
        return (forge[call] as (...given: never) => unknown)(...args);
      },
    };
    const { outcome } = await reconcile(context(slow, NOW + 16 * MINUTE));
    expect(outcome.offered.filter(({ opened }) => opened)).toEqual([]);
    expect(await forge.proposals()).toEqual([]);
  },
);
