import { afterEach } from 'vitest';
import { type GitForgeOptions, type GitForgeSeams, openGitForge } from '../../src/forge/git/git.ts';
import { type TemporaryRepository, temporaryRepository } from '../support/git.ts';

/** What the tests of the local forge share. */

export const BOT = { name: 'Sluice', email: 'sluice@example.com' };
/** 2026-12-01T09:00:00Z */
export const NINE = Date.UTC(2026, 11, 1, 9);
export const BYTES = { maxBytes: 64 * 1024 };

const open: TemporaryRepository[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((repository) => repository.cleanup()));
});

/** A repository that goes away with the test. */
export async function repositoryForTest(
  options: { readonly bare?: boolean } = {},
): Promise<TemporaryRepository> {
  const repository = await temporaryRepository(options);
  open.push(repository);
  return repository;
}

/** A repository whose first commit holds these files. */
export async function repositoryWith(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: { readonly bare?: boolean } = {},
): Promise<TemporaryRepository> {
  const repository = await repositoryForTest(options);
  for (const [path, content] of Object.entries(files)) await repository.write(path, content);
  await repository.commitAll('First', { date: NINE });
  return repository;
}

export function forgeOn(
  { dir }: Pick<TemporaryRepository, 'dir'>,
  options: Partial<GitForgeOptions> = {},
  seams: GitForgeSeams = {},
) {
  return openGitForge({ dir, author: BOT, ...options }, seams);
}

/** The kind of an outcome and its words, for outcomes that have some. */
export function detailOf(outcome: { readonly kind: string; readonly detail?: string }) {
  return outcome.kind === 'refused' ? outcome.detail : `not refused: ${outcome.kind}`;
}
