// Bundles the tests, and runs them with Node's own test runner.
import { spawnSync } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const tests = (await readdir(here("test"))).filter((name) => name.endsWith(".test.ts"));
await rm(here("dist/test"), { recursive: true, force: true });
await esbuild.build({
  absWorkingDir: here("."),
  entryPoints: tests.map((name) => `test/${name}`),
  outdir: "dist/test",
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  logLevel: "warning",
});
const files = tests.map((name) => here(`dist/test/${name.replace(/\.ts$/, ".js")}`));
const done = spawnSync(process.execPath, ["--test", ...files], { cwd: here("."), stdio: "inherit" });
process.exitCode = done.status ?? 1;
