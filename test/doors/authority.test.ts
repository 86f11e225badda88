import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDesks, type Desk, openDesk } from '../support/desk.ts';
import { claim } from '../support/forger.ts';
import { inStage, june, REPLAY_CONFIG, recording, rolloutText } from '../support/rollouts.ts';

const FILE = 'rollouts/demo.yaml';
const CONFIG = '.github/sluice.yml';
const MONDAY = june(1, '09:00');
const TUESDAY = june(2, '10:00');

const STAGES =
  '[{name: canary, percentage: 5, duration: 1d}, {name: full, percentage: 100, duration: 1d, approvals: 1}]';
const flag = (more = ''): string =>
  rolloutText('demo', { stages: STAGES, status: inStage('canary', MONDAY, more) });
const LISTED = flag(', approvals: [{by: ada, stage: full}]');

afterAll(closeDesks);

/** Keys of whoever runs Sluice and of somebody else. */
let folder: string;
const key = (name: string): string => join(folder, name);
const fingerprint = (name: string): string =>
  execFileSync('ssh-keygen', ['-l', '-f', key(name)], { encoding: 'utf8' }).split(' ')[1] ?? '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-keys-'));
  for (const name of ['sluice', 'mallory']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key(name)]);
  }
  writeFileSync(key('allowed'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open = (text: string, config = REPLAY_CONFIG): Promise<Desk> =>
  openDesk(MONDAY, {
    [CONFIG]: config,
    'metrics.csv': recording([june(1, '00:00'), 'errors demo on', 0.001]),
    [FILE]: text,
  });

const withSigners = (...signers: readonly string[]): string =>
  `${REPLAY_CONFIG}policy: {signers: ${JSON.stringify(signers)}}\n`;

/** Whose key git signs with in a repository, Sluice's commits and people's alike. */
async function signAs({ repo }: Desk, name: string): Promise<void> {
  await repo.git('config', 'gpg.format', 'ssh');
  await repo.git('config', 'user.signingkey', key(name));
  await repo.git('config', 'gpg.ssh.allowedSignersFile', key('allowed'));
  await repo.git('config', 'commit.gpgsign', 'true');
}

/** What a tick decides on Tuesday, a day after the stage began. */
async function decided(desk: Desk): Promise<string> {
  const { kind, code, why } = (await desk.tick(TUESDAY)).of('demo').decision;
  return kind === 'hold' ? `${code}: ${why}` : kind;
}

const VOID = expect.stringMatching(
  /^needs-approval: .*has 0; the approval of ada does not count: Sluice did not write it, so ada must approve again$/,
);

describe.concurrent('an approval in a local repository', () => {
  it('counts where a command gave it', async () => {
    const desk = await open(flag());
    const ran = await desk.say(june(1, '12:00'), '/rollout approve demo');
    expect(ran.code).toBe(0);
    expect(await desk.status(FILE)).toMatchObject({
      approvals: [{ by: 'ada', stage: 'full', at: june(1, '12:00') }],
    });
    expect(await decided(desk)).toBe('advance');
  });

  it('does not count where somebody wrote it into the file', async () => {
    const desk = await open(LISTED);
    expect(await decided(desk)).toEqual(VOID);
  });

  it('is given again in place of one that somebody wrote into the file', async () => {
    const desk = await open(LISTED);
    const ran = await desk.say(june(1, '12:00'), '/rollout approve demo');
    expect(ran.json()).toMatchObject({ outcome: 'done' });
    expect(await decided(desk)).toBe('advance');
  });

  it('counts once: it is not used again when a person pastes it back', async () => {
    const desk = await open(flag());
    await desk.say(june(1, '12:00'), '/rollout approve demo');
    const approved = await desk.file(FILE);
    await desk.commit(june(1, '13:00'), 'Take it back', { [FILE]: flag() });
    await desk.commit(june(1, '14:00'), 'Paste it', { [FILE]: approved });
    expect((await desk.tick(june(3, '10:00'))).of('demo').decision.why).toContain(
      'it was used or taken back before',
    );
  });

  it('counts by a message alone: whoever may write to the branch may give every command', async () => {
    const desk = await open(flag());
    const message = claim({
      key: 'demo@production',
      action: 'approve',
      from: 'canary',
      to: 'full',
      by: {},
    });
    await desk.commit(june(1, '12:00'), message, { [FILE]: LISTED });
    expect(await decided(desk)).toBe('advance');
  });
});

describe.concurrent('where the policy names signers', () => {
  it('an approval counts by a commit that one of them signed', async () => {
    const desk = await open(flag(), withSigners(fingerprint('sluice')));
    await signAs(desk, 'sluice');
    await desk.say(june(1, '12:00'), '/rollout approve demo');
    expect(await decided(desk)).toBe('advance');
  });

  it.each<readonly [string, (desk: Desk) => Promise<void>]>([
    ['nobody signed', async () => undefined],
    ['somebody else signed', (desk) => signAs(desk, 'mallory')],
  ])('an approval by a commit that %s does not count', async (_, prepare) => {
    const desk = await open(flag(), withSigners(fingerprint('sluice')));
    await prepare(desk);
    await desk.say(june(1, '12:00'), '/rollout approve demo');
    expect(await decided(desk)).toEqual(VOID);
  });

  it('a kill is carried out, signed or not, and whatever the key', async () => {
    const desk = await open(flag(), withSigners(fingerprint('sluice')));
    await signAs(desk, 'no-such-key');
    const ran = await desk.say(june(1, '12:00'), '/rollout kill demo');
    expect(ran.code).toBe(0);
    expect(await desk.file(FILE)).toMatch(/^kill: true$/m);
  });
});

describe.concurrent('a pinned level', () => {
  /** Ten days at everyone: a limit relative to a level that was pinned when control went. */
  const relative = REPLAY_CONFIG.replace('limits: {max: 1%}', 'limits: {max_increase: 5%}');
  const complete = (status: string): string =>
    rolloutText('demo', {
      stages:
        '[{name: canary, percentage: 5, duration: 1d}, {name: full, percentage: 100, duration: 1d}]',
      status,
    });
  const FULL = inStage('full', MONDAY, ', baseline: {errors: 0.5}');

  it('that somebody wrote into the file lets no flag complete', async () => {
    const desk = await open(complete(FULL), relative);
    expect(await decided(desk)).toMatch(
      /^insufficient: errors: no baseline; `status.baseline` does not count: Sluice did not write it; only a promote goes on without it$/,
    );
  });

  it('that an advance pinned does', async () => {
    const desk = await open(complete(inStage('canary', MONDAY)), relative);
    const message = claim({
      key: 'demo@production',
      action: 'advance',
      from: 'canary',
      to: 'full',
    });
    await desk.commit(MONDAY, message, { [FILE]: complete(FULL) });
    expect(await decided(desk)).toBe('complete');
  });

  it('that somebody wrote takes a flag back all the same', async () => {
    const low = complete(inStage('full', MONDAY, ', baseline: {errors: 0.0001}'));
    const desk = await open(low, relative);
    expect(await decided(desk)).toBe('rollback');
  });
});
