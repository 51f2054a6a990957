/** Accounts: register, verify the e-mail address, log in, and who a request comes from. */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import type { Pool } from "./database.ts";
import { Refusal, type Reply, type Request } from "./http.ts";
import { addJob } from "./jobs.ts";
import type { TaskmanagerSettings } from "./settings.ts";
import { signToken, verifyToken } from "./token.ts";

const derive = promisify<string, Buffer, number, Buffer>(scrypt);

async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `${salt.toString("hex")}:${(await derive(password, salt, 32)).toString("hex")}`;
}

async function isPassword(password: string, stored: string): Promise<boolean> {
  const [salt = "", hash = ""] = stored.split(":").map((part) => Buffer.from(part, "hex"));
  const derived = await derive(password, Buffer.from(salt), 32);
  return derived.length === hash.length && timingSafeEqual(derived, Buffer.from(hash));
}

/** Takes as long as a real one, so that the time does not tell which addresses are registered. */
const NOBODY = `${"0".repeat(32)}:${"0".repeat(64)}`;

interface Account {
  readonly id: number;
  readonly password: string;
  readonly verification_code: string;
  readonly verified: number;
}

function textOf(request: Request, field: string): string {
  const value = request.body[field];
  if (typeof value === "string" && value !== "") return value;
  throw new Refusal(422, "invalid", `${field} must be a text`);
}

function credentials(request: Request): { email: string; password: string } {
  const [email, password] = [textOf(request, "email"), textOf(request, "password")];
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new Refusal(422, "invalid", "email must be an e-mail address");
  if (password.length < 8) throw new Refusal(422, "invalid", "password must have at least 8 characters");
  return { email, password };
}

interface NewAccount {
  readonly email: string;
  readonly password: string;
  readonly code: string;
  readonly verified: boolean;
}

function addAccount(database: DatabaseSync, { email, password, code, verified }: NewAccount): void {
  const { changes } = database
    .prepare(
      `INSERT INTO accounts (email, password, verification_code, verified, created_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    )
    .run(email, password, code, Number(verified), Date.now());
  if (changes === 0) throw new Refusal(409, "registered", "this e-mail address is registered already");
}

function bearerOf(request: Request, key: string): number {
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  const id = token === undefined ? undefined : verifyToken(token, key);
  if (id !== undefined) return id;
  throw new Refusal(401, "unauthenticated", "log in first: POST /login", { "www-authenticate": "Bearer" });
}

export interface Accounts {
  register(request: Request): Promise<Reply>;
  verify(request: Request): Reply;
  login(request: Request): Promise<Reply>;
  /** Id of the account whose token the request carries. Throws 401 without a valid one. */
  authenticate(request: Request): number;
}

export function createAccounts(pool: Pool, settings: TaskmanagerSettings): Accounts {
  const key = settings.JWT_SECRET_KEY.open();
  const find = (email: string) =>
    pool.use((database) => database.prepare("SELECT * FROM accounts WHERE email = ?").get(email)) as
      | Account
      | undefined;

  return {
    async register(request) {
      if (!settings.ENABLE_REGISTRATION)
        throw new Refusal(403, "registration_closed", "nobody can register now");
      const { email, password } = credentials(request);
      const code = randomBytes(16).toString("hex");
      const verified = !settings.ENABLE_EMAIL_VERIFICATION;
      const hash = await hashPassword(password);
      pool.change((database) => {
        addAccount(database, { email, password: hash, code, verified });
        if (!verified) addJob(database, { kind: "verification", to: email, code });
      });
      return { status: 201, body: { email, verified } };
    },

    verify(request) {
      const [email, code] = [textOf(request, "email"), textOf(request, "code")];
      const { changes } = pool.change((database) =>
        database
          .prepare("UPDATE accounts SET verified = 1 WHERE email = ? AND verification_code = ?")
          .run(email, code),
      );
      if (changes === 0) throw new Refusal(400, "wrong_code", "this is not the code that was sent");
      return { body: { email, verified: true } };
    },

    async login(request) {
      const { email, password } = credentials(request);
      const account = find(email);
      const right = await isPassword(password, account?.password ?? NOBODY);
      if (!account || !right)
        throw new Refusal(401, "wrong_credentials", "e-mail address or password is wrong");
      if (!account.verified) {
        throw new Refusal(
          403,
          "unverified_email",
          "verify your e-mail address first: we have sent you a code",
        );
      }
      const seconds = settings.JWT_ACCESS_TOKEN_EXPIRE_MINUTES * 60;
      const token = signToken(account.id, Math.floor(Date.now() / 1000) + seconds, key);
      return { body: { access_token: token, token_type: "bearer", expires_in: seconds } };
    },

    authenticate: (request) => bearerOf(request, key),
  };
}
