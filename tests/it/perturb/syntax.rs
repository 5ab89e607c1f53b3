//! Whether the languages themselves can read what was rewritten, as far as they are on this machine.

use std::fs;
use std::process::Command;

const PYTHON: &str = "\
import ast, pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1]).glob('*.py')):
    try:
        ast.parse(path.read_bytes())
    except SyntaxError as error:
        print(path.read_text(), error)
";
const NODE: &str = "\
const fs = require('fs'), vm = require('vm');
for (const name of fs.readdirSync(process.argv[1]).filter((name) => name.endsWith('.js'))) {
  const text = fs.readFileSync(process.argv[1] + '/' + name, 'utf8').replace(/^#!.*/, '');
  try {
    if (/^(import|export) /m.test(text)) new vm.SourceTextModule(text);
    else new vm.Script('(async function () {' + text + '\\n})');
  } catch (error) {
    console.log(text, error.message);
  }
}
";

/// Writes all files into one folder and has each language read its own.
pub(super) fn check<'a>(files: impl Iterator<Item = (&'a String, &'a Vec<u8>)>) {
    let place = tempfile::tempdir().unwrap();
    for (number, (path, bytes)) in files.enumerate() {
        let ending = path.rsplit('.').next().unwrap_or_default();
        if ["py", "js"].contains(&ending) {
            fs::write(place.path().join(format!("{number}.{ending}")), bytes).unwrap();
        }
    }
    let commands: [(&str, &[&str]); 2] =
        [("python3", &["-c", PYTHON]), ("node", &["--experimental-vm-modules", "--no-warnings", "-e", NODE, "--"])];
    for (program, arguments) in commands {
        let Ok(output) = Command::new(program).args(arguments).arg(place.path()).output() else { continue };
        let said = String::from_utf8_lossy(&output.stdout);
        let failed = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{program} cannot read these: {said}{failed}");
    }
}
