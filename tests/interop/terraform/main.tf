# Whom the official provider signs in as, from the configuration around it alone.
terraform {
  required_providers {
    databricks = {
      source  = "databricks/databricks"
      version = ">= 1.90"
    }
  }
}

provider "databricks" {}

data "databricks_current_user" "me" {}

output "user" {
  value = data.databricks_current_user.me.user_name
}
