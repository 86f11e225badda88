import type { context } from '@actions/github';
import { InputError } from './inputs.ts';
import { type Payload, readPayload } from './payload.ts';

/** What a runner says of a run: its event, and where it is. */
export interface RunEvent {
  /** `schedule`, `issue_comment`, … */
  readonly name: string;
  readonly payload: Payload;
  readonly owner: string;
  readonly repo: string;
  /** The commit the run is about: a pull request's merge commit, the branch head otherwise. */
  readonly sha: string;
  readonly apiUrl: string;
  readonly graphqlUrl: string;
}

/**
 * Reads the event of this run.
 *
 * @throws InputError where this is no workflow run, or its event is no JSON object.
 */
export async function readEvent(): Promise<RunEvent> {
  const run = await readContext();
  const { owner, repo } = repositoryOf(run);
  return {
    name: run.eventName ?? '',
    payload: readPayload(run.payload),
    owner,
    repo,
    sha: run.sha ?? '',
    apiUrl: run.apiUrl,
    graphqlUrl: run.graphqlUrl,
  };
}

/** The library reads the event's file while it is loaded: what is wrong with that is caught here. */
async function readContext(): Promise<typeof context> {
  try {
    return (await import('./run-context.ts')).context;
  } catch {
    throw new InputError(
      'the event in GITHUB_EVENT_PATH cannot be read as JSON; run this from a workflow',
    );
  }
}

function repositoryOf(run: typeof context): { readonly owner: string; readonly repo: string } {
  try {
    const { owner, repo } = run.repo;
    if (owner && repo) return { owner, repo };
  } catch {
    // The library says the same of a variable that is not set.
  }
  throw new InputError('GITHUB_REPOSITORY is not set: this runs in a workflow');
}
