//! Exports of several files.

use std::{fs, os::unix::fs::PermissionsExt as _};

use brickpass::engine::ExportPlace;

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
