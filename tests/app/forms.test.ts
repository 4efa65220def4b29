import { describe, expect, it } from 'vitest';
import { isSelectable } from '#app/orgs/tool-selection.ts';
import { formTexts } from '#app/publish/form-texts.ts';

describe('isSelectable', () => {
  it.each(['echo', 'read_file', 'a.b-c', 'has space', 'a/b', '{a,b}', '[a-z]', '!x'])(
    'lets %s be allowed by its name',
    (name) => {
      expect(isSelectable(name)).toBe(true);
    },
  );

  it.each(['*', 'read_*', 'tool?', '**/{a,b}*', '', 'x'.repeat(257)])(
    'does not let %s stand for more tools than itself',
    (name) => {
      expect(isSelectable(name)).toBe(false);
    },
  );
});

describe('formTexts', () => {
  const file = (text: string) => new File([text], 'server.json');

  it('puts back the line feeds that a browser sends as CRLF', async () => {
    expect(await formTexts('{\r\n}\r\n', undefined, 'server.json')).toBe('{\n}\n');
  });

  it('takes a file byte for byte', async () => {
    expect(await formTexts('', file('{\r\n}'), 'server.json')).toBe('{\r\n}');
  });

  it('takes an empty file field for none', async () => {
    expect(await formTexts('{}', file(''), 'server.json')).toBe('{}');
  });

  it('refuses both at once', async () => {
    await expect(formTexts('{}', file('{}'), 'server.json')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});
