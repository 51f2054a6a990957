/** The project of the seed document S2: its five environments, its two listings, and its rules of validation. */

const MANIFEST = `project: enterprise
detect: { default: local }
environments:
  local:
  feature: { kind: preview }
  integration:
  staging:
  production: { hosts: ["*prod*"] }
layers: [base.yml, "{env}.yml?"]
settings:
  APP_NAME: { required: true }
  APP_VERSION: { required: true, pattern: "\\\\d+\\\\.\\\\d+\\\\.\\\\d+" }
  DATABASE_POOL_SIZE: { type: integer, min: 1, max: 100, required: true }
  DATABASE_TIMEOUT: { type: integer, min: 1000, max: 60000 }
  DATABASE_SSL_MODE: { type: enum, values: [disable, prefer, require, verify-full], required: [production] }
  DATABASE_BACKUP_ENABLED: { type: boolean, required: [production] }
  SECURITY_SESSION_TIMEOUT: { type: integer, min: 300, max: 86400, in: { production: { max: 3599 } } }
  SECURITY_PASSWORD_MIN_LENGTH: { type: integer, min: 8, max: 128 }
  SECURITY_MFA_REQUIRED: { type: boolean, required: [production] }
  AUDIT_RETENTION_DAYS: { type: integer, min: 365, max: 3650 }
  MONITORING_LEVEL: { type: enum, values: [basic, detailed], required: [production] }
  MONITORING_ALERTS_ENABLED: { type: boolean, required: [production] }
  PERFORMANCE_CACHE_ENABLED: { type: boolean }
  PERFORMANCE_CDN_ENABLED: { type: boolean }
rules:
  - name: connections are encrypted in production
    when: environment.kind == "production"
    require: DATABASE_SSL_MODE in ["require", "verify-full"]
  - name: a second factor in production
    only: [production]
    require: SECURITY_MFA_REQUIRED
  - name: alerts need detail
    when: MONITORING_ALERTS_ENABLED != null && MONITORING_ALERTS_ENABLED
    require: MONITORING_LEVEL == "detailed"
byDesign:
  DATABASE_POOL_SIZE: resource size
  SECURITY_SESSION_TIMEOUT: stricter in production
  APP_VERSION: given by what is deployed
`;

export const FILES = {
  "ringfence.yaml": MANIFEST,
  "base.yml": `# base.yml - Common across all environments
app:
  name: "Enterprise Application"
  version: "\${APP_VERSION}"

database:
  pool_size: 10
  timeout: 30000

security:
  session_timeout: 3600
  password_min_length: 8

audit:
  retention_days: 365
`,
  "production.yml": `# production.yml - Production-specific settings
database:
  pool_size: 50
  ssl_mode: require
  backup_enabled: true

security:
  session_timeout: 1800
  mfa_required: true
  
monitoring:
  level: detailed
  alerts_enabled: true

performance:
  cache_enabled: true
  cdn_enabled: true
`,
} as const;
