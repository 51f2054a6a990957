/**
 * What the codes of findings mean, and which of the four stages of a check each belongs to. Pages and tools show
 * these sentences; what one finding has to say of its own stands in the finding.
 */

/**
 * In the order in which a check is read. `structure`: can the files be read and do they fit what is declared;
 * `environment`: is it complete and right for this environment; `security`: do its policies allow it;
 * `performance`: advice that nothing depends on.
 */
export const CHECK_STAGES = ["structure", "environment", "security", "performance"] as const;

export type CheckStage = (typeof CHECK_STAGES)[number];

interface FindingCode {
  readonly stage: CheckStage;
  /** When it appears: one line of Markdown. */
  readonly summary: string;
}

/** Every code of every room. */
export const FINDING_CODES: Readonly<Record<string, FindingCode>> = {
  MANIFEST_SYNTAX: { stage: "structure", summary: "The text is no YAML, or uses what is refused." },
  MANIFEST_DUPLICATE_KEY: {
    stage: "structure",
    summary: "A key stands twice in one map; both places are named.",
  },
  MANIFEST_UNKNOWN_KEY: { stage: "structure", summary: "A key that the manifest does not know." },
  MANIFEST_MISSING: { stage: "structure", summary: "A key that is needed is not there." },
  MANIFEST_NAME: { stage: "structure", summary: "A name of the wrong shape." },
  MANIFEST_TYPE: {
    stage: "structure",
    summary: "A value of the wrong type, as a text where a list belongs.",
  },
  MANIFEST_VALUE: {
    stage: "structure",
    summary:
      "A value of the right type that does not fit: a word that is not among those allowed, a path that leaves the project, a mistyped recipient or key.",
  },
  MANIFEST_UNKNOWN_KIND: {
    stage: "structure",
    summary: "A kind that is neither built in nor declared, or a built-in one declared again.",
  },
  MANIFEST_UNKNOWN_ENVIRONMENT: {
    stage: "structure",
    summary: "`detect.default`, a stage or a `required` names an environment (or kind) that is none.",
  },
  MANIFEST_UNKNOWN_SERVICE: { stage: "structure", summary: "`ports` names a service that is not declared." },
  MANIFEST_UNKNOWN_STAGE: { stage: "structure", summary: "`after` names what is no stage of the pipeline." },
  MANIFEST_CYCLE: {
    stage: "structure",
    summary: "The pipeline or a chain of `replacedBy` runs in a circle; the circle is shown.",
  },
  MANIFEST_SHARED_PORT: { stage: "environment", summary: "One port for two services or environments." },
  MANIFEST_SHARED_NAME: {
    stage: "environment",
    summary: "One `short` name or `prefix` for two environments.",
  },
  MANIFEST_SHARED_RECIPIENT: {
    stage: "security",
    summary: "One age recipient for two environments, people or machines.",
  },
  SECURITY_RECIPIENTS: {
    stage: "security",
    summary:
      "A secrets file is encrypted to somebody whom the manifest does not let in, or (a warning) not yet to somebody whom it does.",
  },
  MANIFEST_UNKNOWN_RECIPIENT: {
    stage: "structure",
    summary: "`recipients` names a person, machine or role that the project does not have.",
  },
  MANIFEST_NO_RECIPIENT: {
    stage: "structure",
    summary: "`recipients` names people of whom none has a recipient.",
  },
  MANIFEST_SHARED_HOST: { stage: "environment", summary: "One host pattern for two environments." },
  MANIFEST_SHARED_KEY: { stage: "security", summary: "One public key for two people." },
  MANIFEST_SERVICE: { stage: "structure", summary: "A service with both `entry` and `build`, or neither." },
  MANIFEST_MERGE: { stage: "structure", summary: "A `merge` that values of this type can't have." },
  MANIFEST_UNKNOWN_SETTING: {
    stage: "structure",
    summary: "A `replacedBy` or `final` that names no declared setting.",
  },
  MANIFEST_UNKNOWN_CODE: {
    stage: "structure",
    summary: "An `allow` names what is no code of a security or performance finding.",
  },
  MANIFEST_POLICY: { stage: "structure", summary: "A `policy` whose values don't fit the type." },
  MANIFEST_ROTATION: {
    stage: "structure",
    summary: "A `rotate` of what is no secret, or whose times or length can't be.",
  },
  MANIFEST_ENUM: { stage: "structure", summary: "An enum without `values`, or `values` of another type." },
  MANIFEST_BOUND: {
    stage: "structure",
    summary:
      "`min` or `max` where they make no sense, in the wrong unit, or the wrong way round, also with an `in`.",
  },
  MANIFEST_PATTERN: {
    stage: "structure",
    summary: "A pattern that is missing, out of place, or no regular expression.",
  },
  MANIFEST_DEFAULT: { stage: "structure", summary: "A default that does not fit its type." },
  MANIFEST_SECRET_DEFAULT: {
    stage: "security",
    summary: "A secret with a default, which would be readable.",
  },
  MANIFEST_APPROVERS: {
    stage: "security",
    summary: "Warning: a stage needs more approvals than people besides the author can give.",
  },
  SETTING_MISSING: { stage: "environment", summary: "A required setting has no value, or an empty one." },
  SETTING_TYPE: { stage: "structure", summary: "A value does not fit its type, values, pattern or bounds." },
  SETTING_PLACEHOLDER: {
    stage: "environment",
    summary:
      "The winning value is a placeholder such as `<from-secrets-manager>`, or an item of a list is `<unset>`.",
  },
  SETTING_UNKNOWN: {
    stage: "structure",
    summary:
      "A layer has a key that is not declared: an error where `settings.strict` holds, else a warning; in the secrets file a warning. Not looked for in a project that declares no settings.",
  },
  SETTING_SECRET_IN_PLAIN: {
    stage: "security",
    summary: "A secret stands in a plain layer: an error, in local and development kinds a warning.",
  },
  SETTING_DEPRECATED: { stage: "structure", summary: "Warning: a deprecated setting is set." },
  SETTING_FINAL: {
    stage: "structure",
    summary:
      "A layer says otherwise than one below it whose word is final; in the process environment a warning.",
  },
  SETTING_LAYER_MISSING: {
    stage: "structure",
    summary: "The file of a layer that is not optional does not exist.",
  },
  SETTING_LAYER_UNTRUSTED: {
    stage: "structure",
    summary:
      "The program of a layer was not run: it was never [trusted](trust.md) here, or has changed since.",
  },
  SETTING_LAYER_FAILED: {
    stage: "structure",
    summary: "The program of a layer failed, took too long, or gave no JSON object.",
  },
  SETTING_SYNTAX: { stage: "structure", summary: "A layer's text is malformed." },
  SETTING_NAME: {
    stage: "structure",
    summary:
      "A key gives no name that a variable can have, or `__proto__`; a warning for others in a dotenv dialect that takes such names.",
  },
  SETTING_DUPLICATE: {
    stage: "structure",
    summary: "Two keys of one layer set the same setting; in dotenv a warning.",
  },
  SETTING_INTERPOLATION: { stage: "structure", summary: "A reference is malformed, or the result too long." },
  SETTING_REFERENCE: {
    stage: "structure",
    summary:
      "A reference to what has no value, or does not exist. A warning where the dialect takes that for the empty text.",
  },
  SETTING_SEALED_REFERENCE: {
    stage: "environment",
    summary: "A reference to a secret that can't be opened here.",
  },
  REFERENCE_INVALID: {
    stage: "structure",
    summary: "A [reference](references.md) to another store that can't be understood.",
  },
  REFERENCE_UNASKED: {
    stage: "environment",
    summary:
      "Advice: a secret is kept in another store, which was not asked: whether it is there is unknown.",
  },
  REFERENCE_UNAVAILABLE: {
    stage: "environment",
    summary: "A store was asked for a secret and gave none.",
  },
  SETTING_CYCLE: { stage: "structure", summary: "References run in a circle." },
  SETTING_WRONG_ENVIRONMENT: {
    stage: "environment",
    summary: "The winning value of the detection variable names another environment.",
  },
  SETTING_PREFIX: {
    stage: "security",
    summary: "A source of one environment sets a variable with the prefix of another.",
  },
  RULE_BROKEN: { stage: "environment", summary: "A rule of the manifest does not hold; its own severity." },
  RULE_INVALID: {
    stage: "structure",
    summary: "A rule is no CEL expression, reads what does not exist, or compares what does not go together.",
  },
  RULE_UNKNOWN: {
    stage: "environment",
    summary:
      "Warning: a rule hangs on a setting or policy without a value, a setting whose value is wrong, or a secret that can't be opened here.",
  },
  SECURITY_DEBUG: {
    stage: "security",
    summary:
      "A debug mode is on where policies say off, or a framework's environment is not `production` in a production kind.",
  },
  SECURITY_LOG_LEVEL: {
    stage: "security",
    summary: "Warning: the log level is more talkative than is usual in the environment.",
  },
  SECURITY_TLS: {
    stage: "security",
    summary:
      "A connection to another machine is not encrypted, or its certificate is not checked, where `tls` is required.",
  },
  SECURITY_KEY_LENGTH: {
    stage: "security",
    summary:
      "A signing or encryption key is shorter than `minKeyLength`; a warning where neither a name such as `…_SECRET` nor the secrets file says that it is one.",
  },
  SECURITY_TOKEN_LIFETIME: {
    stage: "security",
    summary:
      "Tokens live longer than `tokenLifetime`; a number counts in the unit that the name ends in, behind `EXPIRES_IN`, `TTL` and `MAX_AGE` in seconds.",
  },
  SECURITY_CORS: { stage: "security", summary: "CORS lets any origin in where `corsWildcard` is off." },
  SECURITY_DEFAULT_CREDENTIAL: {
    stage: "security",
    summary: "A credential that everybody knows, or a placeholder for one, where the data is not synthetic.",
  },
  SECURITY_FORMAT: {
    stage: "security",
    summary:
      "A value has not the `format` that its declaration demands, or is surely another vendor's credential than its name says.",
  },
  SECURITY_PROBE_REFUSED: {
    stage: "security",
    summary: "A vendor was [asked](#live-probes) about a credential and does not take it.",
  },
  SECURITY_PROBE_UNKNOWN: {
    stage: "security",
    summary:
      "Warning: a vendor was [asked](#live-probes) about a credential, or a server for a connection, and whether it works is unknown.",
  },
  SECURITY_KEY_MODE: {
    stage: "security",
    summary: "A key for tests in a production kind, or a live key where `externalServices` are not real.",
  },
  SECURITY_SCRUBBING: {
    stage: "security",
    summary:
      "Warning: a secret is too short to be masked in output (fewer than 6 characters), or a common word whose masking blanks out ordinary text.",
  },
  ADVICE_POOL: {
    stage: "performance",
    summary: "The pools of all processes together ask for more connections than the database takes.",
  },
  ADVICE_TIMEOUT: { stage: "performance", summary: "A timeout is 0: a call that hangs then hangs for ever." },
  ADVICE_REPLICAS: { stage: "performance", summary: "One process where the uptime target asks for two." },
  ADVICE_CACHE: { stage: "performance", summary: "A cache, CDN or compression is off in a production kind." },
  TARGET_LIMITED: {
    stage: "environment",
    summary: "Warning: a production kind would run on a target that is not made for it.",
  },
  EXPECT_UNKNOWN_SETTING: {
    stage: "structure",
    summary: "An expectation names a setting that no declaration and no layer has.",
  },
  EXPECT_UNKNOWN_TARGET: {
    stage: "structure",
    summary: "An expectation is for neither an environment nor a kind nor `all`.",
  },
  EXPECT_INVALID: {
    stage: "structure",
    summary:
      "An expectation that can't be met or judged: a value or bound of another type, or no regular expression.",
  },
  EXPECT_SECRET: {
    stage: "security",
    summary: "An expectation holds the value of a secret, for all to read.",
  },
  EXPECT_FILE: { stage: "structure", summary: "A file under `expectFiles` does not exist, or is no YAML." },
  SCAN_SECRET: { stage: "security", summary: "A secret's value stands in a source file." },
  SCAN_VALUE: {
    stage: "environment",
    summary: "Warning: a value that is another one in other environments stands in a source file.",
  },
  SCAN_ENVIRONMENT: {
    stage: "environment",
    summary:
      "Advice: code compares the name of an environment, so that it behaves differently there whatever the settings say.",
  },
  ISOLATION_CREDENTIAL: {
    stage: "security",
    summary: "Two environments use one credential, or one entry of a secret store.",
  },
  ISOLATION_RECIPIENT: {
    stage: "security",
    summary: "One recipient can open the secrets of two environments.",
  },
  ISOLATION_PREFIX: {
    stage: "security",
    summary: "A source of one environment holds a variable with the prefix of another.",
  },
  ISOLATION_DATA: {
    stage: "security",
    summary: "Two environments use one database, bucket, queue, base, folder or file.",
  },
  ISOLATION_ENDPOINT: {
    stage: "security",
    summary:
      "Two environments use one webhook or port, or one leads to a host that the other declares as its own.",
  },
  ISOLATION_ACCOUNT: {
    stage: "security",
    summary: "Two environments log in to one server as the same user, or act as one service account.",
  },
  ISOLATION_NETWORK: {
    stage: "security",
    summary: "Networks of two environments overlap, or they have a firewall rule in common.",
  },
  ISOLATION_SCHEDULE: {
    stage: "environment",
    summary: "Jobs of two environments that must run alone would start together.",
  },
  ISOLATION_EXPIRED: { stage: "security", summary: "An exception has ended: what it excused counts again." },
  ISOLATION_UNUSED: { stage: "environment", summary: "An exception excuses nothing." },
  LEAK_VALUE: {
    stage: "security",
    summary:
      "The value of a secret stands in a text, in whatever encoding; a warning where it is a former value of the secret.",
  },
  LEAK_SHAPE: {
    stage: "security",
    summary: "A text has the published form of a credential.",
  },
  LEAK_UNREAD: {
    stage: "security",
    summary: "Warning: a file, an archive or an object of git was not looked at; the reason is told.",
  },
  LEAK_BASELINE_INVALID: {
    stage: "structure",
    summary:
      "The baseline is no YAML, or an entry lacks a field, as its reason; the entry lets nothing through.",
  },
  LEAK_BASELINE_UNUSED: {
    stage: "security",
    summary: "Advice: an entry of the baseline lets through what the whole history does not have.",
  },
};

/** The stage that a finding of this code belongs to. */
export function stageOf(code: string): CheckStage {
  return FINDING_CODES[code]?.stage ?? "structure";
}

/** The codes that a setting's `allow` may name: those of what a check has to say of a value that is valid. */
export const ALLOWABLE_CODES: readonly string[] = Object.keys(FINDING_CODES).filter((code) =>
  /^(SECURITY|ADVICE)_/.test(code),
);
