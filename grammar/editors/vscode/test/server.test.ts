/** Starts the real server as the extension does, and speaks to it; the variable PROMO says where the program is. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import {
  CodeLensRequest,
  createProtocolConnection,
  DidOpenTextDocumentNotification,
  ExecuteCommandRequest,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";

import { lensCall, programPath } from "../src/program";
import { isReport } from "../src/report";

const promo = process.env["PROMO"];
const example = path.resolve("../../../policies/quickstart");

interface Manifest {
  readonly contributes: {
    readonly configuration: { readonly properties: { readonly "promo.lsp.arguments": { readonly default: string[] } } };
  };
}
const { contributes } = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;

test("the server answers, and the extension knows what its lenses give", { skip: !promo, timeout: 60_000 }, async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "promo-vscode-"));
  cpSync(example, folder, { recursive: true });
  const args = contributes.configuration.properties["promo.lsp.arguments"].default;
  const server = spawn(programPath(promo ?? "", folder), args, { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
  try {
    await conversation(server, folder);
  } finally {
    server.kill();
    rmSync(folder, { recursive: true });
  }
});

async function conversation(server: ChildProcess, folder: string): Promise<void> {
  assert.ok(server.stdout !== null && server.stdin !== null);
  const connection = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  connection.listen();
  const ended = new Promise<number | null>((resolve) => server.once("exit", resolve));
  const rootUri = pathToFileURL(folder).href;
  const answer = await connection.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri,
    workspaceFolders: [{ uri: rootUri, name: "quickstart" }],
    capabilities: { textDocument: { codeLens: {}, publishDiagnostics: {} } },
  });
  assert.ok(answer.capabilities.textDocumentSync !== undefined);
  await connection.sendNotification(InitializedNotification.type, {});

  const storefront = await opened(connection, folder, "tests.promo", (text) => text);
  const lenses = (await connection.sendRequest(CodeLensRequest.type, { textDocument: { uri: storefront.uri } })) ?? [];
  const offered = answer.capabilities.executeCommandProvider?.commands ?? [];
  const calls = lenses.map(({ command }) => {
    assert.ok(command !== undefined && offered.includes(command.command), JSON.stringify(command));
    return lensCall(command.command, command.arguments ?? [])?.args[0];
  });
  // Of the tests of this file, and of nothing else.
  assert.deepEqual(new Set(calls), new Set(["test"]));

  const products = await opened(connection, folder, "storefront.promo", (text) => text);
  const more = (await connection.sendRequest(CodeLensRequest.type, { textDocument: { uri: products.uri } })) ?? [];
  const explain = more.find(({ command }) => command?.command === "promo.explain")?.command;
  assert.ok(explain !== undefined && explain.arguments !== undefined);
  const { command, arguments: args } = explain;
  assert.ok(isReport(await connection.sendRequest(ExecuteCommandRequest.type, { command, arguments: args })));
  assert.ok(more.some((lens) => lensCall(lens.command?.command ?? "", lens.command?.arguments ?? [])?.args[0] === "plan"));

  const policies = await opened(connection, folder, "policies.promo", (text) => `${text}\npolicy {\n`);
  assert.ok(policies.diagnostics.length > 0, "a broken declaration has a diagnostic");

  await connection.sendRequest(ShutdownRequest.type);
  await connection.sendNotification(ExitNotification.type);
  assert.equal(await ended, 0);
  connection.dispose();
}

/** Open a file with a changed text; return what the server finds in it. */
async function opened(
  connection: ProtocolConnection,
  folder: string,
  name: string,
  change: (text: string) => string,
): Promise<PublishDiagnosticsParams> {
  const file = path.join(folder, name);
  const uri = pathToFileURL(file).href;
  const found = new Promise<PublishDiagnosticsParams>((resolve) => {
    connection.onNotification(PublishDiagnosticsNotification.type, (published) => {
      if (published.uri === uri) {
        resolve(published);
      }
    });
  });
  await connection.sendNotification(DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: "promo", version: 1, text: change(readFileSync(file, "utf8")) },
  });
  return found;
}
