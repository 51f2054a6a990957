/** Who an environment's secrets are encrypted to: what `recipients` may name, and who stands behind each entry. */

/** A key that secrets are encrypted to, and whose it is. */
export interface Holder {
  /** `age1…` or `ssh-ed25519 AAAA…` */
  readonly recipient: string;
  /** Of the person or machine; of an identity that belongs to neither, the recipient itself. */
  readonly name: string;
  readonly kind: "person" | "machine" | "identity";
  /** The entry of `recipients` that brings it in, as it is written. */
  readonly via: string;
}

/** A program or host that opens secrets without being anybody. */
export interface Machine {
  readonly name: string;
  readonly recipient: string;
}

/** An entry of `recipients`: a key itself, or who it stands for. */
export type RecipientEntry =
  | { readonly kind: "key"; readonly recipient: string }
  | { readonly kind: "person" | "machine" | "role"; readonly name: string };

/** The part of a person that this is about. */
interface Member {
  readonly name: string;
  readonly roles: readonly string[];
  readonly recipient?: string | undefined;
}

/** A recipient without the comment that an SSH key may carry. */
export function bareRecipient(text: string): string {
  return text.trim().split(/\s+/).slice(0, 2).join(" ");
}

/** What an entry of the right shape says. */
export function readRecipientEntry(text: string): RecipientEntry {
  const match = /^(person|machine|role):(.+)$/.exec(text);
  if (!match) return { kind: "key", recipient: bareRecipient(text) };
  return { kind: match[1] as "person" | "machine" | "role", name: match[2]! };
}

function ownerOf(
  recipient: string,
  people: readonly Member[],
  machines: readonly Machine[],
): Pick<Holder, "name" | "kind"> {
  const person = people.find((one) => one.recipient === recipient);
  if (person) return { name: person.name, kind: "person" };
  const machine = machines.find((one) => one.recipient === recipient);
  return machine ? { name: machine.name, kind: "machine" } : { name: recipient, kind: "identity" };
}

/** Everybody that the entries stand for, in their order; somebody twice where two entries name them. */
export function holdersOf(
  entries: readonly string[],
  people: readonly Member[],
  machines: readonly Machine[],
): Holder[] {
  return entries.flatMap((via): Holder[] => {
    const entry = readRecipientEntry(via);
    if (entry.kind === "key")
      return [{ recipient: entry.recipient, ...ownerOf(entry.recipient, people, machines), via }];
    if (entry.kind === "machine")
      return machines
        .filter(({ name }) => name === entry.name)
        .map(({ name, recipient }) => ({ recipient, name, kind: "machine", via }));
    return people.flatMap(({ name, roles, recipient }): Holder[] => {
      const isMeant = entry.kind === "role" ? roles.includes(entry.name) : name === entry.name;
      return isMeant && recipient !== undefined ? [{ recipient, name, kind: "person", via }] : [];
    });
  });
}
