/** Who acts: a person of the manifest whose private key lies on this machine, or the machine's user. */
import { readdirSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { accessErrors, choosePerson, type LocalKey } from "../access/index.ts";
import { publicTextOf, signMessage } from "../base/ed25519.ts";
import { systemCode } from "../base/error.ts";
import type { Person, Project } from "../model/project.ts";

export interface Actor {
  /** The person's name, or `os:<user>` for nobody in the manifest. */
  readonly name: string;
  readonly person: Person | undefined;
  /** Signs with the person's key. @throws ACCESS_NO_KEY for who is no person. */
  sign(message: string): string;
}

/** Where people's private keys lie. */
export function peopleFolder(home: string): string {
  return join(home, "people");
}

function localKeys(home: string): (LocalKey & { readonly pem: string })[] {
  const folder = peopleFolder(home);
  let files: string[];
  try {
    files = readdirSync(folder).filter((file) => file.endsWith(".key"));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
  return files.map((file) => {
    const pem = readFileSync(join(folder, file), "utf8");
    return { name: file.slice(0, -".key".length), publicText: publicTextOf(pem), pem };
  });
}

/** @param wanted the `--as` flag. */
export function findActor(project: Project, home: string, wanted: string | undefined): Actor {
  const keys = localKeys(home);
  const person = choosePerson(project, keys, wanted);
  const pem = keys.find((key) => key.publicText === person?.key)?.pem;
  const name = person?.name ?? `os:${userInfo().username}`;
  return {
    name,
    person,
    sign(message) {
      if (pem) return signMessage(pem, message);
      throw accessErrors.ACCESS_NO_KEY({
        what: `${name} has no key to sign with`,
        why: "only a person of the manifest can sign",
        fix: "ringfence me init --name <your name>",
      });
    },
  };
}
