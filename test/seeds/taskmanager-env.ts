/** The three listings under "Environment Variables" in the seed document S3, as they stand there. */
export const ENV_LISTINGS = {
  development: `# Application Configuration
ENVIRONMENT=development
DEBUG=true
LOG_LEVEL=DEBUG

# Database
DATABASE_URL=postgresql://admin:password@dev-db.xxx.rds.amazonaws.com:5432/taskmanager
DB_POOL_SIZE=10
DB_POOL_MAX_OVERFLOW=5

# Redis
REDIS_URL=redis://dev-cache.xxx.cache.amazonaws.com:6379/0

# Celery
CELERY_BROKER_URL=redis://dev-cache.xxx.cache.amazonaws.com:6379/0
CELERY_RESULT_BACKEND=redis://dev-cache.xxx.cache.amazonaws.com:6379/1
CELERY_WORKER_CONCURRENCY=2

# Authentication
JWT_SECRET_KEY=dev-secret-key-change-me
JWT_ALGORITHM=HS256
JWT_ACCESS_TOKEN_EXPIRE_MINUTES=1440  # 24 hours in dev

# External Services (sandbox)
SMTP_HOST=smtp.mailtrap.io
SMTP_PORT=2525
OAUTH_GOOGLE_CLIENT_ID=dev-google-client-id
OAUTH_GITHUB_CLIENT_ID=dev-github-client-id

# Feature Flags
ENABLE_REGISTRATION=true
ENABLE_EMAIL_VERIFICATION=false  # Skip in dev
ENABLE_RATE_LIMITING=false
`,
  staging: `# Application Configuration
ENVIRONMENT=staging
DEBUG=false
LOG_LEVEL=INFO

# Database (from Secrets Manager)
DATABASE_URL=<from-secrets-manager>
DB_POOL_SIZE=20
DB_POOL_MAX_OVERFLOW=10

# Redis (from Secrets Manager)
REDIS_URL=<from-secrets-manager>

# Celery
CELERY_BROKER_URL=<from-secrets-manager>
CELERY_RESULT_BACKEND=<from-secrets-manager>
CELERY_WORKER_CONCURRENCY=4

# Authentication
JWT_SECRET_KEY=<from-secrets-manager>
JWT_ALGORITHM=HS256
JWT_ACCESS_TOKEN_EXPIRE_MINUTES=15

# External Services (sandbox)
SMTP_HOST=smtp.sendgrid.net
SMTP_PORT=587
SMTP_USERNAME=<from-secrets-manager>
OAUTH_GOOGLE_CLIENT_ID=<from-secrets-manager>
OAUTH_GITHUB_CLIENT_ID=<from-secrets-manager>

# Feature Flags
ENABLE_REGISTRATION=true
ENABLE_EMAIL_VERIFICATION=true
ENABLE_RATE_LIMITING=true
`,
  production: `# Application Configuration
ENVIRONMENT=production
DEBUG=false
LOG_LEVEL=INFO

# Database (from Secrets Manager)
DATABASE_URL=<from-secrets-manager>
DATABASE_READER_URL=<from-secrets-manager>  # Read replica
DB_POOL_SIZE=50
DB_POOL_MAX_OVERFLOW=20

# Redis (from Secrets Manager)
REDIS_URL=<from-secrets-manager>

# Celery
CELERY_BROKER_URL=<from-secrets-manager>
CELERY_RESULT_BACKEND=<from-secrets-manager>
CELERY_WORKER_CONCURRENCY=4

# Authentication
JWT_SECRET_KEY=<from-secrets-manager>
JWT_ALGORITHM=HS256
JWT_ACCESS_TOKEN_EXPIRE_MINUTES=15
JWT_REFRESH_TOKEN_EXPIRE_DAYS=7

# External Services (production)
SMTP_HOST=smtp.sendgrid.net
SMTP_PORT=587
SMTP_USERNAME=<from-secrets-manager>
SMTP_PASSWORD=<from-secrets-manager>
OAUTH_GOOGLE_CLIENT_ID=<from-secrets-manager>
OAUTH_GOOGLE_CLIENT_SECRET=<from-secrets-manager>
OAUTH_GITHUB_CLIENT_ID=<from-secrets-manager>
OAUTH_GITHUB_CLIENT_SECRET=<from-secrets-manager>

# Monitoring
SENTRY_DSN=<from-secrets-manager>
DATADOG_API_KEY=<from-secrets-manager>

# Feature Flags
ENABLE_REGISTRATION=true
ENABLE_EMAIL_VERIFICATION=true
ENABLE_RATE_LIMITING=true
ENABLE_MFA=false  # Future feature
`,
};
