import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { childOf, isMapping, type Json, sameJson } from '../../src/model/json.ts';
import { editYaml, type TextEdit } from '../../src/yaml/edit.ts';
import { YamlError } from '../../src/yaml/error.ts';
import { type Document, parseYaml } from '../../src/yaml/parse.ts';
import { anyEdit, anyString, type Piece, writtenDocument } from './documents.ts';

const runs = { numRuns: Number(process.env.YAML_RUNS ?? 500) };

describe('editing any file', () => {
  it('says what was meant, touches nothing else, and refuses only what cannot be done', () => {
    fc.assert(
      fc.property(
        writtenDocument,
        fc.array(anyEdit, { minLength: 1, maxLength: 3 }),
        (written, edits) => {
          const document = parsed(written.text);
          fc.pre(document !== undefined);
          if (document === undefined) return;
          const intended = edits.reduce<Json | undefined>(meant, document.value);
          if (intended === undefined) {
            expect(() => editYaml(written.text, edits)).toThrow(YamlError);
            return;
          }
          const edited = editYaml(written.text, edits);
          expect(sameJson(parseYaml(edited).value, intended)).toBe(true);
          expectInOrder(edited, untouched(written.pieces, edits));
        },
      ),
      runs,
    );
  });

  it('changes no byte where nothing is to change', () => {
    fc.assert(
      fc.property(writtenDocument, anyEdit, ({ text }, { path }) => {
        const document = parsed(text);
        fc.pre(document !== undefined);
        const value = path.reduce<Json | undefined>(childOf, document?.value);
        expect(editYaml(text, [{ path, value }])).toBe(text);
      }),
      runs,
    );
  });

  it('restores the file when what was added is removed', () => {
    fc.assert(
      fc.property(writtenDocument, anyEdit, ({ text }, edit) => {
        const document = parsed(text);
        fc.pre(document !== undefined && edit.value !== undefined);
        // The first key in an empty mapping changes its shape: `status:` comes back as `status: {}`.
        const holder = edit.path.slice(0, -1).reduce<Json | undefined>(childOf, document?.value);
        fc.pre(isMapping(holder) && Object.keys(holder).length > 0);
        fc.pre(childOf(holder, edit.path.at(-1) ?? '') === undefined);
        // A last `|+` without a line break gets the one it stands for.
        fc.pre(text.endsWith('\n') || !/[|>]\+/.test(text));
        const edited = editYaml(text, [edit]);
        expect(editYaml(edited, [{ ...edit, value: undefined }])).toBe(text);
      }),
      runs,
    );
  });
});

describe('editing inside of a list', () => {
  it('does what is done at the top, and touches nothing beside it', () => {
    fc.assert(
      fc.property(writtenDocument, anyEdit, ({ text }, edit) => {
        // What has a meaning at the top of a file alone stays out of the list.
        fc.pre(!/^(?:---|\.\.\.|%|\uFEFF)/m.test(text));
        const item = `  ${text.replaceAll(/(\r\n|\r|\n)(?=[^\r\n])/g, '$1  ')}`;
        const above = `head: 1 # h\nitems:\n- {}\n- first: 0\n`;
        const document = parsed(above + item);
        fc.pre(document !== undefined && parsed(text) !== undefined);
        if (document === undefined) return;
        const old = parsed(text)?.value;
        const intended = meant(old, edit);
        fc.pre(intended !== undefined && isMapping(old) && !Object.hasOwn(old, 'first'));
        const path = ['items', 1, ...edit.path];
        const edited = editYaml(above + item, [{ ...edit, path }]);
        // A file that ended without a line break ends without one, also where all below is gone.
        expect(`${edited}\n`.startsWith(above)).toBe(true);
        expect(
          sameJson(parseYaml(edited).value, {
            head: 1,
            items: [{}, { first: 0, ...(intended as object) }],
          }),
        ).toBe(true);
      }),
      runs,
    );
  });
});

