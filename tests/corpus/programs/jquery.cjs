// Without a browser jQuery wants a window; this one answers everything.
const anything = () =>
  new Proxy(function () {}, {
    get(target, key) {
      if (key === Symbol.toPrimitive) return () => "";
      if (key === "nodeType") return 9;
      if (key === "length") return 0;
      return (target[key] ??= anything());
    },
    apply: anything,
  });

module.exports = (library, print) => {
  const location = { href: "https://example.com/" };
  const $ = library({ document: anything(), addEventListener() {}, setTimeout, location });
  print($.fn.jquery, Object.keys($.fn), Object.keys($), $.expr.match);
  print($.extend(true, { a: { b: 1 } }, { a: { c: [1, 2] } }), $.param({ a: [1, 2], b: { c: "d e" } }));
  print($.map([1, 2, 3], (x) => x * 2), $.isPlainObject({}), $.escapeSelector("#a.b"), $.inArray(2, [1, 2]));
  print($.find.tokenize('a > b:not(.c, #d)[e="f  g"] ~ h').map((group) => group.map((token) => token.type)));
};
