/**
 * Cuts the operations our test server answers out of GitHub's own OpenAPI description.
 *
 *     tsx scripts/extract-github-api.ts [path/to/api.github.com.json]
 *
 * Without a path it takes `@octokit/openapi` from npm into a temporary folder. That package is
 * 29 MB to download and 385 MB installed, which is why it is not a dependency and why the extract
 * is kept in the repository.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

const OPERATIONS = [
  'actions/create-workflow-dispatch',
  'apps/get-authenticated',
  'git/create-blob',
  'git/create-commit',
  'git/create-ref',
  'git/create-tree',
  'git/delete-ref',
  'git/get-blob',
  'git/get-commit',
  'git/get-ref',
  'git/get-tree',
  'git/list-matching-refs',
  'git/update-ref',
  'issues/add-labels',
  'issues/create',
  'issues/create-comment',
  'issues/delete-comment',
  'issues/get',
  'issues/get-comment',
  'issues/list-comments',
  'issues/list-for-repo',
  'issues/list-labels-on-issue',
  'issues/remove-label',
  'issues/update',
  'issues/update-comment',
  'pulls/create',
  'pulls/get',
  'pulls/list',
  'pulls/list-files',
  'pulls/merge',
  'pulls/request-reviewers',
  'pulls/update',
  'rate-limit/get',
  'reactions/create-for-issue-comment',
  'reactions/delete-for-issue-comment',
  'reactions/list-for-issue-comment',
  'repos/compare-commits',
  'repos/create-dispatch-event',
  'repos/get',
  'repos/get-branch',
  'repos/get-collaborator-permission-level',
  'repos/get-commit',
  'repos/get-content',
  'repos/list-commits',
  'teams/get-membership-for-user-in-org',
  'users/get-authenticated',
] as const;

/** What describes but does not constrain. */
const PROSE = new Set([
  'description',
  'summary',
  'example',
  'examples',
  'externalDocs',
  'tags',
  'title',
  'deprecated',
  'headers',
  'discriminator',
  'default',
]);

const OUTPUT = join(import.meta.dirname, '../test/github/openapi.json');

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value without prose and extensions. Under `properties` every key is a name, never prose. */
function lean(value: Json, names = false): Json {
  if (Array.isArray(value)) return value.map((item) => lean(item));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => names || !(PROSE.has(key) || key.startsWith('x-')))
      .map(([key, child]) => [key, lean(child, !names && key === 'properties')]),
  );
}

function references(value: Json, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) references(item, found);
  if (!isObject(value)) return;
  if (typeof value.$ref === 'string') found.add(value.$ref);
  for (const child of Object.values(value)) references(child, found);
}

function at(document: JsonObject, pointer: string): Json {
  let value: Json | undefined = document;
  for (const key of pointer.split('/').slice(1)) value = isObject(value) ? value[key] : undefined;
  if (value === undefined) throw new Error(`${pointer} is not in the description`);
  return value;
}

function extract(description: JsonObject, version: string): Json {
  const wanted = new Set<string>(OPERATIONS);
  const operations: Record<string, Json> = {};
  const paths = description.paths;
  if (!isObject(paths)) throw new Error('the description has no paths');
  for (const [path, methods] of Object.entries(paths)) {
    if (!isObject(methods)) continue;
    for (const [method, operation] of Object.entries(methods)) {
      if (!isObject(operation) || typeof operation.operationId !== 'string') continue;
      if (!wanted.delete(operation.operationId)) continue;
      const { parameters = [], requestBody = null, responses = {} } = operation;
      operations[operation.operationId] = lean({
        method: method.toUpperCase(),
        path,
        parameters,
        requestBody,
        responses,
      });
    }
  }
  if (wanted.size > 0) throw new Error(`not in the description: ${[...wanted].join(', ')}`);

  const components: Record<string, Record<string, Json>> = {};
  const queue = new Set<string>();
  references(operations, queue);
  // A Set is walked in insertion order and may grow meanwhile: what a component refers to follows.
  for (const pointer of queue) {
    const [, , kind, name] = pointer.split('/');
    if (kind === undefined || name === undefined) throw new Error(`odd reference ${pointer}`);
    const component = lean(at(description, pointer));
    components[kind] = { ...components[kind], [name]: component };
    references(component, queue);
  }
  const sorted = Object.fromEntries(
    Object.entries(operations).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  return { source: `@octokit/openapi ${version}`, operations: sorted, components };
}

function fetchDescription(): { readonly file: string; readonly version: string; done(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'github-openapi-'));
  const packed = execFileSync('npm', ['pack', '@octokit/openapi', '--silent'], {
    cwd: folder,
    encoding: 'utf8',
  }).trim();
  const wanted = ['package/generated/api.github.com.json', 'package/package.json'];
  execFileSync('tar', ['xzf', packed, ...wanted], { cwd: folder });
  const manifest = JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8'));
  return {
    file: join(folder, 'package/generated/api.github.com.json'),
    version: String(manifest.version),
    done: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const given = process.argv[2];
const source =
  given === undefined
    ? fetchDescription()
    : { file: given, version: '(a local file)', done: () => undefined };
const description: JsonObject = JSON.parse(readFileSync(source.file, 'utf8'));
const text = JSON.stringify(extract(description, source.version));
writeFileSync(OUTPUT, text);
source.done();
execFileSync('npx', ['biome', 'format', '--write', OUTPUT], { stdio: 'ignore' });
process.stdout.write(`${OUTPUT}: ${Math.round(statSync(OUTPUT).size / 1024)} KB\n`);
