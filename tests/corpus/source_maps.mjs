// Reads released maps with the package `source-map`, as debuggers read them.
//
// node source_maps.mjs NODE_MODULES, and on stdin a JSON list of {file, map, words, vendor}. Printed is a JSON list, for
// each of them {sources, compared, different}. `words` says what is compared: a pattern's name in WORDS. Wherever a
// mapping stands at such a word of the released text, the text at the mapped place of the source is to begin with it;
// `different` holds the others as [word, text there, source]. With `vendor`, {file, map, folder} of a package, words
// that are unique in both texts are looked up in both maps instead, and are to have the same origin.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(process.argv[2] + "/");
const { SourceMapConsumer } = require("source-map");

const STRING = String.raw`"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'`;
const WORDS = {
  script: new RegExp(String.raw`#?[\p{ID_Start}$_][\p{ID_Continue}$]*|\.?\d[\w.]*|` + STRING, "uy"),
  sheet: new RegExp(String.raw`[#.@]?-{0,2}[\p{L}_](?:[\p{L}\p{N}_-]|\\.)*|[+-]?\.?\d[\w.%]*|` + STRING, "uy"),
  property: /(?<=[{;])-{0,2}[a-z][\w-]*(?=:)/uy,
};

const linesOf = (text) => text.replace(/^\ufeff/, "").split(/\r\n|[\n\r]/);
const read = (path) => readFileSync(path, "utf8");
const consumed = (map, use) => SourceMapConsumer.with(JSON.parse(read(map)), null, use);

async function compared({ file, map, words }) {
  const released = linesOf(read(file));
  return consumed(map, (consumer) => {
    const sources = Object.fromEntries(consumer.sources.map((name) => [name, linesOf(consumer.sourceContentFor(name))]));
    const result = { sources: consumer.sources, compared: 0, different: [] };
    consumer.eachMapping(({ generatedLine, generatedColumn, source, originalLine, originalColumn }) => {
      WORDS[words].lastIndex = generatedColumn;
      const word = WORDS[words].exec(released[generatedLine - 1])?.[0];
      if (source === null || word === undefined) return;
      const there = sources[source][originalLine - 1].slice(originalColumn);
      result.compared += 1;
      if (!there.startsWith(word)) result.different.push([word, there.slice(0, 80), source]);
    });
    return result;
  });
}

async function comparedWithVendor({ file, map, vendor }) {
  const [ours, theirs] = [uniqueWords(file), uniqueWords(vendor.file)];
  const words = [...ours.keys()].filter((word) => theirs.has(word));
  const origins = (path, places) =>
    consumed(path, (consumer) => words.map((word) => consumer.originalPositionFor(places.get(word))));
  const [here, there] = [await origins(map, ours), await origins(vendor.map, theirs)];
  // A word that is unique in a comment of the package may be one of another member's code.
  const own = words.map((_, index) => index).filter((index) => here[index].source?.includes(vendor.folder));
  const different = own.filter((index) => shown(here[index]) !== shown(there[index])).map((index) => words[index]);
  return { sources: [], compared: own.length, different };
}

const shown = ({ source, line, column }) => `${source?.split("/").slice(-2).join("/")}:${line}:${column}`;

function uniqueWords(file) {
  const places = new Map();
  linesOf(read(file)).forEach((text, index) => {
    for (const { 0: word, index: column } of text.matchAll(/[a-zA-Z_$][\w$]{3,}/g)) {
      places.set(word, places.has(word) ? null : { line: index + 1, column });
    }
  });
  return new Map([...places].filter(([, place]) => place !== null));
}

const given = JSON.parse(read(0));
console.log(JSON.stringify(await Promise.all(given.map((one) => (one.vendor ? comparedWithVendor : compared)(one)))));
