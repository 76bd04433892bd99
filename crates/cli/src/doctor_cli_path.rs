//! Whether a variable leads the SDKs past Brickpass: `DATABRICKS_CLI_PATH` wins over what a published profile says.

use std::path::Path;

use super::{finding::Finding, foreign::clean};
use brickpass_engine::Places;
use brickpass_storage::Publications;

const CHECK: &str = "DATABRICKS_CLI_PATH";

/// Nothing to say where nothing is published, or nothing is set.
pub(super) fn finding(places: &Places) -> Option<Finding> {
    use secrecy::ExposeSecret as _;
    let (_, path) = places.variables.iter().find(|(name, _)| name == CHECK)?;
    let published = Publications::new(&places.state_dir).load();
    let file = places.databrickscfg.as_deref();
    judge(path.expose_secret(), &places.helper, published.iter().any(|it| Some(it.file.as_path()) == file))
}

fn judge(path: &str, helper: &str, published: bool) -> Option<Finding> {
    let is_ours = path == helper || Path::new(path).file_stem().is_some_and(|name| name == "brickpass-credential");
    (published && !is_ours).then(|| Finding {
        check: CHECK,
        ok: false,
        detail: format!("The SDKs get the tokens of published profiles from {}, not from Brickpass.", clean(path)),
        fix: Some("Unset DATABRICKS_CLI_PATH, or start programs with: brickpass exec NAME -- COMMAND".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ev_21_a_variable_that_leads_past_published_profiles_is_told() {
        let helper = "/opt/brickpass/brickpass-credential";
        let found = judge("/usr/local/bin/databricks", helper, true).unwrap();
        assert!(!found.ok && found.detail.contains("/usr/local/bin/databricks") && found.fix.unwrap().contains("brickpass exec"));
        assert!(judge("/usr/local/bin/databricks", helper, false).is_none(), "nothing is published");
        assert!(judge(helper, helper, true).is_none());
        assert!(judge("/elsewhere/brickpass-credential", helper, true).is_none());
    }
}
