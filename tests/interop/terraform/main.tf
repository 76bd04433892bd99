# Whom the official provider signs in as; how it does that is said by what Brickpass exported beside it.
data "databricks_current_user" "me" {}

output "user" {
  value = data.databricks_current_user.me.user_name
}
