//! Where the Databricks CLI is. Shared by the benchmarks and the promises of `tests/it`.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The Databricks CLI: what `BRICKPASS_BENCH_CLI` names, else the one that `make interop` built, else the one on the search path.
pub fn databricks_cli() -> Option<PathBuf> {
    let named = env::var_os("BRICKPASS_BENCH_CLI").map(PathBuf::from).filter(|path| path.is_file());
    let built =
        || Some(Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("interop").join("cli/databricks")).filter(|path| path.is_file());
    let on_path = || env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join("databricks")).find(|path| path.is_file());
    named.or_else(built).or_else(on_path)
}
