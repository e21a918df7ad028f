
const texts = [
  "var a = 1, b = /[/]x/giu, c = `t${a + `${b}`}`; if (a) { b } else c; for (const x of y) continue",
  "async function* f({ a, b: [c = 1], ...d }, e = 2) { await a; yield* b; for await (const g of h) {} return a?.b ?? c?.[d]?.(e) }",
  "class A extends (b, C) { #p = 1; static { this.#p } get x() { return super.x } static async *[y]() {} 'z' = 3; m() { #p in this } }",
  "label: while (1) { break label } switch (a) { case 1: default: } try { throw 1 } catch { } finally { debugger }",
  "x = a ** b ** c, d ||= e, f &&= g, h ??= i, 0b1, 0o7, 1_000n, .5e-3, '\\u{1f600}\\x41', /(?<y>a)\\k<y>/v, new.target",
  "import a, { b as c, default as d } from 'e' with { type: 'json' }; import * as f from 'g'; export * as h from 'i'; export default class {}",
  "export { j, k as 'l m' }; export const n = import.meta.url, o = await import('p')",
  "a = b\n++c\n/d/g", "let let = 1", "return", "'use strict'; with (a) b", "a => { b }\n(c)", "({ a = 1 } = b); ({ a, get b() {}, async *c() {}, [d]: e, ...f })",
];

module.exports = ({ parse, parseExpressionAt, tokenizer, version }, print) => {
  print(version);
  for (const text of texts) {
    for (const sourceType of ["script", "module"]) {
      for (const ecmaVersion of [5, 2015, "latest"]) {
        try { print(JSON.stringify(parse(text, { ecmaVersion, sourceType, locations: true }))); } catch (fault) { print(fault.message, fault.pos); }
      }
    }
    try { print([...tokenizer(text, { ecmaVersion: "latest" })].map((token) => [token.type.label, token.value, token.start])); } catch (fault) { print(fault.message); }
    try { print(JSON.stringify(parseExpressionAt(text, 4, { ecmaVersion: "latest" }))); } catch (fault) { print(fault.message); }
  }
};
