import assert from "node:assert/strict";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";

import { lensArguments, programPath, workingFolder } from "../src/program";

test("a name stays a name, and nothing stands for promo", () => {
  assert.equal(programPath("promo", "/work"), "promo");
  assert.equal(programPath("  ", undefined), "promo");
  assert.equal(programPath("/opt/a b/promo", undefined), "/opt/a b/promo");
});

test("the workspace's folder and the home are replaced", () => {
  assert.equal(programPath("${workspaceFolder}/.venv/bin/promo", "/work"), "/work/.venv/bin/promo");
  assert.equal(programPath("~/bin/promo", undefined), path.join(os.homedir(), "bin/promo"));
});

test("a folder that is not open is said", () => {
  assert.throws(() => programPath("${workspaceFolder}/promo", undefined), /no folder is open/);
});

test("the dollar signs of a folder are no pattern", () => {
  assert.equal(programPath("${workspaceFolder}/promo", "/work/$&"), "/work/$&/promo");
});

test("a lens gives its arguments one by one, or as one list", () => {
  assert.deepEqual(lensArguments("promo.explain", ["explain", "shop", "prod"]), ["explain", "shop", "prod"]);
  assert.deepEqual(lensArguments("promo.explain", [["explain", "shop", "prod"]]), ["explain", "shop", "prod"]);
  assert.deepEqual(lensArguments("promo.test", []), ["test"]);
  assert.deepEqual(lensArguments("promo.test", [[]]), ["test"]);
});

test("a lens starts nothing but the sub-command it is called after", () => {
  assert.deepEqual(lensArguments("promo.explain", ["run", "--yes"]), ["explain", "run", "--yes"]);
});

test("anything but texts is refused", () => {
  assert.throws(() => lensArguments("promo.plan", ["plan", 1]), /promo.plan takes arguments/);
  assert.throws(() => lensArguments("promo.plan", [{ uri: "file:///x" }]), /was given something else/);
  assert.throws(() => lensArguments("promo.plan", ["plan", "a\0b"]), /was given something else/);
});

test("a command runs beside the file in the editor, or in the workspace's folder", () => {
  assert.equal(workingFolder("/work/shop/a.promo", "/work"), "/work/shop");
  assert.equal(workingFolder(undefined, "/work"), "/work");
  assert.equal(workingFolder(undefined, undefined), undefined);
});
