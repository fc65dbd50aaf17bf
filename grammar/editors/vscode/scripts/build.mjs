// Bundles the extension into one file, and copies what is kept once for all editors.
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const COPIES = [
  ["../promo.tmLanguage.json", "grammar/promo.tmLanguage.json"],
  ["../language-configuration.json", "grammar/language-configuration.json"],
  ["../../../LICENSE", "LICENSE"],
];

await mkdir(here("grammar"), { recursive: true });
for (const [from, to] of COPIES) {
  await copyFile(here(from), here(to));
}

const built = await esbuild.build({
  absWorkingDir: here("."),
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node18", // what the oldest supported editor runs
  external: ["vscode"],
  minify: process.argv.includes("--minify"),
  sourcemap: process.argv.includes("--sourcemap"),
  legalComments: "none", // they are in the notices
  metafile: true,
  logLevel: "warning",
});

// The licences of what is in the bundle ask that their texts come with it.
const packages = new Set();
for (const input of Object.keys(built.metafile.inputs)) {
  const inside = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
  if (inside !== null) {
    packages.add(inside[1]);
  }
}
const notices = [];
for (const folder of [...packages].sort()) {
  const { name, version } = JSON.parse(await readFile(here(`${folder}/package.json`), "utf8"));
  const licence = (await readdir(here(folder))).find((file) => /^licen[cs]e/i.test(file));
  if (licence === undefined) {
    throw new Error(`${name} ${version} is in the bundle, and has no text of its licence`);
  }
  notices.push(`## ${name} ${version}\n\n${(await readFile(here(`${folder}/${licence}`), "utf8")).trim()}\n`);
}
await writeFile(here("dist/NOTICES.md"), `# What the extension contains\n\n${notices.join("\n")}`);
