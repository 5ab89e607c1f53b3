//! From migrations to bytes and patches.

use crate::support::world::{find, folder, git, migrate, place, run, snapshot};
use unjwt::analyze::Kind;
use unjwt::apply::{Change, changes};
use unjwt::migrate::NewFile;
use unjwt::report::patch;
use unjwt::text::FileId;

const FILES: [(&str, &[u8]); 2] = [("a.py", b"one\r\ntwo\r\nthree\r\n"), ("b.py", b"caf\xe9 one\ntwo")];

#[test]
fn migrations_are_put_together_or_left_whole() {
    let folder = folder(&[]);
    let mut run = run(folder.path(), &FILES);
    migrate(&mut run, vec![], &[(0, "one", "1"), (1, "two", "2")]);
    migrate(&mut run, vec![], &[(0, "one", "I"), (1, "one", "I")]);
    migrate(&mut run, vec![], &[(0, "three", "3")]);
    let all = changes(&run, &[0, 1, 2]);
    assert_eq!((all.taken, all.left), (vec![0, 2], vec![1]));
    let want =
        |path: &str, old: &[u8], new: &[u8]| Change { path: path.into(), old: Some(old.into()), new: Some(new.into()) };
    let a = want("a.py", FILES[0].1, b"1\r\ntwo\r\n3\r\n");
    assert_eq!(all.changes, [a, want("b.py", FILES[1].1, b"caf\xe9 one\n2")]);
}

#[test]
fn one_new_file_serves_two_migrations() {
    let folder = folder(&[]);
    let mut run = run(folder.path(), &FILES);
    for text in ["x", "x", "y"] {
        let index = migrate(&mut run, vec![], &[]);
        run.migrations[index].new_files.push(NewFile { path: "new.py".into(), text: text.into() });
    }
    let all = changes(&run, &[0, 1, 2]);
    assert_eq!((all.taken, all.left, all.changes.len()), (vec![0, 1], vec![2], 1));
    assert_eq!(changes(&run, &[9]).changes, []);
}

#[test]
fn whoever_edits_a_file_wants_it_to_stay() {
    let folder = folder(&[]);
    let mut run = run(folder.path(), &FILES);
    let edits: [&[(usize, &str, &str)]; 5] =
        [&[(0, "one", "")], &[], &[(0, "two", "2")], &[(1, "two", "2")], &[(1, "two", "2")]];
    for edits in edits {
        migrate(&mut run, vec![], edits);
    }
    for (index, file) in [(0, 0), (1, 0), (3, 1)] {
        run.migrations[index].removed.push(FileId(file));
    }
    let all = changes(&run, &[0, 1, 2, 4, 3]);
    assert_eq!((all.taken, all.left), (vec![0, 1, 4], vec![2, 3]));
    let gone = Change { path: "a.py".into(), old: Some(FILES[0].1.into()), new: None };
    let edited = Change { path: "b.py".into(), old: Some(FILES[1].1.into()), new: Some(b"caf\xe9 one\n2".into()) };
    assert_eq!(all.changes, [gone, edited]);
    run.migrations[1].removed.push(FileId(7));
    assert_eq!(changes(&run, &[1]).changes.len(), 1);
}

#[test]
fn a_patch_removes_files() {
    let files: [(&str, &[u8]); 3] =
        [("dir/a.py", b"# only\r\n# words"), ("b.py", b"X\n"), ("c.py", b"client_secret = 'hunter2hunter2'\n")];
    let folder = folder(&files);
    let mut run = run(folder.path(), &files);
    let index = migrate(&mut run, vec![], &[(1, "X", "1")]);
    run.migrations[index].removed.push(FileId(0));
    let index = migrate(&mut run, vec![], &[]);
    run.migrations[index].removed.push(FileId(2));
    let patch = patch(&run, &[0, 1]);
    let text = String::from_utf8_lossy(&patch.bytes).into_owned();
    assert!(text.contains("deleted file mode 100644\n--- a/dir/a.py\n+++ /dev/null\n@@ -1,2 +0,0 @@\n"), "{text}");
    assert_eq!((patch.secret, patch.left_out), (vec!["c.py".to_owned()], vec![1]));
    std::fs::write(folder.path().join("p"), &patch.bytes).unwrap();
    git(folder.path(), &["apply", "p"]);
    let left: Vec<String> = snapshot(folder.path()).into_iter().map(|(path, _)| path).collect();
    assert_eq!(left, ["/", "b.py", "c.py", "p"]);
}

