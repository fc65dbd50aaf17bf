import assert from "node:assert/strict";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";

import { lensCall, programPath, workingFolder } from "../src/program";

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

const FILE = "file:///work/shop/tests.promo";

test("lenses of tests and plans become calls", () => {
  assert.deepEqual(lensCall("promo.test", [FILE, "a hotfix"]), { args: ["test", "--filter=a hotfix"], uri: FILE });
  assert.deepEqual(lensCall("promo.plan", [FILE, "shop", "prod"]), {
    args: ["plan", "--product=shop", "--to=prod"],
    uri: FILE,
  });
});

test("a name that looks like an option stays a value", () => {
  assert.deepEqual(lensCall("promo.test", [FILE, "--watch"])?.args, ["test", "--filter=--watch"]);
});

test("what the server does itself is no call", () => {
  assert.equal(lensCall("promo.explain", [FILE, "shop"]), undefined);
  assert.equal(lensCall("promo.check", []), undefined);
});

test("anything but what a lens gives is refused", () => {
  assert.throws(() => lensCall("promo.plan", [FILE, "shop"]), /promo.plan was given 2 arguments/);
  assert.throws(() => lensCall("promo.test", [FILE, "a", "b"]), /was given 3 arguments/);
  assert.throws(() => lensCall("promo.test", [FILE, 1]), /no text/);
  assert.throws(() => lensCall("promo.test", [FILE, "a\0b"]), /no text/);
});

test("a command runs beside the file in the editor, or in the workspace's folder", () => {
  assert.equal(workingFolder("/work/shop/a.promo", "/work"), "/work/shop");
  assert.equal(workingFolder(undefined, "/work"), "/work");
  assert.equal(workingFolder(undefined, undefined), undefined);
});
