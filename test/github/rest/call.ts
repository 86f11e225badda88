import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { Urls } from '../shape/urls.ts';
import type { Actor } from '../state/announce.ts';
import type { StoredRepository } from '../state/repository.ts';
import type { Need, Token } from '../state/token.ts';
import type { World } from '../state/world.ts';

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** For what is not JSON. */
  readonly type?: string;
}

/** A request that passed the door: known, within its limits, and held to the description. */
export interface Call {
  readonly world: World;
  readonly urls: Urls;
  readonly token: Token | undefined;
  readonly accept: string;
  /** The request's own address, for links to its other pages. */
  readonly address: URL;
}

/** The same for something inside a repository that the token can see. */
export interface RepositoryCall extends Call {
  readonly repository: StoredRepository;
  /** Who asks. Only a write needs somebody. */
  readonly actor: Actor;
}

type Methods = RestEndpointMethodTypes;

/** Path, query and body of an operation as one record, as Octokit types it. */
export type Input<
  Group extends keyof Methods,
  Method extends keyof Methods[Group],
> = Methods[Group][Method] extends { readonly parameters: infer Parameters } ? Parameters : never;

/** One operation: what a token needs for it, and what it does. */
export interface Operation {
  /** Any one of these will do; none for what is not about a repository. */
  readonly needs: readonly Need[];
  readonly writes: boolean;
  run(call: Call, input: never): Answer | Promise<Answer>;
}

export function reads<In>(
  needs: Need | readonly Need[],
  run: (call: RepositoryCall, input: In) => Answer | Promise<Answer>,
): Operation {
  return { needs: list(needs), writes: false, run } as Operation;
}

export function writes<In>(
  needs: Need | readonly Need[],
  run: (call: RepositoryCall, input: In) => Answer | Promise<Answer>,
): Operation {
  return { needs: list(needs), writes: true, run } as Operation;
}

/** An operation on no repository. */
export function general<In>(run: (call: Call, input: In) => Answer | Promise<Answer>): Operation {
  return { needs: [], writes: false, run } as Operation;
}

function list(needs: Need | readonly Need[]): readonly Need[] {
  return typeof needs[0] === 'string' ? [needs as Need] : (needs as readonly Need[]);
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const NO_CONTENT: Answer = { status: 204 };