/// The patch of all migrations, applied by git to the files.
fn applied(files: &[(&str, &[u8])], edits: &[&[(usize, &str, &str)]]) -> (Vec<Vec<u8>>, Vec<String>) {
    let folder = folder(files);
    let mut run = run(folder.path(), files);
    for edits in edits {
        let at = place(&run, edits[0].0, edits[0].1);
        let finding = find(&mut run, Kind::TokenExchange, at, "m", None);
        migrate(&mut run, vec![finding], edits);
    }
    let chosen: Vec<usize> = (0..run.migrations.len()).collect();
    let patch = patch(&run, &chosen);
    let text = String::from_utf8_lossy(&patch.bytes).into_owned();
    assert!(!text.contains("hunter2"), "{text}");
    if !patch.bytes.is_empty() {
        std::fs::write(folder.path().join("p"), &patch.bytes).unwrap();
        git(folder.path(), &["apply", "--whitespace=nowarn", "p"]);
    }
    let bytes = files.iter().map(|(path, _)| std::fs::read(folder.path().join(path)).unwrap()).collect();
    (bytes, patch.secret)
}

#[test]
fn a_patch_applies_to_odd_files() {
    let (bytes, secret) = applied(&FILES, &[&[(0, "two", "2"), (1, "two", "2\n")]]);
    assert_eq!(bytes, [b"one\r\n2\r\nthree\r\n".to_vec(), b"caf\xe9 one\n2\n".to_vec()]);
    assert!(secret.is_empty());
}

#[test]
fn context_shrinks_around_secrets() {
    const SECRET: &str = "client_secret = 'hunter2hunter2'\n";
    // Each text is edited at `X` and `Y`; whether git can take it without the secret.
    let cases = [
        (format!("a\n{SECRET}b\nX\nc\nd\n"), true),
        (format!("a\n{SECRET}X\nc\nd\n"), true),
        (format!("{SECRET}X\nc\nd\n"), true),
        (format!("a\nX\nb\n{SECRET}c\nd\n"), true),
        (format!("a\nX\n{SECRET}c\nd\n"), false),
        (format!("a\nX\nb\n{SECRET}c\nY\n"), true),
        (format!("a\nX\nb\n{SECRET}Y\nc\n"), true),
        (format!("a\nX\n{SECRET}b\nY\nc\n"), false),
        (format!("a\nX\n{SECRET}"), false),
    ];
    for (text, fits) in cases {
        let y: &[(usize, &str, &str)] =
            if text.contains('Y') { &[(0, "X", "1"), (0, "Y", "2\n3")] } else { &[(0, "X", "1")] };
        let (bytes, secret) = applied(&[("f.py", text.as_bytes())], &[y]);
        let want = if fits { text.replace('X', "1").replace('Y', "2\n3") } else { text.clone() };
        assert_eq!(String::from_utf8_lossy(&bytes[0]), want);
        assert_eq!(secret.is_empty(), fits, "{text}");
    }
}

#[test]
fn half_a_migration_is_not_in_a_patch() {
    let files: [(&str, &[u8]); 3] =
        [("a.py", b"client_secret = 'hunter2hunter2'\n"), ("b.py", b"X\n"), ("c.py", b"Z\n")];
    let (bytes, secret) = applied(&files, &[&[(1, "X", "1"), (0, "client", "key")], &[(2, "Z", "3")]]);
    assert_eq!(bytes[1..], [b"X\n".to_vec(), b"3\n".to_vec()]);
    assert_eq!(secret, ["a.py"]);
}
