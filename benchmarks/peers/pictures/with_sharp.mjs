// The variants of all pictures of a folder by sharp, as its documentation has it: `node with_sharp.mjs SOURCE OUTPUT MODULES WIDTH…`

import { mkdirSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { join, parse } from "node:path";

const [source, output, modules, ...widths] = process.argv.slice(2);
const sharp = createRequire(join(modules, "here.js"))("sharp");
sharp.concurrency(1); // a thread for each picture is faster than several for one
mkdirSync(output, { recursive: true });
const names = readdirSync(source).sort();

async function work() {
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    for (const width of widths.map(Number)) {
      const scaled = () => sharp(join(source, name)).rotate().resize({ width });
      const stem = join(output, `${parse(name).name}.${width}w`);
      await scaled().avif({ quality: 80, effort: 3 }).toFile(`${stem}.avif`);
      await scaled().webp({ quality: 80 }).toFile(`${stem}.webp`);
    }
  }
}

await Promise.all(Array.from({ length: availableParallelism() }, work));
