// Colours .promo files as the editor does, with its own tokeniser, and writes down what it sees.
//
//   npm run tokens                          policies/quickstart -> tests/golden/tokens
//   npm run tokens -- --out OUT FOLDER ...  the .promo files of other folders
//
// A line a token: line:first-last column (1-based, characters), scopes from the outermost on, the text.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const grammarPath = fileURLToPath(new URL("../../promo.tmLanguage.json", import.meta.url));

async function loadGrammar() {
  const wasm = await readFile(createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(await readFile(grammarPath, "utf8"), grammarPath),
  });
  return registry.loadGrammar("source.promo");
}

function tokensOf(grammar, text) {
  const written = [];
  let stack = textmate.INITIAL;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const result = grammar.tokenizeLine(line, stack);
    if (result.stoppedEarly) {
      throw new Error(`line ${index + 1} took too long`);
    }
    stack = result.ruleStack;
    for (const { scopes, from, to } of joined(result.tokens, line.length)) {
      // Spaces nobody colours are no part of a token.
      const pieces = scopes === "" ? line.slice(from, to).matchAll(/\S+/g) : [{ index: 0, 0: line.slice(from, to) }];
      for (const piece of pieces) {
        const first = [...line.slice(0, from + piece.index)].length + 1;
        const last = first + [...piece[0]].length - 1;
        written.push(`${index + 1}:${first}-${last}\t${scopes}\t${piece[0]}\n`);
      }
    }
  }
  return written.join("");
}

// Neighbours of the same scopes are one token: where the tokeniser cuts them has no meaning.
function joined(tokens, length) {
  const runs = [];
  for (const token of tokens) {
    const scopes = token.scopes.slice(1).join(" ");
    const to = Math.min(token.endIndex, length); // the line break, which it adds, does not count
    if (to <= token.startIndex) {
      continue;
    }
    if (runs.at(-1)?.scopes === scopes) {
      runs.at(-1).to = to;
    } else {
      runs.push({ scopes, from: token.startIndex, to });
    }
  }
  return runs;
}

async function promoFiles(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".promo"))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: "string", default: join(root, "tests/golden/tokens") } },
});
const folders = positionals.length > 0 ? positionals.map((path) => resolve(path)) : [join(root, "policies/quickstart")];
const grammar = await loadGrammar();
let written = 0;
for (const folder of folders) {
  for (const path of await promoFiles(folder)) {
    const name = relative(dirname(folder), path).replace(/\.promo$/, ".tokens");
    const target = join(values.out, name);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, tokensOf(grammar, await readFile(path, "utf8")));
    written += 1;
  }
}
console.log(`${written} files in ${folders.map((folder) => basename(folder)).join(", ")} tokenised`);
