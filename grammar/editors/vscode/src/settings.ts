/** The settings under `promo.`, read anew whenever they are needed. */

import * as vscode from "vscode";

import { type Program, programPath } from "./program";

/** Return the program, with arguments, as the settings for a resource say. */
export function program(args: readonly string[], resource?: vscode.Uri): Program {
  const configuration = vscode.workspace.getConfiguration("promo", resource);
  const command = programPath(configuration.get("path", "promo"), folderOf(resource)?.uri.fsPath);
  return { command, args: [...args] };
}

/** Return how the language server is started. */
export function server(): Program {
  return program(vscode.workspace.getConfiguration("promo").get<string[]>("lsp.arguments", ["lsp"]));
}

/** Say whether the language server is wanted, and may run here. */
export function serverWanted(): boolean {
  return vscode.workspace.isTrusted && vscode.workspace.getConfiguration("promo").get("lsp.enabled", true);
}

/** Return the workspace's folder that a resource is in, or the first one. */
export function folderOf(resource?: vscode.Uri): vscode.WorkspaceFolder | undefined {
  const owner = resource === undefined ? undefined : vscode.workspace.getWorkspaceFolder(resource);
  return owner ?? vscode.workspace.workspaceFolders?.[0];
}
