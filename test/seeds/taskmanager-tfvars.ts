/** The three listings `environments/…/terraform.tfvars` in the seed document S3, as they stand there. */
export const TFVARS_LISTINGS = {
  development: `# AWS Configuration
aws_region = "us-east-1"

# Network Configuration
vpc_cidr = "10.1.0.0/16"
availability_zones = [
  "us-east-1a",
  "us-east-1b"
]

# Database Configuration
db_instance_class         = "db.t3.micro"
db_allocated_storage      = 20
db_max_allocated_storage  = 50
db_multi_az               = false
db_backup_retention_days  = 7
db_deletion_protection    = false
db_skip_final_snapshot    = true
db_create_replica         = false

# Cache Configuration
cache_node_type           = "cache.t3.micro"
cache_num_nodes           = 1
cache_automatic_failover  = false

# ECS Configuration
api_cpu                   = "256"
api_memory                = "512"
api_desired_count         = 2
api_min_capacity          = 2
api_max_capacity          = 5

worker_cpu                = "256"
worker_memory             = "512"
worker_desired_count      = 2
worker_min_capacity       = 1
worker_max_capacity       = 10

# Logging
log_retention_days        = 7
log_level                 = "DEBUG"

# Domain
domain_name               = "dev.taskmanager.internal"
`,
  staging: `# AWS Configuration
aws_region = "us-east-1"

# Network Configuration
vpc_cidr = "10.2.0.0/16"
availability_zones = [
  "us-east-1a",
  "us-east-1b"
]

# Database Configuration
db_instance_class         = "db.t3.large"
db_allocated_storage      = 50
db_max_allocated_storage  = 200
db_multi_az               = true  # Simulate production
db_backup_retention_days  = 14
db_deletion_protection    = true
db_skip_final_snapshot    = false
db_create_replica         = true  # Test read replicas
db_replica_instance_class = "db.t3.medium"

# Cache Configuration
cache_node_type           = "cache.t3.medium"
cache_num_nodes           = 2
cache_automatic_failover  = true

# ECS Configuration
api_cpu                   = "512"
api_memory                = "1024"
api_desired_count         = 3
api_min_capacity          = 3
api_max_capacity          = 10

worker_cpu                = "512"
worker_memory             = "1024"
worker_desired_count      = 5
worker_min_capacity       = 3
worker_max_capacity       = 20

# Logging
log_retention_days        = 30
log_level                 = "INFO"

# Domain
domain_name               = "staging.taskmanager.com"
`,
  production: `# AWS Configuration
aws_region = "us-east-1"

# Network Configuration
vpc_cidr = "10.0.0.0/16"
availability_zones = [
  "us-east-1a",
  "us-east-1b"
]

# Database Configuration
db_instance_class         = "db.r6g.xlarge"
db_allocated_storage      = 100
db_max_allocated_storage  = 1000
db_multi_az               = true
db_backup_retention_days  = 30
db_deletion_protection    = true
db_skip_final_snapshot    = false
db_create_replica         = true
db_replica_instance_class = "db.r6g.large"

# Cache Configuration
cache_node_type           = "cache.r7g.large"
cache_num_nodes           = 3
cache_automatic_failover  = true

# ECS Configuration
api_cpu                   = "1024"
api_memory                = "2048"
api_desired_count         = 5
api_min_capacity          = 5
api_max_capacity          = 50

worker_cpu                = "512"
worker_memory             = "1024"
worker_desired_count      = 10
worker_min_capacity       = 5
worker_max_capacity       = 100

# Logging
log_retention_days        = 30  # Hot data
log_archive_days          = 365  # Cold data (S3)
log_level                 = "INFO"

# Domain
domain_name               = "taskmanager.com"
`,
};
