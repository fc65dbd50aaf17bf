/** Where the `promo` program is, and what it is called with: no editor, so that it can be tested without one. */

import * as os from "node:os";
import * as path from "node:path";

/** A program and its arguments; never a line for a shell. */
export interface Program {
  readonly command: string;
  readonly args: string[];
}

/**
 * Replace `${workspaceFolder}` and a leading `~/` in the setting `promo.path`.
 *
 * @param setting what the user wrote; empty or blank stands for `promo`.
 * @param folder the workspace's folder, if one is open.
 * @throws Error with a sentence for the user where the setting needs a folder and none is open.
 */
export function programPath(setting: string, folder: string | undefined): string {
  const written = setting.trim() || "promo";
  if (written.startsWith("~/")) {
    return path.join(os.homedir(), written.slice(2));
  }
  if (!written.includes("${workspaceFolder}")) {
    return written;
  }
  if (folder === undefined) {
    throw new Error(`the setting promo.path is ${written}, and no folder is open`);
  }
  return written.replaceAll("${workspaceFolder}", () => folder);
}

/**
 * Read the arguments of a command of a code lens.
 *
 * The server gives the arguments of the command line, either one by one or as one list.
 *
 * @param command the command's name, e.g. `promo.explain`.
 * @param given what the editor was called with; nothing stands for the sub-command alone.
 * @throws Error with a sentence for the user where these are no arguments of that command.
 */
export function lensArguments(command: string, given: readonly unknown[]): string[] {
  const subcommand = command.slice(command.indexOf(".") + 1);
  const list: readonly unknown[] = given.length === 1 && Array.isArray(given[0]) ? given[0] : given;
  if (list.length === 0) {
    return [subcommand];
  }
  if (!list.every((argument): argument is string => typeof argument === "string" && !argument.includes("\0"))) {
    throw new Error(`${command} takes arguments of the command line, and was given something else`);
  }
  // A lens can start what it is called after and nothing else, whoever made it.
  return list[0] === subcommand ? [...list] : [subcommand, ...list];
}

/**
 * Return the folder a command runs in: `promo` looks for `promo.toml` from there upwards.
 *
 * @param document the path of the file in the editor, if it is one on disk.
 * @param folder the workspace's folder, if one is open.
 */
export function workingFolder(document: string | undefined, folder: string | undefined): string | undefined {
  return document === undefined ? folder : path.dirname(document);
}
