import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Record<string, unknown> };
  };
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
}

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const source = ["extension", "runs", "client", "settings"].map((name) => readFileSync(`src/${name}.ts`, "utf8")).join("");

test("every command of the manifest is registered", () => {
  for (const { command } of manifest.contributes.commands) {
    assert.ok(source.includes(`"${command}"`), `${command} is declared, and nothing registers it`);
  }
});

test("every setting of the manifest is read", () => {
  for (const name of Object.keys(manifest.contributes.configuration.properties)) {
    const short = name.replace(/^promo\./, "");
    // The language client itself reads promo.trace.server.
    assert.ok(name === "promo.trace.server" || source.includes(`"${short}"`), `${name} is declared, and nothing reads it`);
  }
});

test("what names a program is ignored where the workspace is not trusted", () => {
  assert.deepEqual([...manifest.capabilities.untrustedWorkspaces.restrictedConfigurations].sort(), [
    "promo.lsp.arguments",
    "promo.path",
  ]);
});
