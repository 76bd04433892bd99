//! The provider `hashicorp/azurerm`: its own resource for this linked service where that one can say everything, else the general one.

use super::{
    files::HCL,
    model::{Auth, Compute, Service, Settings, list, map},
};
use crate::escape::{Text, data_factory_text, hcl};
use brickpass_core::failure::Failure;

/// More workers than this, a policy and an access mode are not for the resource of this linked service. Source: azurerm, its schema.
const MAX_WORKERS: u32 = 10;

pub(super) fn write(service: &Service) -> Result<Text, Failure> {
    let text =
        Text::new().words("terraform {\n  required_providers {\n    azurerm = {\n      source = \"hashicorp/azurerm\"\n    }\n  }\n}\n");
    let text = if service.synapse {
        text.words("\nvariable \"synapse_workspace_id\" {\n  type = string\n}\n")
    } else {
        text.words("\nvariable \"data_factory_id\" {\n  type = string\n}\n")
    };
    let text = if service.token().is_some() {
        text.words("\nvariable \"databricks_token\" {\n  type      = string\n  sensitive = true\n}\n")
    } else {
        text
    };
    if !service.synapse && is_sayable(service) { own(service, text) } else { general(service, text) }
}

fn is_sayable(service: &Service) -> bool {
    let compute = match &service.compute {
        Compute::Existing(_) => true,
        Compute::Job { workers: (least, most), settings, .. } => is_for_a_job(settings) && most.unwrap_or(*least) <= MAX_WORKERS,
        // Its block of the pool has nothing but the pool, the version and the number.
        Compute::Pool { workers, settings, .. } => settings.is_empty() && *workers <= MAX_WORKERS,
        Compute::Reading(_) => false,
    };
    let auth = match &service.auth {
        Auth::KeyVault { version, .. } => version.is_none(),
        Auth::SystemAssigned { .. } | Auth::Token(_) => true,
        Auth::UserAssigned { .. } => false,
    };
    compute && auth
}

fn is_for_a_job(settings: &Settings) -> bool {
    settings.policy.is_none() && settings.access_mode.is_none()
}

fn line(text: Text, key: &'static str, value: &str) -> Result<Text, Failure> {
    Ok(text.words(key).words(" = ").value("The description of the connection", value, hcl)?.words("\n"))
}

/// A value that Data Factory looks at for an expression.
fn computed(text: Text, key: &'static str, value: &str) -> Result<Text, Failure> {
    line(text, key, &data_factory_text(value))
}

fn head(service: &Service, text: Text) -> Result<Text, Failure> {
    let text = line(text, "  name", &service.name)?;
    let text = text.words(if service.synapse {
        "  synapse_workspace_id = var.synapse_workspace_id\n"
    } else {
        "  data_factory_id = var.data_factory_id\n"
    });
    if service.description.is_empty() { Ok(text) } else { line(text, "  description", &service.description) }
}

fn own(service: &Service, text: Text) -> Result<Text, Failure> {
    let text = head(service, text.words("\nresource \"azurerm_data_factory_linked_service_azure_databricks\" \"databricks\" {\n"))?;
    let text = text.optional(service.runtime.as_ref(), |text, name| line(text, "  integration_runtime_name", name))?;
    let text = computed(text, "  adb_domain", &service.domain)?;
    let text = match &service.auth {
        Auth::KeyVault { store, secret, .. } => {
            let text = line(text.words("  key_vault_password {\n"), "    linked_service_name", store)?;
            computed(text, "    secret_name", secret)?.words("  }\n")
        }
        Auth::SystemAssigned { workspace } | Auth::UserAssigned { workspace, .. } => {
            computed(text, "  msi_work_space_resource_id", workspace)?
        }
        Auth::Token(_) => text.words("  access_token = var.databricks_token\n"),
    };
    let numbers = |text: Text, least: u32, most: Option<u32>| {
        let text = text.words("    min_number_of_workers = ").number(least.into()).words("\n");
        match most {
            Some(most) => text.words("    max_number_of_workers = ").number(most.into()).words("\n"),
            None => text,
        }
    };
    let text = match &service.compute {
        Compute::Existing(cluster) => computed(text, "  existing_cluster_id", cluster)?,
        Compute::Job { version, node_type, driver, workers: (least, most), settings } => {
            let text = computed(text.words("  new_cluster_config {\n"), "    cluster_version", version)?;
            let text = computed(text, "    node_type", node_type)?;
            let text = text.optional(driver.as_ref(), |text, driver| computed(text, "    driver_node_type", driver))?;
            said(numbers(text, *least, *most), settings)?.words("  }\n")
        }
        Compute::Pool { pool, version, workers, .. } => {
            let text = computed(text.words("  instance_pool {\n"), "    instance_pool_id", pool)?;
            numbers(computed(text, "    cluster_version", version)?, *workers, None).words("  }\n")
        }
        Compute::Reading(_) => text,
    };
    Ok(text.words("}\n"))
}

/// Of a new cluster, as far as `is_for_a_job` lets it come here.
fn said(text: Text, settings: &Settings) -> Result<Text, Failure> {
    let maps =
        [("spark_config", &settings.spark_conf), ("spark_environment_variables", &settings.spark_env), ("custom_tags", &settings.tags)];
    let maps = maps.into_iter().filter(|(_, pairs)| !pairs.is_empty()).map(|(key, pairs)| (key, map(pairs)));
    let scripts = Some(&settings.init_scripts).filter(|scripts| !scripts.is_empty()).map(|scripts| ("init_scripts", list(scripts)));
    let text = maps
        .chain(scripts)
        .try_fold(text, |text, (key, node)| HCL.write(text.words("    ").words(key).words(" = "), &node, 2).map(|text| text.words("\n")))?;
    text.optional(settings.log_destination.as_ref(), |text, place| computed(text, "    log_destination", place))
}

fn general(service: &Service, text: Text) -> Result<Text, Failure> {
    let text = text.words(if service.synapse {
        "\nresource \"azurerm_synapse_linked_service\" \"databricks\" {\n"
    } else {
        "\nresource \"azurerm_data_factory_linked_custom_service\" \"databricks\" {\n"
    });
    let text = line(head(service, text)?, "  type", service.kind)?;
    let text = text.optional(service.runtime.as_ref(), |text, name| {
        line(text.words("  integration_runtime {\n"), "    name", name).map(|text| text.words("  }\n"))
    })?;
    Ok(HCL.write(text.words("  type_properties_json = jsonencode("), &service.type_properties(), 1)?.words(")\n}\n"))
}
