import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TemporaryRepository } from '../support/git.ts';
import { forgeOn, NINE, repositoryWith } from './git-forge.ts';

/** Keys of Sluice and of somebody else, and a file that says whose Sluice's is. */
let folder: string;
const key = (name: string): string => join(folder, name);
const fingerprints: Record<string, string> = {};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-keys-'));
  for (const name of ['sluice', 'mallory']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', key(name)]);
    const shown = execFileSync('ssh-keygen', ['-l', '-f', key(name)], { encoding: 'utf8' });
    fingerprints[name] = shown.split(' ')[1] ?? '';
  }
  const [type, text] = execFileSync('ssh-keygen', ['-y', '-f', key('sluice')], {
    encoding: 'utf8',
  }).split(' ');
  writeFileSync(key('allowed'), `sluice@example.com ${type} ${text}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `git commit -S` does with a key, and `git log` with the file of allowed signers. */
async function signWith(repository: TemporaryRepository, name: string): Promise<void> {
  await repository.git('config', 'gpg.format', 'ssh');
  await repository.git('config', 'user.signingkey', key(name));
  await repository.git('config', 'gpg.ssh.allowedSignersFile', key('allowed'));
  await repository.git('config', 'commit.gpgsign', 'true');
}

const PATH = 'rollouts/x.yaml';

/** A repository with a commit by hand, one that Sluice signed, and one that somebody else signed. */
async function signed(): Promise<TemporaryRepository> {
  const repository = await repositoryWith({ [PATH]: '0' }, { bare: true });
  const forge = await forgeOn(repository);
  for (const name of ['sluice', 'mallory']) {
    await signWith(repository, name);
    const changes = [{ path: PATH, text: name }];
    const outcome = await forge.commit(await forge.head(), `By ${name}\n`, changes, NINE);
    expect(outcome).toEqual({ kind: 'committed', oid: expect.any(String) });
  }
  return repository;
}

async function own(
  repository: TemporaryRepository,
  ...signers: string[]
): Promise<readonly string[]> {
  const forge = await forgeOn(repository);
  const { oid } = await forge.head();
  const records = await forge.records(oid, [PATH], { limit: 9, signers });
  return (records.get(PATH) ?? []).flatMap((each) => (each.own ? [each.message] : []));
}

describe('a record counts', () => {
  test('by the fingerprint of the key that signed it, or by the name of a trusted one', async () => {
    const repository = await signed();
    const { sluice = '', mallory = '' } = fingerprints;
    expect(await own(repository, sluice)).toEqual(['By sluice']);
    expect(await own(repository, mallory, sluice)).toEqual(['By mallory', 'By sluice']);
    expect(await own(repository, 'sluice@example.com')).toEqual(['By sluice']);
    expect(await own(repository, 'mallory@example.com', 'SHA256:nobody')).toEqual([]);
  });

  test('by no name where nobody vouches for the key', async () => {
    const repository = await signed();
    await repository.git('config', 'gpg.ssh.allowedSignersFile', '/dev/null');
    expect(await own(repository, 'sluice@example.com', '')).toEqual([]);
    expect(await own(repository, fingerprints.sluice ?? '')).toEqual(['By sluice']);
  });

  test('whoever made it where no signers are named', async () => {
    const repository = await signed();
    const forge = await forgeOn(repository);
    const records = await forge.records((await forge.head()).oid, [PATH], { limit: 9 });
    expect(records.get(PATH)?.map((each) => each.own)).toEqual([true, true, true]);
  });
});

test('a commit that cannot be signed is made all the same, and says so', async () => {
  const repository = await repositoryWith({ [PATH]: '0' }, { bare: true });
  await signWith(repository, 'no-such-key');
  const forge = await forgeOn(repository);
  const changes = [{ path: PATH, text: 'kill: true' }];
  const outcome = await forge.commit(await forge.head(), 'Kill x\n', changes, NINE);
  expect(outcome).toMatchObject({
    kind: 'committed',
    warning: expect.stringMatching(/not signed.*user\.signingkey/i),
  });
  expect(await own(repository, fingerprints.sluice ?? '')).toEqual([]);
  expect(await repository.git('cat-file', 'blob', `main:${PATH}`)).toBe('kill: true');
});
