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

/** A command of a code lens, as a call of `promo`. */
export interface Call {
  readonly args: string[];
  /** The file the lens stands in. */
  readonly uri: string;
}

/**
 * Turn a command of a code lens into a call of `promo`.
 *
 * The server gives the address of the file and names. A name goes where it can be nothing but a value.
 *
 * @param command the command's name, e.g. `promo.plan`.
 * @param given the command's arguments.
 * @returns nothing for a command that the server itself carries out.
 * @throws Error with a sentence for the user where these are no arguments of that command.
 */
export function lensCall(command: string, given: readonly unknown[]): Call | undefined {
  if (!LENSES.includes(command as (typeof LENSES)[number])) {
    return undefined;
  }
  if (!given.every((argument): argument is string => typeof argument === "string" && !argument.includes("\0"))) {
    throw new Error(`${command} was given something that is no text`);
  }
  const [uri, name, target] = given;
  if (uri === undefined || name === undefined || given.length !== (command === "promo.plan" ? 3 : 2)) {
    throw new Error(`${command} was given ${given.length} arguments`);
  }
  const args = command === "promo.plan" ? ["plan", `--product=${name}`, `--to=${target}`] : ["test", `--filter=${name}`];
  return { args, uri };
}

/** Commands of code lenses that run in the terminal panel; the server answers the others itself. */
export const LENSES = ["promo.test", "promo.plan"] as const;

/**
 * Return the folder a command runs in: `promo` looks for `promo.toml` from there upwards.
 *
 * @param document the path of the file in the editor, if it is one on disk.
 * @param folder the workspace's folder, if one is open.
 */
export function workingFolder(document: string | undefined, folder: string | undefined): string | undefined {
  return document === undefined ? folder : path.dirname(document);
}
