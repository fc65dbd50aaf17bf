/** What the editor calls: connects commands, settings and the language server. */

import * as vscode from "vscode";

import { Client } from "./client";
import { Reports } from "./reports";
import { RUNS, run } from "./runs";

let client: Client | undefined;

/** Start what belongs to the extension; the editor calls this once. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("promo");
  const reports = new Reports();
  const started = new Client(output, reports);
  client = started;
  context.subscriptions.push(
    output,
    reports,
    started,
    ...Object.entries(RUNS).map(([command, args]) =>
      vscode.commands.registerCommand(command, () => reported(() => run(args))),
    ),
    vscode.commands.registerCommand("promo.restart", () => reported(() => started.restart())),
    vscode.commands.registerCommand("promo.showOutput", () => output.show()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("promo.path") || change.affectsConfiguration("promo.lsp")) {
        void reported(() => started.restart());
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void reported(() => started.restart())),
  );
  await reported(() => started.restart());
}

/** Stop the language server; the editor waits for it. */
export async function deactivate(): Promise<void> {
  await client?.stop();
  client = undefined;
}

async function reported(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    void vscode.window.showErrorMessage(`promo: ${error instanceof Error ? error.message : String(error)}`);
  }
}
