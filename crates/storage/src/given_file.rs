//! A file that a person has chosen to be read: of any owner, also through a link, but a regular file and not an endless one.

use std::{
    fs::OpenOptions,
    io::{self, Read as _},
    path::Path,
};

use super::atomic_file::FileError;
use brickpass_core::failure::{Code, Failure};

/// All bytes of it. Neither a pipe nor a device makes this wait.
///
/// # Errors
/// It is missing, unreadable, no regular file, or has more than `limit` bytes.
pub fn read_given(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => refused(path, "The file does not exist.", "Check its name and folder."),
        io::ErrorKind::NotADirectory => refused(path, "Its folder is a file.", "Check its name and folder."),
        io::ErrorKind::PermissionDenied => {
            let fix = "Change the permissions of the file and its folder, or choose a copy that you can read.";
            refused(path, "Your user account does not have permission.", fix)
        }
        _ if leads_in_a_circle(&error) => refused(path, "It is a link that points back to itself.", "Choose the file directly."),
        _ => FileError::io("read", path, error).failure(),
    };
    let too_large = || {
        let why = format!("It is larger than {} MiB, the limit for this type of file.", limit / (1024 * 1024));
        Failure::new(Code::TooLarge, format!("{} is too large.", path.display()), why, "Check whether it is the right file.")
    };
    // Before it is opened: on some systems a device acts upon that.
    regular(path, &path.metadata().map_err(failed)?)?;
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.bits().cast_signed());
    }
    let file = options.open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    regular(path, &metadata)?;
    if metadata.len() > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit { Err(too_large()) } else { Ok(bytes) }
}

fn leads_in_a_circle(error: &io::Error) -> bool {
    #[cfg(unix)]
    return error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error());
    #[cfg(not(unix))]
    {
        let _ = error;
        false
    }
}

fn regular(path: &Path, metadata: &std::fs::Metadata) -> Result<(), Failure> {
    if metadata.is_file() {
        return Ok(());
    }
    let why = if metadata.is_dir() { "It is a folder." } else { "It is a pipe or a device, not a regular file." };
    Err(refused(path, why, "Choose the file directly."))
}

fn refused(path: &Path, why: &str, fix: &str) -> Failure {
    Failure::new(Code::FileUnreadable, format!("{} cannot be read.", path.display()), why, fix)
}

#[cfg(all(test, target_os = "linux"))]
#[allow(clippy::disallowed_methods, reason = "a test puts files where they do not belong")]
mod tests {
    use std::{
        fs,
        os::unix::fs::{PermissionsExt as _, symlink},
    };

    use super::*;

    #[test]
    fn whatever_cannot_be_read_is_told_with_a_way_out_and_nothing_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::create_dir(at("folder")).unwrap();
        fs::write(at("file"), "text").unwrap();
        fs::write(at("large"), vec![b'a'; 2 * 1024 * 1024]).unwrap();
        symlink(at("circle"), at("other")).unwrap();
        symlink(at("other"), at("circle")).unwrap();
        symlink(at("nowhere"), at("dangling")).unwrap();
        symlink(at("file"), at("link")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, at("pipe"), rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR).unwrap();
        for (name, why) in [
            ("folder", "It is a folder."),
            ("pipe", "It is a pipe or a device, not a regular file."),
            ("large", "It is larger than 1 MiB, the limit for this type of file."),
            ("circle", "It is a link that points back to itself."),
            ("dangling", "The file does not exist."),
            ("missing", "The file does not exist."),
            ("file/below", "Its folder is a file."),
        ] {
            let failure = read_given(&at(name), 1024 * 1024).unwrap_err();
            assert_eq!(failure.why, why, "{name}");
            assert!(failure.what.contains(name) && !failure.fix.is_empty() && !failure.fix.contains("BRICKPASS_CONFIG_DIR"), "{failure:?}");
        }
        assert_eq!(read_given(&at("link"), 1024).unwrap(), b"text");
        fs::set_permissions(at("file"), fs::Permissions::from_mode(0o000)).unwrap();
        // Whoever may read everything is told of nothing.
        if let Err(failure) = read_given(&at("file"), 1024) {
            assert!(failure.why.contains("permission") && failure.fix.contains("a copy that you can read"), "{failure:?}");
        }
    }
}