describe('editing files with aliases, merges and complex keys', () => {
  const shared = fc.constantFrom(
    'base: &s {phase: a, x: 1}\nstatus: *s\n',
    'status: &s {phase: a}\ncopy: *s\n',
    'status: &s\n  phase: a\n  x: &x [1]\ncopy: *s\nlist: [*x, *s]\n',
    'base: &s {phase: a}\nstatus:\n  <<: *s\n  stage: b\n',
    'status:\n  ? phase\n  : a\n  ? stage\n  : b\n',
    '? status\n: phase: a\n',
    'status: {? phase : a, ? stage}\n',
    'a: &k status\n*k : {phase: x}\n',
    'status:\n  since: &t x\n  phase: *t # c\nkill: *t\n',
    'flag: &f on\nstatus: !!map\n  phase: !!str 1\n  stage: !x\n',
  );
  it('says what was meant or is refused', () => {
    fc.assert(
      fc.property(shared, fc.array(anyEdit, { minLength: 1, maxLength: 2 }), (text, edits) => {
        const document = parsed(text);
        if (document === undefined) return;
        const intended = edits.reduce<Json | undefined>(meant, document.value);
        try {
          const edited = editYaml(text, edits);
          expect(sameJson(parseYaml(edited).value, intended)).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ code: 'edit-refused' });
        }
      }),
      runs,
    );
  });
});

describe('reading any text', () => {
  it('gives JSON or a YamlError, whatever the text', () => {
    const mutated = fc
      .tuple(writtenDocument, fc.nat(), fc.nat({ max: 5 }), anyString)
      .map(([{ text }, at, length, put]) => {
        const start = at % (text.length + 1);
        return text.slice(0, start) + put + text.slice(start + length);
      });
    const noise = fc.string({ unit: fc.constantFrom(...'ab:- \n\t[]{},#&*!|>\'"%?~<1.\r\\') });
    fc.assert(
      fc.property(fc.oneof(mutated, noise, anyString), (text) => {
        const document = parsed(text);
        if (document === undefined) return;
        expect(JSON.parse(JSON.stringify(document.value))).toEqual(
          withoutNegativeZero(document.value),
        );
      }),
      { numRuns: runs.numRuns * 3 },
    );
  });
});

/** Read, or `undefined` where it is no YAML; anything but a YamlError fails the test. */
function parsed(text: string): Document | undefined {
  try {
    return parseYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    expect(error.message).not.toContain('\n');
    expect(error.at.start).toBeLessThanOrEqual(text.length);
    return undefined;
  }
}

/** What an edit means for a value; `undefined` where no edit can mean it. */
function meant(value: Json | undefined, edit: TextEdit): Json | undefined {
  const [key, ...path] = edit.path;
  if (value === undefined || key === undefined) return undefined;
  if (value !== null && !isMapping(value)) return edit.value === undefined ? value : undefined;
  const copy: Record<string, Json> = { ...value };
  if (path.length === 0) {
    if (edit.value === undefined) delete copy[key];
    else copy[key] = edit.value;
    return value === null && edit.value === undefined ? null : copy;
  }
  const child = copy[key];
  if (edit.value === undefined && child === undefined) return value;
  const changed = meant(child ?? null, { path, value: edit.value });
  return changed === undefined ? undefined : { ...copy, [key]: changed };
}

/** The pieces that no edit has any business with. */
function untouched(pieces: readonly Piece[], edits: readonly TextEdit[]): readonly Piece[] {
  return pieces.filter(({ owner }) => {
    if (owner === undefined) return true;
    return edits.every(({ path }) => {
      const shared = Math.min(owner.length, path.length);
      return owner.slice(0, shared).some((key, i) => key !== path[i]);
    });
  });
}

function expectInOrder(text: string, pieces: readonly Piece[]): void {
  let at = 0;
  for (const piece of pieces) {
    const kept = piece.text.trimEnd();
    const found = text.indexOf(kept, at);
    if (found < 0) expect(text.slice(at), 'the rest of the text').toContain(kept);
    at = found + kept.length;
  }
}

function withoutNegativeZero(value: Json): Json {
  return JSON.parse(JSON.stringify(value, (_, child) => (Object.is(child, -0) ? 0 : child)));
}
