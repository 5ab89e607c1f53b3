fn main() {
    let path = std::env::args().nth(1).unwrap();
    let file = unjwt::text::SourceFile::new(path.clone(), std::fs::read(&path).unwrap());
    let module = (unjwt::lang::of(&path).unwrap().lower)(&file);
    println!("{}", unjwt::ir::dump::dump(&module, &file));
}
