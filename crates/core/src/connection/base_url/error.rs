//! Why an address is refused: what is wrong and what to do, in one line that stands under the field.

use crate::connection::text;

/// Why an address is refused. The text says what to do and fits on one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// Nothing but spaces.
    #[error("Enter the workspace URL, for example https://adb-1234567890123456.7.azuredatabricks.net")]
    Empty,
    /// More than 2,048 bytes.
    #[error("This is too long for an address; paste only the workspace URL")]
    TooLong,
    /// A line break, or a character that cannot be seen.
    #[error("The address contains {0}; paste it again as one line")]
    Unfit(text::Unfit),
    /// A space inside.
    #[error("The address contains a space; paste only the workspace URL")]
    Space,
    /// `user@host`.
    #[error("The address contains a user name before an @, a common trick to hide the real host; remove it")]
    UserName,
    /// Browsers and libraries read it differently.
    #[error("The address contains a backslash; write it with forward slashes")]
    Backslash,
    /// Percent-encoding in the host name.
    #[error("The host name contains a % sign; write the plain host name")]
    EncodedHost,
    /// A scheme with no host behind it.
    #[error("The address has no host name; it should look like https://adb-1234567890123456.7.azuredatabricks.net")]
    NoHost,
    /// Neither https nor http. Holds its first 20 characters.
    #[error("Use an https address; {0} is not supported")]
    Scheme(String),
    /// `jdbc:` and the like.
    #[error("This is a driver's URL, not a workspace URL; use Import connections or brickpass import for it")]
    DriverUrl,
    /// As in `https:host`. Holds the scheme.
    #[error("Two slashes are missing after {0}:; write {0}://")]
    Slashes(String),
    /// Holds the address that would be taken.
    #[error("http would send your token unencrypted; use {0}")]
    NotEncrypted(String),
    /// Not a number, 0, or above 65,535.
    #[error("The port is not a number from 1 to 65535")]
    Port,
    /// Not a name by the rules of DNS (RFC 1123). Holds its first 80 characters.
    #[error("{0} is not a valid host name")]
    Host(String),
    /// Letters outside ASCII that become ASCII letters on the way to the network, such as full-width ones.
    #[error("Some letters in this host name are look-alikes; type the address by hand")]
    LookAlike,
    /// Holds the host name.
    #[error("{0} is one of Databricks' own sites, not a workspace; copy the URL from your workspace's browser tab")]
    NotAWorkspace(String),
    /// An IP address that no workspace can have, or that is not written plainly.
    #[error("Workspaces do not use numeric addresses like this; use the host name")]
    NumericHost,
    /// A host name without a dot.
    #[error("The host name is incomplete; add its domain, for example .azuredatabricks.net")]
    Incomplete,
}
