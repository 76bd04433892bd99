//! What a signed token (JWT, RFC 7519) says of itself. Nothing is verified: it is read to tell the person, never to trust it.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::Value;

/// Services that a person has tokens for beside Databricks, by the `aud` of their tokens (address or application id).
const OTHERS: [(&str, &str); 18] = [
    ("https://management.core.windows.net", "Azure Resource Manager"),
    ("https://management.azure.com", "Azure Resource Manager"),
    ("https://management.usgovcloudapi.net", "Azure Resource Manager"),
    ("https://management.core.usgovcloudapi.net", "Azure Resource Manager"),
    ("https://management.chinacloudapi.cn", "Azure Resource Manager"),
    ("https://management.core.chinacloudapi.cn", "Azure Resource Manager"),
    ("797f4846-ba00-4fd7-ba43-dac1f8f63013", "Azure Resource Manager"),
    ("https://graph.microsoft.com", "Microsoft Graph"),
    ("00000003-0000-0000-c000-000000000000", "Microsoft Graph"),
    ("https://graph.windows.net", "Azure AD Graph"),
    ("00000002-0000-0000-c000-000000000000", "Azure AD Graph"),
    ("https://storage.azure.com", "Azure Storage"),
    ("https://vault.azure.net", "Azure Key Vault"),
    ("https://database.windows.net", "Azure SQL"),
    ("https://analysis.windows.net/powerbi/api", "Power BI"),
    ("https://dev.azuresynapse.net", "Azure Synapse"),
    ("api://azureadtokenexchange", "workload identity federation"),
    ("sts.amazonaws.com", "AWS"),
];

/// The claims that are looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Claims {
    /// `exp`.
    pub(super) ends: Option<Timestamp>,
    /// The known service that every `aud` names.
    pub(super) other_service: Option<&'static str>,
}

/// Three parts with dots between, the first of which begins as every JSON object does.
pub(super) fn is_jwt(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    text.starts_with("eyJ") && parts.len() == 3 && parts.iter().all(|part| part.len() > 4)
}

/// `None` when its middle part is no JSON object, as of a token that is encrypted or cut.
pub(super) fn claims(jwt: &str) -> Option<Claims> {
    let payload = jwt.split('.').nth(1)?.trim_end_matches('=');
    let object: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    let ends = object.get("exp").and_then(seconds).and_then(|second| Timestamp::from_second(second).ok());
    let audiences: Vec<&str> = match object.get("aud") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let services: Vec<Option<&'static str>> = audiences.into_iter().map(other_service).collect();
    let other_service = services.first().copied().flatten().filter(|_| services.iter().all(Option::is_some));
    object.is_object().then_some(Claims { ends, other_service })
}

/// RFC 7519, section 2: a number of seconds, also with a fraction.
#[expect(clippy::cast_possible_truncation, reason = "the fraction is of no interest, and what is out of range saturates")]
fn seconds(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))
}

fn other_service(audience: &str) -> Option<&'static str> {
    let audience = audience.trim_end_matches('/').to_ascii_lowercase();
    OTHERS.iter().find(|(known, _)| *known == audience).map(|(_, service)| *service)
}

#[cfg(test)]
pub(super) fn jwt_of(claims: &Value) -> String {
    let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{}", part(r#"{"alg":"RS256","typ":"JWT"}"#), part(&claims.to_string()), part("signature"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_end_and_a_known_other_service_are_read_and_everything_else_is_left_alone() {
        let at = |second| Timestamp::from_second(second).ok();
        for (claims_in, ends, service) in [
            (
                json!({"exp": 1_700_000_000, "aud": "https://management.core.windows.net/"}),
                at(1_700_000_000),
                Some("Azure Resource Manager"),
            ),
            (json!({"exp": 1_700_000_000.5, "aud": ["https://graph.microsoft.com"]}), at(1_700_000_000), Some("Microsoft Graph")),
            (json!({"aud": "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d"}), None, None),
            (json!({"aud": ["https://graph.microsoft.com", "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d"]}), None, None),
            (json!({"aud": "https://adb-1.7.azuredatabricks.net", "exp": "soon"}), None, None),
            (json!({"aud": 7, "exp": 1e300}), None, None),
            (json!({}), None, None),
        ] {
            assert_eq!(claims(&jwt_of(&claims_in)), Some(Claims { ends, other_service: service }), "{claims_in}");
        }
        for none in ["eyJhbGciOi.eyJzdWIiOi.c2lnbmF0", "eyJa.!!!!!.bbbbb", "", "a", "eyJhbGci.WzFd.c2lnbmF0"] {
            assert_eq!(claims(none), None, "{none}");
        }
    }
}
