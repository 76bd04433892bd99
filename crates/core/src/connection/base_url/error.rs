//! Why an address is refused: what is wrong and what to do, in one line that stands under the field.

use crate::connection::text;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    #[error("Enter the workspace's address, for example https://adb-1234567890123456.7.azuredatabricks.net")]
    Empty,
    #[error("This is too long for an address; paste only the address of the workspace")]
    TooLong,
    #[error("The address contains {0}; paste it again as one line")]
    Unfit(text::Unfit),
    #[error("The address contains a space; paste only the address of the workspace")]
    Space,
    #[error("The address contains a user name before an @, a common trick to hide the real host; remove it")]
    UserName,
    #[error("The address contains a backslash; write it with forward slashes")]
    Backslash,
    #[error("The host name contains a % sign; write the plain host name")]
    EncodedHost,
    #[error("The address has no host name; it should look like https://adb-1234567890123456.7.azuredatabricks.net")]
    NoHost,
    #[error("Only https addresses can be used; {0} cannot")]
    Scheme(String),
    #[error("This is the URL of a driver, not an address; Import connections and brickpass import read it")]
    DriverUrl,
    #[error("Two slashes are missing behind {0}:; write {0}://")]
    Slashes(String),
    /// Holds the address that would be taken.
    #[error("http would send your token unencrypted; use {0}")]
    NotEncrypted(String),
    #[error("The port is not a number from 1 to 65535")]
    Port,
    #[error("{0} is not a valid host name")]
    Host(String),
    #[error("Some letters of this host only look like ordinary ones; type the address by hand")]
    LookAlike,
    #[error("{0} is one of Databricks' own sites, not a workspace; copy the address from your workspace's browser tab")]
    NotAWorkspace(String),
    #[error("A workspace is never at this kind of numeric address; use its host name")]
    NumericHost,
    #[error("The host name is incomplete; add its domain, for example .azuredatabricks.net")]
    Incomplete,
}
