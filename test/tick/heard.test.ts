import { describe, expect, it } from 'vitest';
import { respond } from '../../src/chatops/respond.ts';
import { compile } from '../../src/commands/compile.ts';
import type { Event } from '../../src/decide/events.ts';
import { type Context, createContext } from '../../src/repository/context.ts';
import { reconcile } from '../../src/tick/reconcile.ts';
import { MINUTE } from '../../src/time.ts';
import { answerByLevel, providerOf, queriesIn } from '../support/answers.ts';
import { memoryRepository } from '../support/memory-repository.ts';

const NOW = Date.UTC(2026, 5, 2, 10);

const CONFIG = `providers:
  prod: {type: prometheus, url: 'https://prod.example'}
metrics:
  errors: {unit: ratio, query: 'errors {{flag}} {{variant}}', limits: {max: 1%}}
targets: [{type: json, path: flags/exposures.json}]
`;

const rollout = (more: string): string => `flag: x
owners: ['@ada']
stages: [{name: canary, percentage: 5, duration: 1d}, {name: full, percentage: 100, duration: 1d}]
checks: [{metric: errors, max: 1%}]
rollback: {via: commit}
${more}`;

const PROGRESSING = "status: {phase: progressing, stage: canary, since: '2026-06-02T08:00:00Z'}\n";

/** What people hear of in a repository with this rollout, whoever moves it. */
function listening(file: string, errors = 0.001) {
  const files = { '.github/sluice.yml': CONFIG, 'rollouts/x.yaml': file };
  const repository = memoryRepository(files, NOW - 60 * MINUTE);
  const heard: Event[] = [];
  const context: Context = createContext({
    forge: repository.forgeAs({ name: 'Sluice', email: 'sluice@example.com' }),
    now: NOW,
    openProvider: async (name) =>
      providerOf(name, (question) =>
        answerByLevel(question, () => (queriesIn(question)[0]?.endsWith(' on') ? errors : 0.001)),
      ),
    notify: async (_, events) => {
      heard.push(...events);
      return [];
    },
  });
  const moves = () =>
    heard.flatMap((event) =>
      event.kind === 'moved' ? [`${event.move.of} ${event.move.action}`] : [],
    );
  return { context, heard, moves };
}

describe('whoever listens hears', () => {
  it('a start', async () => {
    const { context, moves } = listening(rollout(''));
    await reconcile(context);
    expect(moves()).toEqual(['rollout start']);
  });

  it('a rollback of a tick', async () => {
    const { context, moves } = listening(rollout(PROGRESSING), 0.05);
    await reconcile(context);
    expect(moves()).toEqual(['rollout rollback']);
  });

  it.each(['kill', 'rollback', 'pause'])('what a person says: %s', async (verb) => {
    const { context, moves } = listening(rollout(PROGRESSING));
    await respond(context, `/rollout ${verb} x it burns`, 'ada');
    expect(moves()).toEqual([`rollout ${verb}`]);
  });

  it('a kill of a file that nobody can read', async () => {
    const { context, moves } = listening('flag: x\nstages: [\n');
    await respond(context, '/rollout kill x', 'ada');
    expect(moves()).toEqual(['invalid-file kill']);
  });

  it('what a compilation could not do', async () => {
    const { context, heard } = listening('flag: x\nkill: true\nstages: [\n');
    await compile(context);
    expect(heard).toMatchObject([{ kind: 'failed', failure: { code: 'kill-not-obeyed' } }]);
  });

  it('nothing of a dry run', async () => {
    const { context, heard } = listening(rollout(PROGRESSING), 0.05);
    await reconcile({ ...context, dryRun: true });
    await respond({ ...context, dryRun: true }, '/rollout kill x', 'ada');
    expect(heard).toEqual([]);
  });
});
