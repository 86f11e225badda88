import { repositoryUrl } from '../shape/repository.ts';
import { announce } from '../state/announce.ts';
import { notFound, RequestError } from '../state/refusal.ts';
import { type Input, NO_CONTENT, ok, writes } from './call.ts';
import { resolveCommit } from './resolve.ts';

/** The one way, with `repository_dispatch`, in which GITHUB_TOKEN starts a workflow. */
const workflowDispatch = writes<Input<'actions', 'createWorkflowDispatch'>>(
  ['actions', 'write'],
  async ({ world, urls, repository, actor }, { workflow_id, ref, inputs, ...rest }) => {
    const name = String(workflow_id);
    if (repository.dispatchable !== undefined && !repository.dispatchable.has(name)) {
      throw notFound();
    }
    if ((await resolveCommit(repository, ref)) === undefined) {
      throw new RequestError(422, `No ref found for: ${ref}`);
    }
    announce(repository, actor, {
      event: 'workflow_dispatch',
      ref,
      payload: { workflow: name, inputs: inputs ?? {} },
    });
    if (!('return_run_details' in rest) || rest.return_run_details !== true) return NO_CONTENT;
    const run = world.nextId();
    return ok({
      workflow_run_id: run,
      run_url: `${repositoryUrl(urls, repository)}/actions/runs/${run}`,
      html_url: `${urls.web}/${repository.fullName}/actions/runs/${run}`,
    });
  },
);

const repositoryDispatch = writes<Input<'repos', 'createDispatchEvent'>>(
  ['contents', 'write'],
  ({ repository, actor }, { event_type, client_payload }) => {
    announce(repository, actor, {
      event: 'repository_dispatch',
      action: event_type,
      ref: `refs/heads/${repository.defaultBranch}`,
      payload: client_payload ?? {},
    });
    return NO_CONTENT;
  },
);

export const DISPATCH_OPERATIONS = {
  'actions/create-workflow-dispatch': workflowDispatch,
  'repos/create-dispatch-event': repositoryDispatch,
};
