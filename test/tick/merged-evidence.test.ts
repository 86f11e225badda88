import { expect, it } from 'vitest';
import type { Forge } from '../../src/forge/forge.ts';
import { type Context, createContext } from '../../src/repository/context.ts';
import { reconcile } from '../../src/tick/reconcile.ts';
import { MINUTE } from '../../src/time.ts';
import { answerByLevel, providerOf, queriesIn } from '../support/answers.ts';
import { memoryRepository } from '../support/memory-repository.ts';

const BOT = { name: 'Sluice', email: 'sluice@example.com' };
const NOW = Date.UTC(2026, 5, 2, 10);

it('a revert that was merged late is not followed by another on the same evidence', async () => {
  const repository = memoryRepository(
    {
      '.github/sluice.yml': `providers:
  prod: {type: prometheus, url: 'https://prod.example'}
metrics:
  errors: {unit: ratio, query: 'errors {{flag}} {{variant}}', limits: {max: 1%}}
`,
      'rollouts/x.yaml': `flag: x
owners: ['@ada']
stages: [{name: canary, percentage: 5, duration: 1d}, {name: half, percentage: 50, duration: 1d}, {name: full, percentage: 100, duration: 1d}]
checks: [errors]
status: {phase: progressing, stage: half, since: '2026-06-02T09:00:00Z'}
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
  // Users are in the stage before only now: what is measured a minute later is of this one.
  repository.merge(offered?.branch ?? '', NOW + 13 * MINUTE);
  const { outcome } = await reconcile(context(forge, NOW + 14 * MINUTE));
  expect(outcome.offered).toEqual([]);
});
