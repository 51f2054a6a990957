/** What a layer's file may be written in. Reading lives in config; this is what manifest and parsers agree on. */

/** The formats of layers. `tfvars` is HCL with literal values, as Terraform's variable files are. */
export const LAYER_FORMATS = ["dotenv", "yaml", "json", "toml", "tfvars"] as const;

export type LayerFormat = (typeof LAYER_FORMATS)[number];

/**
 * Whose rules a `.env` file is read by. Public parsers disagree on quotes, comments and references: `dotenv` is the
 * npm package together with dotenv-expand, `compose` is Docker Compose, `node` is `node --env-file`.
 */
export const DOTENV_DIALECTS = ["ringfence", "dotenv", "compose", "node"] as const;

export type DotenvDialect = (typeof DOTENV_DIALECTS)[number];
