//! The HTTP path of a SQL warehouse or a cluster: what the SQL drivers need besides the host.

use brickpass_core::connection::BaseUrl;

/// `/sql/1.0/warehouses/<id>` or `/sql/protocolv1/o/<workspace>/<cluster>`: letters, digits and hyphens between slashes, and nothing else, so that
/// no driver takes a part of it for a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpPath(String);

/// It is no such path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("An HTTP path looks like /sql/1.0/warehouses/abc123def456; it is on the warehouse's page under Connection details")]
pub struct HttpPathError;

impl HttpPath {
    /// Takes the path, the id of a warehouse alone, or the address of a warehouse's page as the browser shows it.
    ///
    /// # Errors
    /// Anything else.
    pub fn read(typed: &str) -> Result<Self, HttpPathError> {
        let typed = typed.trim();
        if is_id(typed) && typed.len() >= 8 {
            return Ok(Self(format!("/sql/1.0/warehouses/{typed}")));
        }
        if let Some(path) = Self::path(typed) {
            return Ok(path);
        }
        let pasted = BaseUrl::read(typed).map_err(|_| HttpPathError)?;
        pasted.warehouse_id.filter(|id| is_id(id)).map(|id| Self(format!("/sql/1.0/warehouses/{id}"))).ok_or(HttpPathError)
    }

    fn path(typed: &str) -> Option<Self> {
        let parts: Vec<&str> = typed.strip_prefix('/').unwrap_or(typed).split('/').collect();
        match parts.as_slice() {
            ["sql", "1.0", "warehouses" | "endpoints", id] if is_id(id) => {}
            ["sql", "protocolv1", "o", workspace, cluster] if is_number(workspace) && is_id(cluster) => {}
            _ => return None,
        }
        Some(Self(format!("/{}", parts.join("/"))))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Of a warehouse; `None` for a cluster.
    #[must_use]
    pub fn warehouse_id(&self) -> Option<&str> {
        let (folder, id) = self.0.rsplit_once('/')?;
        folder.starts_with("/sql/1.0/").then_some(id)
    }
}

/// The id of a cluster, a warehouse, a policy, a pool.
#[must_use]
pub fn is_id(text: &str) -> bool {
    (1..=100).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_number(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(typed: &str) -> Option<String> {
        HttpPath::read(typed).ok().map(|path| path.0)
    }

    #[test]
    fn hv_20_a_path_that_carries_a_setting_is_refused() {
        for hostile in [
            "/sql/1.0/warehouses/abc;PWD=x",
            "/sql/1.0/warehouses/abc?PWD=x",
            "/sql/1.0/warehouses/abc/../x",
            "/sql/1.0/warehouses/",
            "/sql/1.0/warehouses/a b",
            "/sql/1.0/warehouses/a%3Bb",
            "/sql/protocolv1/o/1/a;b",
            "/sql/protocolv1/o/x/0101-120000-abcd",
            "/sql",
            "",
            "a\nb",
        ] {
            assert_eq!(read(hostile), None, "{hostile:?}");
        }
    }

    #[test]
    fn hv_21_the_address_of_a_warehouse_gives_its_path() {
        let path = Some("/sql/1.0/warehouses/abc123def4567890".to_owned());
        for typed in [
            "abc123def4567890",
            "/sql/1.0/warehouses/abc123def4567890",
            " sql/1.0/warehouses/abc123def4567890 ",
            "https://adb-1234567890123456.7.azuredatabricks.net/sql/warehouses/abc123def4567890",
            "https://adb-1234567890123456.7.azuredatabricks.net/sql/warehouses/abc123def4567890?o=1234567890123456",
        ] {
            assert_eq!(read(typed), path, "{typed:?}");
        }
        let cluster = "/sql/protocolv1/o/1234567890123456/0101-120000-abcd1234";
        assert_eq!(read(cluster).as_deref(), Some(cluster));
        assert_eq!(HttpPath::read("abc123def4567890").unwrap().warehouse_id(), Some("abc123def4567890"));
        assert_eq!(HttpPath::read(cluster).unwrap().warehouse_id(), None);
    }
}
