module.exports = (_, print) => {
  print(Object.keys(_).sort(), _.words("fred, barney & pebblesÀÉ 12ab aBC"), _.deburr("déjà vu ÿ"));
  print(_.camelCase("Foo  bar--baz"), _.escape("<a href=\"b\">'&`"), _.unescape("&lt;&#39;&gt;"));
  print(_.template("<% for (const a of b) { %>[<%- a %>]<% } %>${ c }")({ b: ["<", 2], c: "  x " }));
  print(_.chunk(_.range(10), 3), _.groupBy([6.1, 4.2, 6.3], Math.floor), _.isEqual([/a/g], [/a/g]));
  print(_.padStart("abc", 8, "_-"), _.truncate("hi-diddly-ho there", { length: 9 }), _.size("a\u{1f600}b"));
};
