/** The bundle itself, with the real server and an editor that is not there; PROMO says where the program is. */

import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { install } from "./editor";

interface Extension {
  activate(context: { subscriptions: { dispose(): void }[] }): Promise<void>;
  deactivate(): Promise<void>;
}
interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

const promo = process.env["PROMO"];
const bundle = path.resolve("dist/extension.js");

test("it starts the server, and its commands do what they say", { skip: !promo, timeout: 60_000 }, async () => {
  assert.ok(existsSync(bundle), "`npm run build` makes the bundle");
  const folder = mkdtempSync(path.join(os.tmpdir(), "promo-vscode-"));
  cpSync(path.resolve("../../../policies/quickstart"), folder, { recursive: true });
  const seen = install(folder, path.join(folder, "tests.promo"), { path: promo });
  const extension = createRequire(bundle)(bundle) as Extension;
  const subscriptions: { dispose(): void }[] = [];
  try {
    await extension.activate({ subscriptions });
    assert.deepEqual(seen.errors, []);
    const { contributes } = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
    for (const { command } of contributes.commands) {
      assert.ok(seen.commands.has(command), `${command} is in the palette, and nothing registered it`);
    }

    const uri = pathToFileURL(path.join(folder, "tests.promo")).href;
    await seen.commands.get("promo.test")?.(uri, "a $(hotfix)");
    await seen.commands.get("promo.runVerify")?.();
    assert.deepEqual(
      seen.tasks.map(({ execution }) => execution.words),
      [
        [promo, ["test", "--filter=a $(hotfix)"], { cwd: folder }],
        [promo, ["verify"], { cwd: folder }],
      ],
    );

    // A lens is there once the workspace is read; here nothing waits for one.
    await seen.commands.get("promo.check")?.();
    await seen.commands.get("promo.explain")?.(uri, "storefront");
    const [shown] = seen.executed.filter(([name]) => name === "markdown.showPreviewToSide");
    assert.match(String(shown?.[1]), /^promo-report:\/.*storefront.*\.md$/);
  } finally {
    await extension.deactivate();
    subscriptions.forEach((subscription) => subscription.dispose());
    rmSync(folder, { recursive: true });
  }
});
