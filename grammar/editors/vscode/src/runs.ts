/** Runs `promo` in the terminal panel: as a process of its own, so that no shell reads its arguments. */

import * as vscode from "vscode";

import { workingFolder } from "./program";
import { folderOf, program } from "./settings";

/** Commands of the palette, and what they run. */
export const RUNS: Readonly<Record<string, readonly string[]>> = {
  "promo.runTests": ["test"],
  "promo.runVerify": ["verify"],
  "promo.runLint": ["lint"],
  "promo.runDiff": ["diff"],
};

/**
 * Run `promo` and show what it prints.
 *
 * @param args its arguments.
 * @param about the file it is about, in whose folder it runs; otherwise the one in the editor.
 */
export async function run(args: readonly string[], about?: vscode.Uri): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    throw new Error("promo runs in trusted workspaces only: use the command Workspaces: Manage Workspace Trust");
  }
  const document = about ?? vscode.window.activeTextEditor?.document.uri;
  const file = document?.scheme === "file" ? document : undefined;
  // The program reads files, not editors.
  await vscode.workspace.saveAll(false);
  const folder = folderOf(file);
  const { command, args: words } = program(args, file);
  const cwd = workingFolder(file?.fsPath, folder?.uri.fsPath);
  const task = new vscode.Task(
    { type: "promo", arguments: words },
    folder ?? vscode.TaskScope.Workspace,
    ["promo", ...words].join(" "),
    "promo",
    new vscode.ProcessExecution(command, words, cwd === undefined ? {} : { cwd }),
  );
  task.presentationOptions = {
    clear: true,
    focus: false,
    panel: vscode.TaskPanelKind.Shared,
    reveal: vscode.TaskRevealKind.Always,
  };
  await vscode.tasks.executeTask(task);
}
