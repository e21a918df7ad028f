// Reads names of scripts from standard input, and writes for each what stops node from compiling it, and its imports.
// node --experimental-vm-modules scripts.mjs
import { readFileSync } from "node:fs";
import { Script, SourceTextModule } from "node:vm";

const found = {};
for (const file of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const text = readFileSync(file, "utf8");
  try {
    new Script(`(function () { ${text}\n})`); // as a script, or a module of CommonJS
    found[file] = { fault: "", imports: [] };
  } catch {
    try {
      found[file] = { fault: "", imports: [...new SourceTextModule(text).dependencySpecifiers] };
    } catch (fault) {
      found[file] = { fault: String(fault), imports: [] };
    }
  }
}
process.stdout.write(JSON.stringify(found));
