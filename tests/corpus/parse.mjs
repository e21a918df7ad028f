/* The oracle for JavaScript: acorn's opinion of files.

   node parse.mjs NODE_MODULES < file names, one a line
   → JSON: for each file, in order, { references: [[kind, text], …], tree: a digest } or { error }

   `tree` is over the syntax tree without positions and without the text of references, so that it is the same before
   and after a build. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const { parse } = createRequire(join(process.argv[2], "acorn"))("acorn");
const POSITIONS = new Set(["start", "end", "sourceFile"]);

function opinion(file) {
  const text = readFileSync(file, "utf8");
  try {
    return read(parsed(text, file.endsWith(".mjs")));
  } catch (error) {
    return { error: String(error) };
  }
}

function parsed(text, isModule) {
  const options = { ecmaVersion: "latest", allowHashBang: true };
  try {
    return parse(text, { ...options, sourceType: "module" });
  } catch (error) {
    if (isModule) throw error;
    return parse(text, { ...options, sourceType: "script", allowReturnOutsideFunction: true });
  }
}

function read(program) {
  const references = [];
  const tree = createHash("sha256");
  walk(program, references, tree);
  return { references, tree: tree.digest("hex") };
}

function walk(node, references, tree) {
  const stack = [node];
  const texts = new Set();
  while (stack.length) {
    const given = stack.pop();
    if (texts.has(given)) continue;
    if (given === null || typeof given !== "object") {
      tree.update(`${typeof given}:${given};`);
    } else if (Array.isArray(given)) {
      tree.update(`[${given.length}`);
      for (let index = given.length - 1; index >= 0; index--) stack.push(given[index]);
    } else if (given instanceof RegExp) {
      tree.update(`/${given}`);
    } else {
      const reference = referenceOf(given);
      if (reference) {
        references.push(reference.found);
        texts.add(reference.node);
      }
      for (const [name, value] of Object.entries(given).reverse()) {
        if (!POSITIONS.has(name)) stack.push(value, `.${name}`);
      }
    }
  }
}

function referenceOf(node) {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
      return literal("module", node.source);
    case "ImportExpression":
      return literal("module", node.source);
    case "NewExpression":
      return isUrlOfThisModule(node) ? literal("url", node.arguments[0]) : null;
    default:
      return null;
  }
}

function isUrlOfThisModule({ callee, arguments: [, base] }) {
  return (
    callee.name === "URL" &&
    base?.type === "MemberExpression" &&
    base.object.type === "MetaProperty" &&
    base.property.name === "url"
  );
}

function literal(kind, node) {
  return typeof node?.value === "string" ? { node, found: [kind, node.value] } : null;
}

const files = readFileSync(0, "utf8").split("\n").filter(Boolean);
process.stdout.write(JSON.stringify(files.map(opinion)));
