import type { Forge } from '../../src/forge/forge.ts';
import type { GitHubClient } from '../../src/forge/github/client.ts';
import { openGitHubForge } from '../../src/forge/github/github.ts';
import { openGitHub } from '../../src/forge/github/open.ts';
import type { Files, Repository } from '../github/repository.ts';
import { GitHub, type NewRepository } from '../github/server.ts';

/** A forge in this process, in a repository on a GitHub of its own; it does not really wait. */
export interface ForgeHome {
  readonly github: GitHub;
  readonly repository: Repository;
  readonly forge: Forge;
  readonly client: GitHubClient;
  readonly warnings: readonly string[];
  /** How long it would have waited, each time. */
  readonly slept: readonly number[];
}

const opened: GitHub[] = [];

export async function openForge(
  files: Files,
  { branch, ...options }: Omit<NewRepository, 'files'> & { readonly branch?: string } = {},
): Promise<ForgeHome> {
  const github = await GitHub.start();
  opened.push(github);
  const repository = await github.createRepository('acme/shop', { ...options, files });
  const warnings: string[] = [];
  const slept: number[] = [];
  const client = openGitHub(
    {
      token: github.token({ kind: 'actions', repository }),
      apiUrl: github.apiUrl,
      graphqlUrl: github.graphqlUrl,
    },
    {
      owner: 'acme',
      repo: 'shop',
      now: Date.now,
      sleep: async (duration) => {
        slept.push(duration);
      },
    },
  );
  const forge = openGitHubForge({
    client,
    warn: (text) => warnings.push(text),
    ...(branch === undefined ? {} : { branch }),
  });
  return { github, repository, forge, client, warnings, slept };
}

/** Closes every GitHub, and fails where one of them was misunderstood. */
export async function closeForges(): Promise<void> {
  for (const github of opened.splice(0)) await github.close();
}
