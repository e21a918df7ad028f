// Reads a list of JavaScript files and writes, for each, what acorn finds in it: where its tokens and comments begin
// and end, and the references of its syntax tree.
//
// Usage: node js_oracle.mjs ACORN LIST OUTPUT
// LIST holds one path a line. OUTPUT receives one JSON object a line: {goal, letters, references} or {error}; the goal is
// "module" where the file has import or export declarations. `letters` has one letter a token; OUTPUT.places receives of
// each file the begins of its tokens and then their ends, as 32-bit numbers of this machine. A template's piece with
// what opens and closes it is one token. `references` are of [kind, start, end, value]. Places are counted in characters.
import { readFileSync, openSync, writeSync, closeSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [acornPath, listPath, outputPath] = process.argv.slice(2);
const { parse, tokTypes } = await import(pathToFileURL(acornPath));

const [COMMENT, STRING, NUMBER, REGEXP, TEMPLATE, WORD, PUNCTUATOR] = Buffer.from("csnrtwp");

function letterOf(type) {
  if (type === tokTypes.string) return STRING;
  if (type === tokTypes.num) return NUMBER;
  if (type === tokTypes.regexp) return REGEXP;
  if (type === tokTypes.template || type === tokTypes.invalidTemplate) return TEMPLATE;
  if (type === tokTypes.name || type === tokTypes.privateId || type.keyword) return WORD;
  return PUNCTUATOR;
}

function isImportMeta(node) {
  return node?.type === "MetaProperty" && node.meta.name === "import" && node.property.name === "meta";
}

function isImportMetaUrl(node) {
  return node?.type === "MemberExpression" && !node.computed && node.property.name === "url" && isImportMeta(node.object);
}

function literal(node) {
  if (node?.type === "Literal" && typeof node.value === "string") return [node.start + 1, node.end - 1, node.value];
  if (node?.type === "TemplateLiteral" && node.expressions.length === 0)
    return [node.start + 1, node.end - 1, node.quasis[0].value.cooked];
  return null;
}

function referenceOf(node) {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
      return ["module", literal(node.source)];
    case "ImportExpression":
      return ["module, later", literal(node.source)];
    case "CallExpression": {
      const callee = node.callee;
      const resolves = callee.type === "MemberExpression" && !callee.computed && callee.property.name === "resolve";
      return ["resolved", resolves && isImportMeta(callee.object) ? literal(node.arguments[0]) : null];
    }
    case "NewExpression": {
      const isUrl = node.callee.type === "Identifier" && node.callee.name === "URL";
      return ["url", isUrl && isImportMetaUrl(node.arguments[1]) ? literal(node.arguments[0]) : null];
    }
    default:
      return [null, null];
  }
}

function references(tree) {
  const found = [];
  const open = [tree];
  while (open.length) {
    const node = open.pop();
    const [kind, place] = referenceOf(node);
    if (place) found.push([kind, ...place]);
    for (const name in node) {
      const value = node[name];
      if (Array.isArray(value)) for (const item of value) item?.type && open.push(item);
      else if (value?.type) open.push(value);
    }
  }
  return found.sort((one, other) => one[1] - other[1]);
}

// `tokens` holds letter, begin and end of one after the other: numbers in one array, as millions of small ones take time.
function placesIn(tokens) {
  const begins = new Uint32Array(tokens.length / 3);
  const ends = new Uint32Array(tokens.length / 3);
  const letters = Buffer.alloc(tokens.length / 3);
  let count = 0;
  for (let at = 0; at < tokens.length; at += 3) {
    letters[count] = tokens[at];
    begins[count] = tokens[at + 1];
    if (tokens[at + 3] === TEMPLATE) [letters[count], at] = [TEMPLATE, at + 6];
    ends[count++] = tokens[at + 2];
  }
  const places = [begins.subarray(0, count), ends.subarray(0, count)];
  return { letters: letters.toString("latin1", 0, count), places };
}

// Acorn counts UTF-16 units.
function countCharacters(text, { places, references }) {
  if (!/[\u{10000}-\u{10ffff}]/u.test(text)) return;
  const characters = new Uint32Array(text.length + 1);
  for (let unit = 0, count = 0; unit <= text.length; count++) {
    characters[unit] = count;
    unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
  }
  for (const part of places) part.forEach((unit, at) => (part[at] = characters[unit]));
  for (const one of references) [one[1], one[2]] = [characters[one[1]], characters[one[2]]];
}

function read(text, goal) {
  const tokens = [];
  const tree = parse(text, {
    ecmaVersion: "latest",
    sourceType: goal,
    allowHashBang: true,
    allowReturnOutsideFunction: goal === "script",
    onToken: ({ type, start, end }) => type !== tokTypes.eof && tokens.push(letterOf(type), start, end),
    onComment: (_block, _text, start, end) => tokens.push(COMMENT, start, end),
  });
  const declares = tree.body.some(({ type }) => /^(Import|Export)\w*Declaration$/.test(type));
  const found = { goal: declares ? "module" : "script", ...placesIn(tokens), references: references(tree) };
  countCharacters(text, found);
  return found;
}

function readEitherWay(text) {
  try {
    return read(text, "module");
  } catch (moduleError) {
    try {
      return read(text, "script");
    } catch {
      return { error: String(moduleError) };
    }
  }
}

const [output, placesOutput] = [outputPath, `${outputPath}.places`].map((path) => openSync(path, "w"));
for (const path of readFileSync(listPath, "utf8").split("\n").filter(Boolean)) {
  const { places = [], ...found } = readEitherWay(readFileSync(path, "utf8"));
  writeSync(output, JSON.stringify(found) + "\n");
  for (const part of places) if (part.length) writeSync(placesOutput, part);
}
[output, placesOutput].forEach(closeSync);
