//! Exports of several files.

use std::{fs, os::unix::fs::PermissionsExt as _};

use brickpass_engine::ExportPlace;

use super::{Asked, CLUSTER, desk::Desk, score::assert_plain};
use crate::support::hostile_values;

#[test]
fn ex_25_several_files_lie_in_one_folder_of_their_owner_and_nowhere_else() {
    let mut desk = Desk::new();
    let several: [(&str, &[(&str, &str)]); 4] =
        [("linked-service", &[("cluster", CLUSTER)]), ("vscode", &[("cluster", CLUSTER)]), ("bruno", &[]), ("kubernetes", &[])];
    let mut written = 0;
    for (format, answers) in several {
        for (number, value) in hostile_values() {
            let Some(asked) = Asked::pat(answers).put("name of connection", &value) else { continue };
            let Ok(document) = asked.put("token", "dapi0123").unwrap().write(format) else { continue };
            let folder = desk.home.path().join(format!("saved/{format}-{number}-{written}"));
            fs::create_dir_all(folder.parent().unwrap()).unwrap();
            let names: Vec<String> = document.files.iter().map(|file| file.name.clone()).collect();
            for name in &names {
                assert_plain(name);
            }
            let place = ExportPlace { to: folder.clone(), in_work_tree: true };
            let saved = desk.write(document, place).unwrap();
            assert_eq!(saved, names.iter().map(|name| folder.join(name)).collect::<Vec<_>>());
            for file in saved {
                let facts = fs::symlink_metadata(&file).unwrap();
                assert!(facts.is_file() && facts.permissions().mode() & 0o777 == 0o600, "{}", file.display());
            }
            written += 1;
        }
    }
    assert!(written > 100, "{written}");
}

/// Whoever may replace files there could wait for a secret, or put a script of their own in the place of one that is run.
#[test]
fn a_secret_is_not_written_where_everybody_may_replace_files() {
    let mut desk = Desk::new();
    let folder = desk.home.path().join("shared");
    fs::create_dir(&folder).unwrap();
    for (format, answers) in [("curl", &[][..]), ("linked-service", &[("cluster", CLUSTER)])] {
        for (mode, secret, taken) in [(0o777, true, false), (0o777, false, true), (0o1777, true, true), (0o755, true, true)] {
            fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
            let asked = Asked::pat(answers);
            let asked = if secret { asked.put("token", "dapi0123").unwrap() } else { asked };
            let document = asked.write(format).unwrap();
            assert_eq!(document.contains_secret, secret);
            let to = folder.join(format!("{format}-{mode:o}-{secret}"));
            let saved = desk.write(document, ExportPlace { to: to.clone(), in_work_tree: true });
            assert_eq!((saved.is_ok(), to.exists()), (taken, taken), "{format} {mode:o} {saved:?}");
            assert!(saved.err().is_none_or(|failure| failure.why.contains("Every user of this computer")), "{format}");
        }
    }
}
