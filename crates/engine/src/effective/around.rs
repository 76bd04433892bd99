//! What Databricks' tools would find on this computer: programs on the search path, files that hold a token, variables that are set.

use std::{
    collections::BTreeSet,
    env,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use crate::Places;
use brickpass_interchange::effective::{Program, Surroundings, TokenFile};

/// The SDKs take a smaller one for the Databricks CLI of old, which was written in Python.
const LEAST_SIZE: u64 = 1024 * 1024;

pub(super) struct Around<'a> {
    search_path: Option<&'a OsString>,
    set: &'a BTreeSet<String>,
    /// Where the tool is started.
    directory: &'a Path,
}

impl<'a> Around<'a> {
    pub(super) fn new(places: &'a Places, directory: &'a Path) -> Self {
        Self { search_path: places.search_path.as_ref(), set: &places.set_variables, directory }
    }

    fn program_at(&self, path: &Path) -> Program {
        let path = self.directory.join(path);
        match fs::metadata(&path) {
            Ok(found) if !found.is_file() => Program::Missing,
            Ok(found) if found.len() < LEAST_SIZE => Program::TooSmall(path),
            Ok(_) => Program::There(path),
            Err(_) => Program::Missing,
        }
    }
}

impl Surroundings for Around<'_> {
    fn program(&self, name: &str) -> Program {
        if name.contains(['/', std::path::MAIN_SEPARATOR]) {
            return self.program_at(Path::new(name));
        }
        let mut best = Program::Missing;
        for folder in self.search_path.map(env::split_paths).into_iter().flatten() {
            for name in [name.to_owned(), format!("{name}{}", env::consts::EXE_SUFFIX)] {
                match self.program_at(&folder.join(name)) {
                    Program::There(path) => return Program::There(path),
                    small @ Program::TooSmall(_) if best == Program::Missing => best = small,
                    _ => {}
                }
            }
        }
        best
    }

    fn token_file(&self, path: &str) -> TokenFile {
        let path: PathBuf = self.directory.join(path);
        match fs::metadata(&path) {
            Ok(found) if found.is_dir() => TokenFile::Unreadable("is a directory".to_owned()),
            Ok(found) if found.is_file() && found.len() == 0 => TokenFile::Empty,
            Ok(_) => TokenFile::There,
            Err(error) if error.kind() == io::ErrorKind::NotFound => TokenFile::Missing,
            Err(error) => TokenFile::Unreadable(error.to_string()),
        }
    }

    fn is_set(&self, variable: &str) -> bool {
        self.set.contains(variable)
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test's own files hold no secret and need no care")]
mod tests {
    use super::*;

    #[test]
    fn programs_and_token_files_are_told_apart_by_what_is_there() {
        let root = tempfile::tempdir().unwrap();
        let (first, second) = (root.path().join("one"), root.path().join("two"));
        fs::create_dir_all(&first).unwrap();
        fs::create_dir_all(second.join("folder")).unwrap();
        fs::write(first.join("databricks"), "#!/usr/bin/env python3").unwrap();
        let mut places = Places::new(root.path().to_owned(), root.path().to_owned());
        places.search_path = Some(env::join_paths([&first, &second]).unwrap());
        places.set_variables.insert("SYSTEM_ACCESSTOKEN".to_owned());
        let around = Around::new(&places, &second);
        assert_eq!(around.program("databricks"), Program::TooSmall(first.join("databricks")));
        fs::write(second.join("databricks"), vec![0; 2 * 1024 * 1024]).unwrap();
        assert_eq!(around.program("databricks"), Program::There(second.join("databricks")));
        assert_eq!(around.program("./databricks"), Program::There(second.join("./databricks")));
        assert_eq!((around.program("az"), around.program("/nowhere/at/all")), (Program::Missing, Program::Missing));

        fs::write(second.join("empty"), "").unwrap();
        fs::write(second.join("token"), "jwt").unwrap();
        assert_eq!(around.token_file("token"), TokenFile::There);
        assert_eq!((around.token_file("empty"), around.token_file("none")), (TokenFile::Empty, TokenFile::Missing));
        assert!(matches!(around.token_file("folder"), TokenFile::Unreadable(_)));
        assert!(around.is_set("SYSTEM_ACCESSTOKEN") && !around.is_set("SYSTEM_JOBID"));
    }
}
