// Minifies the file on stdin with a peer and prints the result: `node with_node.mjs MODULES PEER module|script|sheet`
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [modules, peer, kind] = process.argv.slice(2);
const load = createRequire(`${modules}/`);
const text = readFileSync(0, "utf8");
const isModule = kind === "module";
const version = (major, minor = 0) => (major << 16) | (minor << 8);
const targets = { chrome: version(109), edge: version(109), firefox: version(115), safari: version(16, 4), ios_saf: version(16, 4) };

const peers = {
  terser: async () => (await load("terser").minify(text, { module: isModule, format: { comments: /^!|@license|@preserve/ } })).code,
  swc: async () => (await load("@swc/core").minify(text, { compress: true, mangle: true, module: isModule, format: { comments: "some" } })).code,
  csso: () => load("csso").minify(text, { comments: "exclamation" }).css,
  "clean-css 1": () => new (load("clean-css"))({ level: 1 }).minify(text).styles,
  "clean-css 2": () => new (load("clean-css"))({ level: 2 }).minify(text).styles,
  lightningcss: () => load("lightningcss").transform({ filename: "a.css", code: Buffer.from(text), minify: true, targets }).code.toString(),
};
process.stdout.write(await peers[peer]());
