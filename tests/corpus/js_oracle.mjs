// Reads a list of JavaScript files and writes, for each, what acorn finds in it: where its tokens and comments begin
// and end, and the references of its syntax tree.
//
// Usage: node js_oracle.mjs ACORN LIST OUTPUT
// LIST holds one path a line. OUTPUT receives one JSON object a line: {goal, tokens, references} or {error}; the goal is
// "module" where the file has import or export declarations. `tokens`
// is a flat array of [letter, start, end], places counted in UTF-16 units; `references` of [kind, start, end, value].
import { readFileSync, openSync, writeSync, closeSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [acornPath, listPath, outputPath] = process.argv.slice(2);
const { parse, tokTypes } = await import(pathToFileURL(acornPath));

function letterOf(type) {
  if (type === tokTypes.string) return "s";
  if (type === tokTypes.num) return "n";
  if (type === tokTypes.regexp) return "r";
  if (type === tokTypes.template || type === tokTypes.invalidTemplate) return "t";
  if (type === tokTypes.name || type === tokTypes.privateId || type.keyword) return "w";
  return "p";
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
    for (const value of Object.values(node)) {
      if (Array.isArray(value)) open.push(...value.filter((item) => item?.type));
      else if (value?.type) open.push(value);
    }
  }
  return found.sort((one, other) => one[1] - other[1]);
}

function read(text, goal) {
  const tokens = [];
  const tree = parse(text, {
    ecmaVersion: "latest",
    sourceType: goal,
    allowHashBang: true,
    allowReturnOutsideFunction: goal === "script",
    onToken: ({ type, start, end }) => type !== tokTypes.eof && tokens.push([letterOf(type), start, end]),
    onComment: (_block, _text, start, end) => tokens.push(["c", start, end]),
  });
  tokens.sort((one, other) => one[1] - other[1] || one[2] - other[2]);
  const declares = tree.body.some(({ type }) => /^(Import|Export)\w*Declaration$/.test(type));
  return { goal: declares ? "module" : "script", tokens: tokens.flat(), references: references(tree) };
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

const output = openSync(outputPath, "w");
for (const path of readFileSync(listPath, "utf8").split("\n").filter(Boolean))
  writeSync(output, JSON.stringify(readEitherWay(readFileSync(path, "utf8"))) + "\n");
closeSync(output);
