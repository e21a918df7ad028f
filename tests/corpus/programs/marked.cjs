
const text = `
# A *title* with \`code\` and [a link](https://example.com "title")

Setext
------

1. one
2. two
   - nested **strong**
   - [x] done
   - [ ] open

> quoted
> > twice

| a | b |
|:--|--:|
| 1 | \`x|y\` |

\`\`\`js
const a = "<b>" && \`c\`;
\`\`\`

    indented <code>

![picture](a.png) <https://auto.example> www.example.com a@b.example ~~gone~~ \\*escaped\\* &amp; &copy;

<div>raw *html*</div>

[ref]: /url 'the title'
See [ref], [ref][], [text][ref] and a hard  
break, ***both***, _under_score_, __init__.

* * *
`;

module.exports = ({ marked, lexer, Marked }, print) => {
  for (const options of [{}, { gfm: false }, { breaks: true }, { pedantic: true }]) {
    print(options, marked.parse(text, options));
    for (const line of text.split("\n\n")) print(marked.parse(line, options));
  }
  print(lexer(text), marked.parseInline("a *b* `c` <d>"));
  const own = new Marked({ renderer: { heading: ({ text: title, depth }) => `[${depth}:${title}]` } });
  print(own.parse(text), own.use({ walkTokens: (token) => { if (token.type === "strong") token.type = "em"; } }).parse(text));
};
