/** Runs `promo` in the terminal panel: as a process of its own, so that no shell reads its arguments. */

import * as vscode from "vscode";

import { lensArguments, workingFolder } from "./program";
import { folderOf, program } from "./settings";

/** Commands that code lenses and the palette start, by the sub-command they are called after. */
export const RUNS = ["promo.explain", "promo.test", "promo.plan", "promo.verify", "promo.lint", "promo.diff"] as const;

/** Run one of `RUNS` and show what it prints. */
export async function run(command: string, given: readonly unknown[]): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    throw new Error("promo runs in trusted workspaces only: use the command Workspaces: Manage Workspace Trust");
  }
  const document = vscode.window.activeTextEditor?.document.uri;
  const file = document?.scheme === "file" ? document : undefined;
  // The program reads files, not editors.
  await vscode.workspace.saveAll(false);
  const folder = folderOf(file);
  const { command: path, args } = program(lensArguments(command, given), file);
  const cwd = workingFolder(file?.fsPath, folder?.uri.fsPath);
  const task = new vscode.Task(
    { type: "promo", arguments: args },
    folder ?? vscode.TaskScope.Workspace,
    ["promo", ...args].join(" "),
    "promo",
    new vscode.ProcessExecution(path, args, cwd === undefined ? {} : { cwd }),
  );
  task.presentationOptions = {
    clear: true,
    focus: false,
    panel: vscode.TaskPanelKind.Shared,
    reveal: vscode.TaskRevealKind.Always,
  };
  await vscode.tasks.executeTask(task);
}
