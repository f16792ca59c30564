import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html, scriptJson } from './html.ts';

describe('html', () => {
  it('escapes what comes in, and only that', () => {
    const name = '<b title="x">&\'';
    expect(html`<p title="${name}">${[html`<i>${name}</i>`, false, undefined, 3]}</p>`.text).toBe(
      '<p title="&lt;b title=&quot;x&quot;&gt;&amp;&#39;"><i>&lt;b title=&quot;x&quot;&gt;&amp;&#39;</i>3</p>',
    );
  });

  it('lets no text open an element or end an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        const inside = html`${text}`.text;
        expect(inside).not.toMatch(/[<>"']/);
        const entities = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' } as const;
        const back = inside.replace(
          /&(?:lt|gt|quot|#39|amp);/g,
          (entity) => entities[entity as keyof typeof entities],
        );
        expect(back).toBe(text);
      }),
    );
  });
});

it('scriptJson cannot end its element, and reads back', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constant('</script><!-- \u2028')),
      (text) => {
        const json = scriptJson({ text }).text;
        expect(json).not.toMatch(/[<\u2028\u2029]/);
        expect(JSON.parse(json)).toEqual({ text });
      },
    ),
  );
});
