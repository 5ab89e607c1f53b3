//! The command line.
fn main() {
    let run = unjwt::pipeline::run(
        &[std::path::PathBuf::from(std::env::args().nth(4).unwrap_or(".".into()))],
        &Default::default(),
    )
    .unwrap();
    let f = unjwt::report::FORMATS
        .iter()
        .find(|f| f.name == std::env::args().nth(3).unwrap_or_default().trim_start_matches("--format="))
        .unwrap_or(&unjwt::report::FORMATS[1]);
    (f.write)(
        &run,
        &unjwt::report::Options {
            color: false,
            width: 120,
            proposal: std::env::args().nth(1).unwrap() == "report",
            summary: true,
        },
        &mut std::io::stdout(),
    )
    .unwrap();
}
