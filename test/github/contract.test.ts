import { describe, expect, it } from 'vitest';
import { readContract } from './contract.ts';

const contract = readContract();
const none = new URLSearchParams();

function found(method: string, path: string) {
  const operation = contract.find(method, path);
  if (operation === undefined) throw new Error(`no ${method} ${path}`);
  return operation;
}

describe('finding an operation', () => {
  it('takes refs and paths over slashes, encoded or not', () => {
    expect(contract.find('GET', '/repos/acme/shop/git/ref/heads/a/b')).toEqual({
      id: 'git/get-ref',
      path: { owner: 'acme', repo: 'shop', ref: 'heads/a/b' },
    });
    expect(contract.find('GET', '/repos/acme/shop/git/ref/heads%2Fa%2Fb')?.path.ref).toBe(
      'heads/a/b',
    );
    expect(contract.find('GET', '/repos/acme/shop/compare/a%2Fb...c')?.path).toMatchObject({
      base: 'a/b',
      head: 'c',
    });
    expect(contract.find('GET', '/repos/acme/shop/contents')?.path.path).toBe('');
  });

  it('tells numbers from names, and knows no others', () => {
    expect(contract.find('GET', '/repos/acme/shop/pulls/7')?.path.pull_number).toBe(7);
    expect(contract.find('GET', '/repos/acme/shop/hooks')).toBeUndefined();
    expect(contract.find('POST', '/repos/acme/shop/git/ref/heads/a')).toBeUndefined();
  });
});

describe('a request', () => {
  it('is refused with an unknown parameter, a wrong type, a missing or misspelt field', () => {
    const create = found('POST', '/repos/acme/shop/pulls');
    const said = (body: unknown, query = none) => contract.request(create, query, body).problems;
    expect(said({ head: 'a', base: 'b', title: 't' })).toEqual([]);
    expect(said({ head: 'a' })).toEqual(["body must have required property 'base'"]);
    expect(said({ head: 'a', base: 'b', drafft: true })).toEqual([
      'body must NOT have additional properties (drafft)',
    ]);
    expect(said({ head: 1, base: 'b' })).toEqual(['body/head must be string']);
    expect(said({ head: 'a', base: 'b' }, new URLSearchParams('page=1'))).toEqual([
      'query must NOT have additional properties (page)',
    ]);
    expect(said(undefined)).toEqual(['pulls/create needs a body']);
  });

  it('has its query as what it means', () => {
    const list = found('GET', '/repos/acme/shop/pulls');
    const query = new URLSearchParams('per_page=5&state=all');
    expect(contract.request(list, query, undefined)).toEqual({
      query: { per_page: 5, state: 'all' },
      problems: [],
    });
    expect(contract.request(list, new URLSearchParams('state=opened'), undefined).problems).toEqual(
      ['query/state must be equal to one of the allowed values'],
    );
  });
});

describe('an answer', () => {
  const sha = 'a'.repeat(40);
  const ref = {
    ref: 'refs/heads/main',
    node_id: 'REF',
    url: 'https://api.example/ref',
    object: { type: 'commit', sha, url: 'https://api.example/commit' },
  };
  const said = (status: number, body: unknown, id = 'git/get-ref') =>
    contract.response(id, status, 'application/json', body);

  it('is refused with a field missing, wrong or invented', () => {
    expect(said(200, ref)).toEqual([]);
    expect(said(200, { ...ref, object: { ...ref.object, sha: 'short' } })).toEqual([
      'answer/object/sha must NOT have fewer than 40 characters',
    ]);
    expect(said(200, { ...ref, url: undefined })).toEqual([
      "answer must have required property 'url'",
    ]);
    expect(said(200, { ...ref, oid: sha })).toEqual([
      'answer must NOT have additional properties (oid)',
    ]);
  });

  it('may be null where GitHub says so, and nowhere else', () => {
    const list = (user: unknown) =>
      said(
        200,
        [{ id: 1, node_id: 'x', user, content: 'eyes', created_at: '2026-01-01T00:00:00Z' }],
        'reactions/list-for-issue-comment',
      );
    expect(list(null)).toEqual([]);
    expect(list('ada')).not.toEqual([]);
  });

  it('has a status GitHub documents, or one on our list', () => {
    expect(said(404, { message: 'Not Found' })).toEqual([]);
    expect(said(404, {})).toEqual(['an error carries a message']);
    expect(said(429, { message: 'slow down' })).toEqual([]);
    expect(said(418, { message: 'tea' })).toEqual(['git/get-ref never answers 418']);
  });
});
