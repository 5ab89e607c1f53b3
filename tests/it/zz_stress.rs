use crate::support::invariants::violations;
use unjwt::{lang, text::SourceFile};
#[test]
fn stress() {
    let Ok(dir) = std::env::var("RS_DIR") else { return };
    let (mut n, mut gaps, mut bytes) = (0, 0, 0);
    let mut bad = vec![];
    let mut slow = vec![];
    for e in walkdir::WalkDir::new(dir).into_iter().flatten() {
        if e.path().extension().is_none_or(|x| x != "rs") || !e.file_type().is_file() { continue }
        let file = SourceFile::new("src/a.rs", std::fs::read(e.path()).unwrap());
        let t = std::time::Instant::now();
        let m = (lang::of("a.rs").unwrap().lower)(&file);
        let d = t.elapsed().as_millis();
        if d > 300 { slow.push((d, file.text().len(), e.path().display().to_string())); }
        n += 1; bytes += file.text().len();
        if !m.gaps.is_empty() { gaps += 1; println!("gap {} {:?} {}", m.gaps[0].why, m.gaps[0].span, e.path().display()); }
        if std::env::var("RS_CHECK").is_ok() && file.text().len() < 60000 {
            let v = violations(&m, &file);
            if !v.is_empty() { bad.push(format!("{}: {:?}", e.path().display(), &v[..v.len().min(3)])); }
        }
    }
    slow.sort();
    println!("{n} files {bytes} bytes {gaps} gaps; slow {:#?}", &slow[slow.len().saturating_sub(6)..]);
    println!("{} bad\n{}", bad.len(), bad[..bad.len().min(12)].join("\n"));
}
